"""Measure the queries and the time of sending reminders, inside `odoo shell`.

    MAILS=200 odoo shell -d DB < send.py

Makes as many debtors, each with one overdue invoice whose PDF is stored, plans and
approves their reminders, and sends them to an SMTP server that keeps nothing. Prints
what each e-mail costs, writing and handing over apart; PROFILE=1 adds the statements,
RENDER=1 has the PDFs printed, QUEUE=1 leaves the sending to Odoo's mail queue.
"""

import collections
import datetime as dt
import logging
import os
import re
import time
from unittest.mock import patch

from aiosmtpd.controller import Controller

from odoo.sql_db import Cursor
from odoo.tools import config

PORT = 8925
ROW = "{:<28}{:>10}{:>10}{:>10}"
SHOWN = 40


class Sink:
    """An SMTP server that counts."""

    count = 0

    async def handle_DATA(self, server, session, envelope):
        """Take one message."""
        self.count += 1
        return "250 taken, not delivered"


class Queries:
    """Count the queries of a block, and time it."""

    def __init__(self):
        self.statements = collections.Counter()

    def __enter__(self):
        execute, statements = Cursor.execute, self.statements

        def counted(cursor, query, *args, **kwargs):
            code = " ".join(getattr(query, "code", query).split())
            statements[re.sub(r"(%s(, )?)+", "%s", code)[:150]] += 1
            return execute(cursor, query, *args, **kwargs)

        self.started = time.monotonic()
        self.patch = patch.object(Cursor, "execute", counted)
        self.patch.start()
        return self

    def __exit__(self, *error):
        self.patch.stop()
        self.seconds = time.monotonic() - self.started

    def show(self, title, mails):
        """Print one row, and the statements if asked to."""
        total = self.statements.total()
        per_mail = f"{total / mails:.2f}"
        print(ROW.format(title, total, per_mail, f"{self.seconds:.2f}"))
        if os.environ.get("PROFILE"):
            for statement, count in self.statements.most_common(SHOWN):
                print(f"{count:>8}  {statement}")


def make_debtors(env, count):
    """Return as many customers, each with one overdue invoice that has its PDF."""
    env = env(context={**env.context, "tracking_disable": True})
    partners = env["res.partner"].create(
        [
            {
                "name": f"Sending {rank} SA",
                "is_company": True,
                "email": f"sending{rank}@debtor.test",
                "phone": "+33 1 99 00 12 34",
                "country_id": env.ref("base.fr").id,
            }
            for rank in range(count)
        ]
    )
    day = dt.date.today()
    moves = env["account.move"].create(
        [
            {
                "move_type": "out_invoice",
                "partner_id": partner.id,
                "invoice_date": day - dt.timedelta(days=40),
                "invoice_date_due": day - dt.timedelta(days=4),
                "invoice_payment_term_id": False,
                "invoice_line_ids": [
                    (0, 0, {"name": "x", "price_unit": 1000.0, "tax_ids": []})
                ],
            }
            for partner in partners
        ]
    )
    moves.action_post()
    if not os.environ.get("RENDER"):
        store_pdfs(env, moves)
    env.cr.commit()
    return partners


def store_pdfs(env, moves):
    """Give each invoice a stored PDF."""
    env["ir.attachment"].create(
        [
            {
                "name": f"{move.id}.pdf",
                "raw": b"%PDF " + os.urandom(20000),
                "mimetype": "application/pdf",
                "res_model": "account.move",
                "res_id": move.id,
                "res_field": "invoice_pdf_report_file",
            }
            for move in moves
        ]
    )


def plan(env, partners):
    """Return the approved e-mails to the debtors."""
    run = env["relance.run"].create({"date": dt.date.today()})
    run.action_plan()
    domain = [("partner_id", "in", partners.ids), ("channel", "=", "email")]
    reminders = env["relance.reminder"].search([*domain, ("state", "=", "proposed")])
    reminders.date_planned = dt.date.today()
    reminders.action_approve()
    env.cr.commit()
    return reminders


def queue(reminders):
    """Write the e-mails of reminders that have just been checked."""
    ready = reminders.try_lock_for_update()._check_before_sending()
    reminders.env.cr.commit()
    with Queries() as queries:
        left = ready._queue_emails()
        reminders.env.flush_all()
    return left, queries


def hand_over(reminders):
    """Send the e-mails as the daily run does, or with QUEUE=1 as Odoo's queue does."""
    if os.environ.get("QUEUE"):
        reminders._get_queued_mails().scheduled_date = False
        reminders.env.cr.commit()
        reminders.env["mail.mail"].process_email_queue()
    else:
        reminders._send_queued_mails()


def measure(env, mails):
    """Print the table."""
    partners = make_debtors(env, mails)
    reminders = plan(env, partners).with_context(tracking_disable=True).sudo()
    left, writing = queue(reminders)
    with Queries() as sending:
        hand_over(left)
    print(ROW.format("", "queries", "per mail", "seconds"))
    writing.show("writing the mails", mails)
    sending.show("handing them to SMTP", mails)
    env.invalidate_all()
    print(collections.Counter(reminders.mapped("state")))


def main(env):
    """Send to a mail server of our own."""
    logging.getLogger("mail.log").setLevel(logging.WARNING)  # that of aiosmtpd
    sink = Sink()
    controller = Controller(sink, hostname="127.0.0.1", port=PORT)
    controller.start()
    settings = {"smtp_server": "127.0.0.1", "smtp_port": PORT, "smtp_ssl": False}
    try:
        with patch.dict(config.options, settings):
            measure(env, int(os.environ.get("MAILS", "200")))
    finally:
        controller.stop()
    print(f"{sink.count} received")


main(globals()["env"])  # given by `odoo shell`
