"""Make the demo: a French company, its customers, three weeks of daily runs.

Executed in `odoo shell` by ./dev demo. RELANCE_DEMO_DATE is the day of the last run; if
it is unset, the last working day up to today.
"""

import os
from datetime import date, timedelta

from freezegun import freeze_time

from odoo import SUPERUSER_ID, fields
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
ANSWER = """From: Service comptable <{sender}>
To: {to}
Subject: Re: votre relance
Message-ID: <reponse-1@client.example>
In-Reply-To: {message_id}
References: {message_id}
Content-Type: text/plain; charset=utf-8

Bonjour,

Le virement part vendredi : la personne qui valide les factures revient jeudi.
"""
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


# Customer: how many days late each of their last invoices was paid.
HISTORY = {
    "partner_florist_demo": (-2, 0, -1, 0, -3, 0),
    "partner_haulier_demo": (3, 22, 9, 15, 28, 6),
    "partner_builder_demo": (41, 58, 37, 64, 49, 55),
    "partner_hotel_demo": (24, 25, 26, 25, 24, 25),
}


def pay(invoice, day, amount=None):
    """Register the payment of an invoice, or of a part of it."""
    register = env["account.payment.register"].with_context(
        active_model="account.move", active_ids=invoice.ids
    )
    part = {"amount": amount} if amount else {}
    payment = register.create({"payment_date": day, **part})._create_payments()
    payment.action_validate()


def make_invoice(partner, due, name, price):
    """Return an invoice posted thirty days before it falls due."""
    invoice = env["account.move"].create(
        {
            "move_type": "out_invoice",
            "partner_id": partner.id,
            "invoice_date": due - timedelta(days=30),
            "invoice_date_due": due,
            "invoice_line_ids": [(0, 0, {"name": name, "price_unit": price})],
        }
    )
    invoice.action_post()
    return invoice


def make_history(today):
    """Let some customers have paid invoices over the last months."""
    for xmlid, delays in HISTORY.items():
        partner = env.ref(f"relance_ar.{xmlid}")
        for rank, late in enumerate(delays):
            due = today - timedelta(days=75 + 40 * rank)
            invoice = make_invoice(partner, due, "Mobilier", 1000 + 150 * rank)
            pay(invoice, due + timedelta(days=late))


def set_our_side():
    """Send the invoices, all but one; keep a credit note in draft; name people."""
    invoices = env["account.move"].search([("move_type", "=", "out_invoice")])
    invoices.is_move_sent = True
    invoices.invoice_user_id = env.ref("relance_ar.user_sales_demo")
    env.company.relance_director_id = env.ref("relance_ar.user_manager_demo")
    env.ref("relance_ar.invoice_hotel_1_demo").is_move_sent = False
    wholesaler = env.ref("relance_ar.partner_wholesaler_demo")
    for name, role in (("Inès Salvador", "director"), ("Paul Roux", "approver")):
        contact = {"name": name, "parent_id": wholesaler.id, "relance_role": role}
        mail = f"{name.split()[0].lower()}@{wholesaler.email.split('@')[1]}"
        env["res.partner"].create({**contact, "email": mail, "lang": "fr_FR"})
    env["account.move.reversal"].create(
        {
            "move_ids": env.ref("relance_ar.invoice_printer_1_demo").ids,
            "reason": "Erreur de quantité",
            "journal_id": env.ref("relance_ar.invoice_printer_1_demo").journal_id.id,
        }
    ).reverse_moves()
    env["relance.closing"].create(
        {
            "name": "Congés de fin d'année",
            "date_from": date(2025, 12, 24),
            "date_to": date(2026, 1, 2),
            "is_yearly": True,
        }
    )


def know_customers(today):
    """Give limits, scores, an account kept twice, and a customer before the court."""
    for name, limit in (("haulier", 1500), ("builder", 9000), ("wholesaler", 15000)):
        partner = env.ref(f"relance_ar.partner_{name}_demo")
        partner.write({"use_partner_credit_limit": True, "credit_limit": limit})
        env["relance.score"].create(
            [
                {
                    "partner_id": partner.id,
                    "provider": "Assureur-crédit",
                    "date": today - timedelta(days=90 * rank),
                    "score": min(9, limit / 3000 + rank),
                    "worst": 0,
                    "best": 10,
                    "limit": limit,
                }
                for rank in range(3)
            ]
        )
    hotel = env.ref("relance_ar.partner_hotel_demo")
    twice = {"name": "HOTEL DES DUNES (ancien compte)", "is_company": True}
    hotel.copy({**twice, "company_registry": hotel.company_registry, "vat": hotel.vat})
    env["relance.identity.finding"]._check_all()
    open_proceedings(today)
    env["relance.exposure"]._check(env.company)


