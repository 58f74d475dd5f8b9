"""Approve e-mails and leave them to Odoo's mail queue."""

import os

from bench.inside.chosen import chosen, store_pdf
from bench.measure import report

env = globals()["env"]  # given by `odoo shell`


def main():
    """Queue as many as asked for."""
    reminders, _changed = chosen(env, int(os.environ["BENCH_EMAILS"]))
    moves = reminders.line_ids.move_id.filtered(lambda move: move.is_invoice())
    store_pdf(env, moves)
    reminders.action_approve()
    queued = reminders.sudo()._queue()
    queued._get_queued_mails().scheduled_date = False
    env.cr.commit()
    report(emails=len(queued))


main()
