"""Check, in `odoo shell`, that uninstalling the addon leaves nothing behind.

CHECK_STAGE=before uses the addon, so that there is something to leave behind;
CHECK_STAGE=after looks for remains and posts an invoice.
"""

import datetime as dt
import os

MODULE, PREFIX = "relance_ar", "relance"
REMAINS = {
    "tables": "SELECT tablename FROM pg_tables WHERE tablename ~ %(like)s",
    "columns": """
        SELECT table_name || '.' || column_name
          FROM information_schema.columns WHERE column_name ~ %(like)s""",
    "models": "SELECT model FROM ir_model WHERE model ~ %(like)s",
    "fields": "SELECT model || '.' || name FROM ir_model_fields WHERE name ~ %(like)s",
    "external ids": "SELECT name FROM ir_model_data WHERE module = %(module)s",
    "views": "SELECT key FROM ir_ui_view WHERE arch_db::text ~ %(module)s",
    "crons": """
        SELECT cron_name FROM ir_cron JOIN ir_act_server action
            ON action.id = ir_actions_server_id WHERE code ~ %(like)s""",
}


def post_invoice(env, day):
    """Post an invoice of a new customer, due that day."""
    customer = env["res.partner"].create(
        {"name": "Client", "email": "client@example.com", "is_company": True}
    )
    line = {"name": "Prestation", "price_unit": 1000.0}
    invoice = env["account.move"].create(
        {
            "move_type": "out_invoice",
            "partner_id": customer.id,
            "invoice_date": day,
            "invoice_date_due": day,
            "invoice_line_ids": [(0, 0, line)],
        }
    )
    invoice.action_post()
    assert invoice.state == "posted", "the invoice was not posted"
    return invoice


def use(env):
    """Post an overdue invoice and plan a run, when the addon has one."""
    today = dt.date.today()
    invoice = post_invoice(env, today - dt.timedelta(days=60))
    if "relance.run" in env:
        env["relance.run"].create({"date": today}).action_plan()
    if "relance.penalty.claim" in env:
        lines = invoice._get_relance_lines()
        claim = env["relance.penalty.claim"].prepare(lines.ids)
        claim.action_claim()
        income = [("account_type", "in", ("income", "income_other"))]
        account = env["account.account"].search(income, limit=1)
        env.company.relance_penalty_account_id = account
        claim.action_invoice()
    if "relance.payer.assessment" in env:
        rows = env["relance.payer.assessment"]
        rows._assess(env.company)
        debtor = rows.search([], limit=1).partner_id
        debtor.payer_profile_id = env.ref("relance_ar.payer_profile_negligent")
    if "relance.dispute" in env:
        agree(env, today)
    if "relance.litigation" in env:
        litigate(env, today)
    env.cr.commit()


def agree(env, today):
    """Open a dispute, note a promise, draw up a plan, hand a debtor over."""
    invoice = post_invoice(env, today - dt.timedelta(days=30))
    lines = {"move_line_ids": [(6, 0, invoice._get_relance_lines().ids)]}
    reason = env.ref("relance_ar.dispute_reason_price").id
    env["relance.dispute"].create({**lines, "reason_id": reason, "amount": 10.0})
    env["relance.promise"].create({**lines, "date": today, "amount": 10.0})
    env["relance.plan"].create(lines).action_propose()
    invoice.partner_id.activity_schedule("relance_ar.mail_activity_type_delegation")


def litigate(env, today):
    """Hand an invoice over, with its hold, its contact and its table for an agency."""
    invoice = post_invoice(env, today - dt.timedelta(days=90))
    found = invoice.action_relance_litigate()
    case = env["relance.litigation"].browse(found["res_id"])
    case.route_id = env["relance.litigation.route"].search([], limit=1)
    case.action_hand_over()
    case.action_export()
    assert env["relance.event"].search_count([("kind", "=", "litigation")])


def look_for_remains(env):
    """Fail on anything of the addon that outlived it."""
    values = {"like": f"^{PREFIX}[._]", "module": MODULE}
    found = []
    for kind, query in REMAINS.items():
        env.cr.execute(query, values)
        found += [f"{kind}: {name}" for (name,) in env.cr.fetchall()]
    assert not found, "left after the uninstallation: " + ", ".join(found)
    post_invoice(env, dt.date.today())


env = globals()["env"]  # given by `odoo shell`
{"before": use, "after": look_for_remains}[os.environ["CHECK_STAGE"]](env)
