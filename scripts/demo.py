"""Make the demo: a French company, its customers, three weeks of daily runs.

Executed in `odoo shell` by ./dev demo. RELANCE_DEMO_DATE is the day of the last run; if
it is unset, the last working day up to today.
"""

import os
from datetime import date, timedelta

from freezegun import freeze_time

from odoo.tools.convert import convert_file

env = globals()["env"]  # given by `odoo shell`
RUNS_BEFORE = (21, 14, 7, 0)
COMPANY = {
    "name": "Atelier Dubois SAS",
    "street": "18 rue du Faubourg-Saint-Antoine",
    "zip": "75012",
    "city": "Paris",
    "phone": "+33 1 99 00 18 18",
    "email": "compta@atelier-dubois.example",
    "company_registry": "99900399900011",
}
IBAN = "FR7630006000011234567890189"


def last_working_day(day):
    """Return ``day`` or the working day before it."""
    calendar = env.company._get_relance_calendar()
    while not calendar.is_working_day(day):
        day -= timedelta(days=1)
    return day


def set_up_company():
    """Give the company a name, an address, a bank account and an officer."""
    company = env.company
    company.write(COMPANY)
    env["res.partner.bank"].create(
        {"acc_number": IBAN, "partner_id": company.partner_id.id}
    )
    env.user.browse(env.ref("base.user_admin").id).write(
        {"email": "admin@atelier-dubois.example", "lang": "fr_FR"}
    )
    company.partner_id.lang = "fr_FR"


def load_demo_data():
    """Load the addon's own demo data, without the demo data of other modules."""
    convert_file(env, "relance_ar", "demo/relance_demo.xml", {}, mode="init")
    env.company.relance_user_id = env.ref("relance_ar.user_officer_demo")


def switch_on(day):
    """Let the manager see the simulation and start automatic sending."""
    manager = env.ref("relance_ar.user_manager_demo")
    wizards = env["relance.activation"].with_user(manager)
    wizard = wizards.browse(wizards.action_open()["res_id"])
    wizard.write({"date_from": day, "old_debt_rule": "include"})
    wizard.action_simulate()
    wizard.action_activate()


def do_the_calls():
    """Let the officer make the calls and approve what waits, between two runs."""
    officer = env.ref("relance_ar.user_officer_demo")
    reminders = env["relance.reminder"].with_user(officer)
    reminders = reminders.with_context(lang=officer.lang)
    for call in reminders.search([("state", "=", "approved")]).activity_ids:
        call.action_feedback(feedback="Rappel demandé, règlement annoncé.")
    waiting = reminders.search([("state", "=", "proposed")]).filtered("may_approve")
    waiting.action_approve().action_send()


def show(rows, header):
    """Print rows as a table."""
    rows = [header, *[[str(cell) for cell in row] for row in rows]]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        cells = (c.ljust(w) for c, w in zip(row, widths, strict=True))
        print("  ".join(cells).rstrip())


def show_reminders():
    """Print what was planned, sent and scheduled."""
    reminders = env["relance.reminder"].search([], order="date_planned, id")
    show(
        [
            (
                reminder.date_planned,
                reminder.reference,
                reminder.partner_id.name,
                reminder.phase,
                reminder.channel,
                f"{reminder.amount_net:.2f} {reminder.currency_id.name}",
                reminder.state,
                reminder.recipient or reminder.activity_ids.user_id.name or "",
            )
            for reminder in reminders
        ],
        ["planned", "ref", "debtor", "phase", "channel", "to pay", "state", "to / by"],
    )


def show_left_out(day):
    """Print the open receivables that the last run left alone, and why."""
    domain = [
        ("account_type", "=", "asset_receivable"),
        ("parent_state", "=", "posted"),
        ("reconciled", "=", False),
    ]
    lines = env["account.move.line"].search(domain)
    rows = env["relance.run"].explain(lines, day)
    print("\nNot contacted, and why")
    show(
        [
            (
                line.partner_id.name,
                line.move_name,
                row["next_date"] or "",
                " ".join(row["reasons"]),
            )
            for line, row in zip(lines, rows, strict=True)
            if not row["due"]
        ],
        ["debtor", "entry", "next", "why"],
    )


def main():
    """Make the demo and print what it did."""
    asked = os.environ.get("RELANCE_DEMO_DATE")
    today = date.fromisoformat(asked) if asked else last_working_day(date.today())
    set_up_company()
    with freeze_time(today):
        load_demo_data()
    first = last_working_day(today - timedelta(days=RUNS_BEFORE[0]))
    with freeze_time(first):
        switch_on(first)
    env.cr.commit()
    for days in RUNS_BEFORE:
        day = last_working_day(today - timedelta(days=days))
        with freeze_time(f"{day} 09:00"):
            env.ref("relance_ar.ir_cron_daily_run").method_direct_trigger()
            env.cr.commit()  # the cron worked with a cursor of its own
            if days:
                do_the_calls()
                env.cr.commit()
    print(f"\nRun of {today}: planned, sent and scheduled")
    show_reminders()
    show_left_out(today)
    env.cr.commit()


main()