def open_proceedings(today):
    """Let the watch find a judgment against a customer, for a person to confirm."""
    joiner = env["res.partner"].create(
        {
            "name": "Menuiserie Vauban",
            "is_company": True,
            "email": "compta@menuiserie-vauban.example",
            "country_id": env.ref("base.fr").id,
            "lang": "fr_FR",
            "company_registry": "99900711500013",
            "vat": "FR38999007115",
        }
    )
    due = today - timedelta(days=35)
    make_invoice(joiner, due, "Portes", 3480).is_move_sent = True
    listed = env["relance.register.company"].create(
        {
            "siren": "999007115",
            "standing_kind": "recovery",
            "opened_on": today - timedelta(days=16),
            "published_on": today - timedelta(days=6),
            "opening_number": "A-DEMO-1",
            "court": "Tribunal de commerce de Lyon",
        }
    )
    watch = env["relance.proceeding"].with_context(lang=env.company.partner_id.lang)
    watch._open(listed, joiner, env.company)


def answer_one():
    """Let a customer answer the last e-mail by e-mail."""
    sent = env["relance.reminder"].search(
        [("state", "=", "sent"), ("channel", "=", "email")], order="id desc", limit=1
    )
    reply = ANSWER.format(
        sender=sent.recipient,
        to=env.company.email,
        message_id=sent.message_id.message_id,
    )
    env["mail.thread"].with_user(SUPERUSER_ID).message_process(False, reply)


def take_payments():
    """Let the page take payments by Odoo's provider for demonstrations."""
    provider = env.ref("payment.payment_provider_demo")
    if provider.company_id != env.company:
        provider = provider.copy({"company_id": env.company.id})
    provider.write({"state": "test", "is_published": True})


def answer_on_page(today):
    """Let customers answer on their pages what the last e-mails ask for.

    One promises, another contests.

    :return: the address of the page of another customer
    """
    said = [
        {"text": "Virement programmé.", "date": str(today + timedelta(days=6))},
        {
            "text": "Deux chaises sont arrivées cassées.",
            "reason": str(env.ref("relance_ar.dispute_reason_wrong_product").id),
            "author": "Service achats",
        },
    ]
    links = env["relance.link"].search(
        [("reminder_id.state", "=", "sent")], order="id desc"
    )
    pages = env["relance.page"].sudo()
    first, *others = links
    for link in others:
        scope = pages._get_link_scope(link)
        lines = pages._get_lines(scope)
        if lines and not (pages._get_promises(scope) or pages._get_disputes(scope)):
            typed = {"line": [str(i) for i in lines[:2].ids], **said.pop(0)}
            kind = "dispute" if "reason" in typed else "promise"
            env["relance.answer"]._answer(scope, kind, typed)
        if not said:
            break
    return first._get_url()


def switch_on(day):
    """Let the manager see the simulation and start automatic sending."""
    manager = env.ref("relance_ar.user_manager_demo")
    wizards = env["relance.activation"].with_user(manager)
    wizard = wizards.browse(wizards.action_open()["res_id"])
    wizard.write({"date_from": day, "old_debt_rule": "include"})
    wizard.action_simulate()
    wizard.action_activate()


def as_officer(model):
    """Return a model as the officer uses it, in their language."""
    officer = env.ref("relance_ar.user_officer_demo")
    return env[model].with_user(officer).with_context(lang=officer.lang)


def agreement(model, invoice, **values):
    """Note what was said about an invoice; return the record."""
    lines = env.ref(f"relance_ar.{invoice}")._get_relance_open_lines()
    return as_officer(model).create({"move_line_ids": [(6, 0, lines.ids)], **values})


def make_agreements(day):
    """Note two disputes, a promise and a payment plan, a week before the last run."""
    reason = "relance_ar.dispute_reason_"
    agreement(
        "relance.dispute",
        "invoice_architect_1_demo",
        reason_id=env.ref(f"{reason}quantity").id,
        amount=600.0,
        source="email",
        description="Il manque une des trois maquettes.",
        asked="La troisième maquette est-elle partie avec les autres ?",
    )
    answered = agreement(
        "relance.dispute",
        "invoice_school_1_demo",
        reason_id=env.ref(f"{reason}price").id,
        amount=120.0,
        description="Le devis prévoyait une remise de 100 € HT.",
    ).with_user(env.ref("relance_ar.user_sales_demo"))
    answered.answer = "Exact : la remise figure au devis signé."
    answered.action_propose_credit()
    agreement(
        "relance.promise",
        "invoice_bakery_1_demo",
        date=day + timedelta(days=9),
        source="email",
        promised_by="M. Martin",
    )
    plan = agreement("relance.plan", "invoice_builder_1_demo", count=6, first_date=day)
    plan.action_propose()
    signed = as_officer("ir.attachment").create(
        {"name": f"{plan.reference}.txt", "raw": b"Lu et approuve"}
    )
    plan.write(
        {
            "acceptance": "signed",
            "accepted_on": day,
            "accepted_by": "Mme Garonne, gérante",
            "acceptance_ids": [(6, 0, signed.ids)],
        }
    )
    plan.action_activate()
    first = plan.instalment_ids[0].amount
    pay(env.ref("relance_ar.invoice_builder_1_demo"), day, first)


