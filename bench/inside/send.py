"""Approve and send planned e-mails to the SMTP server of Odoo's configuration."""

import os
import time

from bench.measure import Measure, report

env = globals()["env"]  # given by `odoo shell`
PRINTED = 5
# What Odoo stores for an invoice that was sent; its size is that of a plain one.
PDF = b"%PDF-1.4\n" + b"%" * 20_000 + b"\n%%EOF\n"


def chosen(count):
    """Return proposals, as many as asked for if there are, and how many were changed.

    A person may send an e-mail where a call is proposed: so there are always enough.
    """
    proposed = env["relance.reminder"].search(
        [("state", "=", "proposed"), ("level_id.mail_template_id", "!=", False)],
        order="id",
    )
    # Spread over the ledger: its first debtors owe the most invoices.
    step = max(len(proposed) // count, 1)
    found = proposed.browse(proposed.ids[::step][:count])
    others = found.filtered(lambda reminder: reminder.channel != "email")
    others.channel = "email"
    env.cr.commit()
    return found, len(others)


def store_pdf(moves):
    """Give the invoices the PDF that they have once they were sent."""
    env["ir.attachment"].create(
        [
            {
                "name": f"{move.name.replace('/', '_')}.pdf",
                "raw": PDF,
                "mimetype": "application/pdf",
                "res_model": "account.move",
                "res_id": move.id,
                "res_field": "invoice_pdf_report_file",
            }
            for move in moves
        ]
    )


def print_some(moves):
    """Return the seconds that one invoice's PDF takes when it has none yet."""
    started = time.perf_counter()
    for move in moves:
        env["ir.actions.report"]._render_qweb_pdf("account.account_invoices", move.ids)
    return (time.perf_counter() - started) / (len(moves) or 1)


def measured(action):
    """Return what an action takes with its commit."""
    with Measure(env) as measure:
        action()
        env.cr.commit()
    return measure.figures


def main():
    """Send, then let Odoo's queue send what was left to it."""
    reminders, changed = chosen(int(os.environ["BENCH_EMAILS"]))
    moves = reminders.line_ids.move_id.filtered(lambda move: move.is_invoice())
    printing = print_some(moves[:PRINTED])
    env.cr.rollback()
    store_pdf(moves)
    env.cr.commit()
    figures = {
        "approve": measured(reminders.action_approve),
        "write": measured(reminders.action_send),
        "queue": measured(env["mail.mail"].process_email_queue),
    }
    report(
        emails=len(reminders.filtered(lambda reminder: reminder.state == "sent")),
        invoices=len(moves),
        changed=changed,
        printing=printing,
        **figures,
    )


main()
