from decimal import Decimal

from odoo import api, models
from odoo.tools import SQL

from ..core.insolvency import is_before_opening
from ..core.payer_evidence import PROCEEDINGS
from ..core.penalty import ECB_MRO, LEGAL_PROFESSIONAL, LUMP_SUM_INDEMNITY, ZERO
from ..core.penalty_terms import Debtor, rate_of, regime_of


class RelancePenaltyTerms(models.AbstractModel):
    """Reads under which terms invoices bear penalties: regime, rate, year, currency."""

    _name = "relance.penalty.terms"
    _description = "Terms of late-payment penalties"

    @api.model
    def _load_terms(self, rows, day):
        """Return ``{invoice id: keywords of core.penalty_invoice.compute_invoice}``."""
        companies = self.env["res.company"].browse({row[2] for row in rows})
        # sudo: the settings of penalties, of companies whose invoices were read.
        settings = {c.id: c.sudo()._get_relance_penalty_settings() for c in companies}
        debtors = {
            company.id: self._load_debtors(
                {row[4] for row in rows if row[2] == company.id}, company
            )
            for company in companies
        }
        currencies = self._load_currencies(rows, day)
        rates = self._get_rates()
        terms = {}
        for _line, move_id, company_id, currency_id, partner_id, *rest in rows:
            if move_id not in terms:
                debtor = debtors[company_id].get(partner_id) or Debtor()
                chosen, rate, born = rest[-3:]
                terms[move_id] = {
                    **self._terms(debtor, chosen, rate, settings[company_id]),
                    **currencies[company_id, currency_id],
                    "judgment": self._judgment(debtor, born),
                    "rates": rates,
                }
        return terms

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
    def _judgment(self, debtor, born):
        """Return the judgment that concerns a debt, or None.

        A debt born since is paid when it falls due, like any other (Code de commerce,
        L622-17): it bears penalties.
        """
        is_earlier = debtor.judgment and is_before_opening(born, debtor.judgment)
        return debtor.judgment if is_earlier else None

    @api.model
    def _load_debtors(self, partner_ids, company):
        """Return ``{partner id: core.penalty_terms.Debtor}`` as seen by a company.

        The judgment is that of the confirmed proceedings. Without them it is the day
        entered by hand, else that on which the proceedings were noticed.
        """
        ids = [partner_id for partner_id in partner_ids if partner_id]
        openings = self.env["relance.proceeding"]._load_openings(ids, company)
        rows = self.env.execute_query(
            SQL(
                """
                SELECT id, is_company, relance_siren, vat, relance_penalty_regime,
                       relance_penalty_rate ->> %s, country_id,
                       CASE WHEN solvency_state = %s
                            THEN COALESCE(solvency_judgment_on, solvency_checked_on)
                       END
                  FROM res_partner WHERE id = ANY(%s)
                """,
                str(company.id),
                PROCEEDINGS,
                ids,
            )
        )
        return {
            row[0]: Debtor(
                is_company=bool(row[1]),
                siren=row[2] or "",
                vat=row[3] or "",
                regime=row[4] or "",
                rate=Decimal(row[5]) if row[5] else None,
                country_id=row[6],
                judgment=openings.get(row[0]) or row[7],
            )
            for row in rows
        }

    @api.model
    def _load_currencies(self, rows, day):
        """Return the indemnity and the rounding of each company and currency."""
        found = {}
        for company_id, currency_id in {(row[2], row[3]) for row in rows}:
            company = self.env["res.company"].browse(company_id)
            currency = self.env["res.currency"].browse(currency_id)
            found[company_id, currency_id] = {
                "indemnity": self._get_indemnity(currency, company, day),
                "rounding": Decimal(str(currency.rounding)),
            }
        return found

    @api.model
    def _get_indemnity(self, currency, company, day):
        """Return the lump sum of 40 euros in another currency, at the rate of ``day``.

        Zero in a currency without rates: nothing is claimed at one that nobody entered.
        """
        if currency.name == "EUR":
            return LUMP_SUM_INDEMNITY
        if not currency.rate_ids:
            return ZERO
        euro = self.env.ref("base.EUR")
        amount = float(LUMP_SUM_INDEMNITY)
        return Decimal(str(euro._convert(amount, currency, company, day)))
