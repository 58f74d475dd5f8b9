"""Approve and send planned e-mails to the SMTP server of Odoo's configuration."""

import os
import time

from bench.inside.chosen import chosen, store_pdf
from bench.measure import Measure, report

env = globals()["env"]  # given by `odoo shell`
PRINTED = 5


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
    reminders, changed = chosen(env, int(os.environ["BENCH_EMAILS"]))
    moves = reminders.line_ids.move_id.filtered(lambda move: move.is_invoice())
    printing = print_some(moves[:PRINTED])
    env.cr.rollback()
    store_pdf(env, moves)
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
