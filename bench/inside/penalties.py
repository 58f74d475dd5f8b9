"""Reckon the penalties of every open line in one pass, and of some invoices alone."""

import time
from datetime import date
from statistics import median

from bench.measure import Measure, Queries, report

env = globals()["env"]  # given by `odoo shell`
ASKED = 40


def alone(move):
    """Reckon one invoice from cold caches; return the seconds and the queries."""
    env.flush_all()
    env.transaction.clear()
    started = time.perf_counter()
    with Queries() as queries:
        lines = env["account.move.line"].search_fetch(
            [("move_id", "=", move), ("account_type", "=", "asset_receivable")], []
        )
        env["relance.penalty.facts"]._compute(lines.ids, date.today())
    return time.perf_counter() - started, sum(queries.counts.values())


def everything(domain):
    """Reckon all that fits a domain in one pass; return the figures."""
    ids = env["account.move.line"].search(domain).ids
    with Measure(env) as measure:
        found, missing = env["relance.penalty.facts"]._compute(ids, date.today())
        total = sum(penalty.total for penalty in found.values())
    return {
        **measure.figures,
        "lines": len(ids),
        "bearing": sum(1 for penalty in found.values() if penalty.total),
        "segments": sum(len(penalty.segments) for penalty in found.values()),
        "missing": len(missing),
        "total": float(total),
    }


def main():
    """Report the pass over open lines, over late ones, and the invoices alone."""
    owed = [
        ("account_type", "=", "asset_receivable"),
        ("parent_state", "=", "posted"),
        ("balance", ">", 0),
    ]
    still_open = everything([*owed, ("reconciled", "=", False)])
    paid = everything([*owed, ("reconciled", "=", True)])
    moves = env["account.move"].search(
        [("move_type", "=", "out_invoice"), ("payment_state", "!=", "paid")], order="id"
    )
    chosen = moves.ids[:: max(len(moves) // ASKED, 1)][:ASKED]
    alone(chosen[-1])  # warms Odoo's own caches
    seconds, queries = zip(*(alone(move) for move in chosen), strict=True)
    report(
        open=still_open,
        paid=paid,
        milliseconds=1000 * median(seconds),
        slowest=1000 * max(seconds),
        queries=median(queries),
    )


main()
