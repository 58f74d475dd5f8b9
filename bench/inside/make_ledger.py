"""Fill an Odoo database with a large, realistic receivables ledger, fast.

Run inside `odoo shell`, from this repository's root, on a database with a French
company and chart; the addon need not be installed:

    PARTNERS=1000 OPEN=10000 PAID=10000 odoo shell -d DB < bench/inside/make_ledger.py

One customer, one open invoice, one credit note and one paid invoice are made through
the ORM, so that every stored field is what Odoo itself writes; they are then cloned in
SQL with other ids, partners, dates and amounts. Deterministic for a given SEED.
"""

import os

from bench.ledger import make_ledger
from bench.measure import report


def main(env):
    """Make a ledger of the size asked for, and report what it holds."""
    sizes = {"PARTNERS": 1000, "OPEN": 10000, "PAID": 5000}
    partners, open_lines, paid = (
        int(os.environ.get(name, size)) for name, size in sizes.items()
    )
    seed = float(os.environ.get("SEED", "0.42"))
    ledger = make_ledger(env, partners, open_lines, paid, seed)
    lines, overdue, balance, debtors = ledger.summary()
    report(lines=lines, overdue=overdue, balance=float(balance), debtors=debtors)


main(globals()["env"])  # given by `odoo shell`
