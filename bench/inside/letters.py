"""Print the post of a day, as the scheduler does: many letters in one document."""

import datetime as dt
import os
import resource

from bench.measure import Measure, report

env = globals()["env"]  # given by `odoo shell`
INVOICES_EACH = 2
IBAN = "FR7630006000011234567890189"


def set_up_company():
    """Give the company what its letters show."""
    env.company.write({"street": "1 rue de la Paix", "zip": "75002", "city": "Paris"})
    partner = env.company.partner_id
    env["res.partner.bank"].create({"acc_number": IBAN, "partner_id": partner.id})


def post_invoices(count):
    """Return posted overdue invoices, some for each of so many new debtors."""
    day = dt.date.today() - dt.timedelta(days=45)
    country = env.ref("base.fr").id
    address = {"street": "2 rue du Port", "city": "Lyon", "country_id": country}
    debtors = env["res.partner"].create(
        [
            {"name": f"D{n}", "zip": f"{69000 + n % 9}", "is_company": True, **address}
            for n in range(count)
        ]
    )
    line = {"name": "Prestation", "price_unit": 1000.0}
    moves = env["account.move"].create(
        [
            {
                "move_type": "out_invoice",
                "partner_id": debtor.id,
                "invoice_date": day,
                "invoice_date_due": day,
                "invoice_line_ids": [(0, 0, line)],
            }
            for debtor in debtors
            for _rank in range(INVOICES_EACH)
        ]
    )
    moves.action_post()
    env.cr.commit()
    return moves


def approve_letters(moves):
    """Return an approved letter to each debtor."""
    levels = env.ref("relance_ar.scenario_standard").level_ids
    level = levels.filtered(lambda each: each.phase == "level_2")[:1]
    letters = env["relance.reminder"].create(
        [
            prepare_letter(level, partner, invoices)
            for partner, invoices in moves.grouped("partner_id").items()
        ]
    )
    env.cr.commit()
    return letters


def prepare_letter(level, partner, invoices):
    """Return the values of an approved letter."""
    lines = [
        {
            "move_line_id": line.id,
            "move_name": line.move_name,
            "level_id": level.id,
            "date_maturity": line.date_maturity,
            "amount_residual": line.amount_residual_currency,
        }
        for line in invoices._get_relance_lines()
    ]
    return {
        "state": "approved",
        "company_id": env.company.id,
        "partner_id": partner.id,
        "contact_id": partner.id,
        "currency_id": env.company.currency_id.id,
        "lang": partner.lang,
        "level_id": level.id,
        "phase": level.phase,
        "channel": "letter",
        "date_planned": dt.date.today(),
        "line_ids": [(0, 0, values) for values in lines],
    }


def main():
    """Make the letters, then print them."""
    set_up_company()
    letters = approve_letters(post_invoices(int(os.environ["BENCH_LETTERS"])))
    action = env["relance.mailing"]._make_for(letters)
    post = env["relance.mailing"].browse(action["res_id"])
    env.cr.commit()
    with Measure(env) as measure:
        env["relance.mailing"]._cron_print()
        env.cr.commit()
    child = resource.getrusage(resource.RUSAGE_CHILDREN)
    report(
        letters=post.printed_count,
        left_out=post.left_out_count,
        pages=post.page_count,
        size=len(post.document_id.raw or b"") / 2**20,
        program_seconds=child.ru_utime + child.ru_stime,
        program_memory=child.ru_maxrss / 1024,
        **measure.figures,
    )


main()
