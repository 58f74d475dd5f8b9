from decimal import Decimal

from odoo import api, models
from odoo.tools import SQL

from ..core.payer_evidence import PROCEEDINGS
from ..core.penalty import ECB_MRO, LEGAL_PROFESSIONAL
from ..core.penalty_terms import Debtor, judgment_of, rate_of, regime_of


class RelancePenaltyTerms(models.AbstractModel):
    """Reads under which terms invoices bear penalties: regime, rate, year, currency."""

    _name = "relance.penalty.terms"
    _inherit = ["relance.penalty.currencies"]
    _description = "Terms of late-payment penalties"

    @api.model
    def _load_terms(self, rows):
        """Return ``{debt: keywords of core.penalty_invoice.compute_invoice}``.

        And ``undated_id``: the debtor, if nobody entered the day of its judgment.
        """
        companies = self.env["res.company"].browse({row.company_id for row in rows})
        # sudo: the settings of penalties, of companies whose invoices were read.
        settings = {c.id: c.sudo()._get_relance_penalty_settings() for c in companies}
        debtors = {
            company.id: self._load_debtors(
                {row.partner_id for row in rows if row.company_id == company.id},
                company,
            )
            for company in companies
        }
        currencies = self.env["res.currency"].browse({row.currency_id for row in rows})
        units = {c.id: Decimal(str(c.rounding)) for c in currencies}
        rates = self._get_rates()
        terms = {}
        for row in rows:
            if row.debt not in terms:
                debtor = debtors[row.company_id].get(row.partner_id) or Debtor()
                company_settings = settings[row.company_id]
                terms[row.debt] = {
                    **self._terms(debtor, row.regime, row.rate, company_settings),
                    "judgment": judgment_of(debtor, row.born),
                    "undated_id": row.partner_id if debtor.is_undated else None,
                    "rounding": units[row.currency_id],
                    "rates": rates,
                }
        return terms

    @api.model
    def _get_regimes(self, line_ids):
        """Return ``{line id: regime}`` of instalments that may bear penalties."""
        self.env.flush_all()
        rows = self._load_lines(list(line_ids)) if line_ids else []
        terms, wanted = self._load_terms(rows), set(line_ids)
        return {r.line_id: terms[r.debt]["regime"] for r in rows if r.line_id in wanted}

    @api.model
    def _get_rates(self):
        """Return the table of rates that the core reads."""
        # sudo: published rates, needed by whoever may read the invoice.
        rates = self.env["relance.interest.rate"].sudo()
        return rates._get_table((ECB_MRO, LEGAL_PROFESSIONAL))

    @api.model
    def _terms(self, debtor, chosen, rate, settings):
        """Return the regime, the rate and the year of one invoice."""
        regime = regime_of(debtor, chosen, settings["excluded"])
        of_invoice = Decimal(rate) if rate else None
        return {
            "regime": regime,
            "contract_rate": rate_of(regime, of_invoice, debtor.rate, settings["rate"]),
            "year": settings["year"],
        }

    @api.model
    def _load_debtors(self, partner_ids, company):
        """Return ``{partner id: core.penalty_terms.Debtor}`` as seen by a company.

        The judgments are those of proceedings confirmed, ended or not; without any that
        go on, the day entered by hand counts too. The day on which proceedings were
        noticed says nothing of it.
        """
        ids = [partner_id for partner_id in partner_ids if partner_id]
        proceedings = self.env["relance.proceeding"]
        openings = proceedings._load_openings(ids, company)
        judgments = proceedings._load_judgments(ids, company)
        rows = self.env.execute_query(
            SQL(
                """
                SELECT id, is_company, relance_siren, vat, relance_penalty_regime,
                       relance_penalty_rate ->> %s, country_id,
                       CASE WHEN solvency_state = %s THEN solvency_judgment_on END,
                       COALESCE(solvency_state = %s AND solvency_judgment_on IS NULL,
                                FALSE)
                  FROM res_partner WHERE id = ANY(%s)
                """,
                str(company.id),
                PROCEEDINGS,
                PROCEEDINGS,
                ids,
            )
        )
        for partner_id, *_terms, by_hand, _is_undated in rows:
            if by_hand and partner_id not in openings:
                judgments.setdefault(partner_id, set()).add(by_hand)
        return {
            row[0]: Debtor(
                is_company=bool(row[1]),
                siren=row[2] or "",
                vat=row[3] or "",
                regime=row[4] or "",
                rate=Decimal(row[5]) if row[5] else None,
                country_id=row[6],
                judgments=tuple(sorted(judgments.get(row[0], ()))),
                is_undated=row[8] and row[0] not in openings,
            )
            for row in rows
        }