def log_call(call, day):
    """Log the outcome of a call: a promise of next week, as a rule."""
    outcome = "informed" if call.phase == "preventive" else "promise"
    values = {"date": day + timedelta(days=3)} if outcome == "promise" else {}
    wizard = as_officer("relance.call").create(
        {
            "reminder_id": call.id,
            "outcome": outcome,
            "note": "Règlement annoncé.",
            "spoke_to": "Mme Martin, comptabilité",
            "bill_received": "yes",
            "confirms": False,
            **values,
        }
    )
    wizard.action_log()


def do_the_calls(day):
    """Let the officer make the calls and approve what waits, between two runs."""
    officer = env.ref("relance_ar.user_officer_demo")
    reminders = env["relance.reminder"].with_user(officer)
    reminders = reminders.with_context(lang=officer.lang)
    for call in reminders.search(
        [("state", "=", "approved"), ("channel", "in", ("phone", "visit"))]
    ):
        log_call(call, day)
    waiting = reminders.search([("state", "=", "proposed")]).filtered("may_approve")
    waiting.action_approve().action_send()


def post_letters():
    """Have firm reminders leave by registered letter: printed, posted, numbered."""
    waiting = as_officer("relance.reminder").search(
        [("state", "in", ("proposed", "approved")), ("channel", "=", "letter")],
        order="id",
    )
    letters = waiting.filtered(lambda r: r.contact_id.street and not r.letter_id)[:2]
    letters.write({"channel": "registered_letter"})
    letters.filtered(lambda r: r.state == "proposed").action_approve()
    letters = letters.filtered(lambda r: r.state == "approved")
    if not letters:
        return
    letters.action_print_post()
    if not letters.letter_id:
        return  # without the program that prints, there is nothing to post
    wizard = as_officer("relance.posting").browse(
        letters.action_post_letters()["res_id"]
    )
    for rank, line in enumerate(wizard.line_ids):
        line.number = f"1A 234 567 89{rank:02d} 2"
    wizard.action_confirm()


def go_to_court():
    """Let a registered letter arrive, hand the oldest debt over, gather the proofs."""
    manager = env.ref("relance_ar.user_manager_demo")
    manager_env = env(user=manager, context={"lang": manager.lang})
    letter = manager_env["relance.registered.letter"].search([], order="id", limit=1)
    if letter:
        letter.number = letter.number or "1A 234 567 8901 2"
        today = fields.Date.context_today(letter)
        arrived = min(letter.posted_on + timedelta(days=3), today)
        letter._note_fate("delivered", delivered_on=arrived)
    oldest = manager_env["account.move.line"].search(
        [
            ("account_type", "=", "asset_receivable"),
            ("parent_state", "=", "posted"),
            ("amount_residual", ">", 0),
        ],
        order="date_maturity, id",
        limit=1,
    )
    action = oldest.action_relance_litigate()
    case = manager_env["relance.litigation"].browse(action["res_id"])
    case.route_id = env.ref("relance_ar.litigation_route_injunction")
    case.court = "Tribunal de commerce de Paris"
    case.action_hand_over()
    case.action_make_proof()


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


def show_agreements():
    """Print what was said with the debtors."""
    rows = []
    for model, amount, day in (
        ("relance.dispute", "amount", "deadline"),
        ("relance.promise", "amount", "date"),
        ("relance.plan", "amount_total", "next_date"),
    ):
        rows += [
            (
                record.reference,
                record.partner_id.name,
                f"{record[amount]:.2f}",
                record[day] or "",
                record.state,
                record.user_id.name,
            )
            for record in env[model].search([], order="id")
        ]
    print("\nDisputes, promises and plans")
    show(rows, ["ref", "debtor", "amount", "by", "state", "owner"])


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
        make_history(today)
        set_our_side()
        take_payments()
    first = last_working_day(today - timedelta(days=RUNS_BEFORE[0]))
    with freeze_time(first):
        switch_on(first)
    env.cr.commit()
    for days in RUNS_BEFORE:
        day = last_working_day(today - timedelta(days=days))
        with freeze_time(f"{day} 09:00"):
            for cron in ("disputes", "promises", "plans", "daily_run"):
                env.ref(f"relance_ar.ir_cron_{cron}").method_direct_trigger()
            env.cr.commit()  # the cron worked with a cursor of its own
            if days == 7:
                post_letters()
            if days:
                do_the_calls(day)
            if days == 7:
                make_agreements(day)
            env.cr.commit()
    with freeze_time(f"{today} 10:00"):
        answer_one()
        page = answer_on_page(today)
        env["relance.payer.assessment"]._assess(env.company)
        go_to_court()
        know_customers(today)
    print(f"\nRun of {today}: planned, sent and scheduled")
    show_reminders()
    show_agreements()
    show_left_out(today)
    print(f"\nPersonal page of a customer: {page}")
    env.cr.commit()


main()
