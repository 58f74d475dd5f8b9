"""Check the identifiers of many customers, then watch them in registers served here."""

import os

from stdnum import luhn

from bench.measure import Measure, report
from tests import register_server

env = globals()["env"]  # given by `odoo shell`
COUNT = int(os.environ["BENCH_CUSTOMERS"])
JUDGED = 100  # one customer in so many is in liquidation
OPENING = "Jugement d'ouverture de liquidation judiciaire"
SETTINGS = {
    "bulletin_watch": "1",
    "register_service": "directory",
    "bodacc_rate": "100000",
}


def siren(number):
    """Return a SIREN that passes Luhn's check."""
    start = f"9{number:07}"
    return start + luhn.calc_check_digit(start)


def row(rank):
    """Return a customer as old data has them: in ten, one without, one with a bad one,
    and in fifty, one kept twice."""
    number = siren(rank if rank % 50 else rank - 1)
    known = None if rank % 10 == 3 else number
    registry = "12345" if rank % 10 == 7 else f"{number}00011"
    name = f"Customer {rank}"
    return (name, name, known, "valid" if known else "missing", registry)


def fill():
    """Add the customers, straight into the table."""
    env.cr.execute_values(
        """INSERT INTO res_partner (
               name, complete_name, relance_siren, relance_siren_state,
               company_registry, country_id, is_company, active, customer_rank, type,
               lang, solvency_state, color, partner_share, autopost_bills,
               create_date, write_date)
           VALUES %s""",
        [row(rank) for rank in range(1, COUNT + 1)],
        template=f"(%s, %s, %s, %s, %s, {env.ref('base.fr').id}, true, true, 1,"
        " 'contact', 'en_US', 'unknown', 0, true, 'ask', now(), now())",
        page_size=5000,
    )
    env.cr.execute("""UPDATE res_partner SET commercial_partner_id = id
                       WHERE commercial_partner_id IS NULL""")
    env.cr.commit()
    env.cr.execute("ANALYZE res_partner")
    env.invalidate_all()


def watch():
    """Watch every customer in a bulletin that answers at once; return the figures."""
    companies = env["relance.register.company"]
    with register_server.serve() as server:
        address = {"bodacc_address": f"{server.address}/bodacc"}
        for key, value in {**SETTINGS, **address}.items():
            env["ir.config_parameter"].set_param(f"relance_ar.{key}", value)
        for rank in range(1, COUNT + 1, JUDGED):
            server.notice(siren(rank), "2026-03-10", OPENING, judgment="2026-03-03")
        env.cr.commit()
        with Measure(env) as measure:
            companies._cron_watch_bulletin()
        return {
            **measure.figures,
            "asked": len(server.requests),
            "known": companies.search_count([("standing", "!=", False)]),
            "open": companies.search_count([("standing", "=", "open")]),
        }


def main():
    """Report the check and the watch."""
    fill()
    with Measure(env) as check:
        found = env["relance.identity.finding"]._check_all()
        env.flush_all()
    env.cr.commit()
    report(check={**check.figures, "found": found}, watch=watch())


main()
