from collections import defaultdict
from decimal import Decimal

from odoo import api, models
from odoo.tools import SQL

from ..core.payer_evidence import PROCEEDINGS
from ..core.penalty import (
    CONSUMER,
    ECB_MRO,
    LEGAL_PROFESSIONAL,
    LUMP_SUM_INDEMNITY,
    ZERO,
    MissingRateError,
)
from ..core.penalty_invoice import Instalment, compute_invoice
from ..core.penalty_terms import Debtor, rate_of, regime_of
from .relance_facts_types import CONFIRMED
from .relance_level import FORMAL_NOTICE


class RelancePenaltyFacts(models.AbstractModel):
    """Reads what penalties depend on: a few queries, however many lines are asked for.

    The invoices, what settled them, their debtors, the formal notices sent to consumers
    and the table of rates are read in sets; the core reckons; nothing is written.
    """

    _name = "relance.penalty.facts"
    _description = "Facts about late-payment penalties"

    @api.model
    def _compute(self, line_ids, day, since=(), together=False):
        """Return what has accrued on instalments at ``day``.

        All the instalments of the invoices concerned are reckoned together, because the
        indemnity is due once per invoice: the first late instalment carries it.

        :param since: ``{line id: first day}`` for those of which the days before have
            been claimed
        :param together: the lines are asked for together: if none of them is the one
            that carries the indemnity of its invoice, the first that is late does
        :return: ``{line id: core.penalty.Penalty}``, and ``{line id:
            MissingRateError}`` of those for which a half-year has no rate
        """
        if not line_ids:
            return {}, {}
        self.env.flush_all()
        rows = self._load_lines(list(line_ids))
        parts = self._load_settlements(rows, dict(since))
        terms = self._load_terms(rows, day)
        self._add_notices(rows, parts, terms)
        invoices = defaultdict(list)
        for line_id, move_id, *_rest in rows:
            invoices[move_id].append(parts[line_id])
        wanted, found, missing = set(line_ids), {}, {}
        for move_id, instalments in invoices.items():
            try:
                result = compute_invoice(instalments, day, **terms[move_id])
            except MissingRateError as error:
                missing.update((part.id, error) for part in instalments)
            else:
                if together:
                    self._carry_indemnity(result, instalments, wanted)
                found.update(result)
        return (
            {key: value for key, value in found.items() if key in wanted},
            {key: value for key, value in missing.items() if key in wanted},
        )

    @api.model
    def _carry_indemnity(self, result, instalments, wanted):
        """Move the indemnity of an invoice to the first late line that is wanted."""
        carriers = [key for key, penalty in result.items() if penalty.indemnity]
        late = [
            part.id
            for part in sorted(instalments, key=lambda part: (part.maturity, part.id))
            if part.id in wanted and result[part.id].segments
        ]
        if carriers and late and carriers[0] not in wanted:
            amount = result[carriers[0]].indemnity
            result[carriers[0]] = result[carriers[0]].with_indemnity(ZERO)
            result[late[0]] = result[late[0]].with_indemnity(amount)

    # ----------------------------------------------------------------------- lines

    @api.model
    def _load_lines(self, line_ids):
        """Return all the instalments of the invoices of these lines.

        Of posted invoices and entries only. The documents by which penalties are
        invoiced bear none themselves (Code civil, 1343-2).
        """
        return self.env.execute_query(
            SQL(
                """
                WITH asked AS (
                    SELECT DISTINCT l.move_id
                      FROM unnest(%s) AS wanted (id)
                      JOIN account_move_line l ON l.id = wanted.id
                )
                SELECT l.id, l.move_id, l.company_id, l.currency_id,
                       p.commercial_partner_id, l.amount_currency::text,
                       l.date_maturity, m.relance_penalty_regime,
                       m.relance_penalty_rate::text
                  FROM asked
                  JOIN account_move_line l ON l.move_id = asked.move_id
                  JOIN account_move m ON m.id = l.move_id
                  LEFT JOIN res_partner p ON p.id = l.partner_id
                 WHERE l.account_id = ANY(%s)
                   AND l.parent_state = 'posted'
                   AND l.balance > 0
                   AND l.date_maturity IS NOT NULL
                   AND NOT EXISTS (SELECT FROM relance_penalty_claim c
                                    WHERE c.invoice_id = l.move_id)
                """,
                line_ids,
                self.env["relance.facts"]._receivable_account_ids(),
            )
        )

    @api.model
    def _load_settlements(self, rows, since):
        """Return ``{line id: core.penalty_invoice.Instalment}``.

        A credit note takes off the price from the start, to the amount matched. That of
        another invoice is set off against this one: it counts from its date, as a
        payment does. A payment counts when the funds arrive (L441-9): at the date of
        its bank line, if it is matched with one, else at its own.
        """
        parts = {
            row[0]: Instalment(row[0], Decimal(row[5]), row[6], since=since.get(row[0]))
            for row in rows
        }
        for line_id, amount, day, is_credit in self.env.execute_query(
            SQL(
                """
                SELECT pr.debit_move_id, pr.debit_amount_currency::text,
                       COALESCE(bank.day, c.date),
                       cm.move_type = 'out_refund'
                       AND COALESCE(cm.reversed_entry_id, l.move_id) = l.move_id
                  FROM unnest(%s) AS wanted (id)
                  JOIN account_partial_reconcile pr ON pr.debit_move_id = wanted.id
                  JOIN account_move_line l ON l.id = wanted.id
                  JOIN account_move_line c ON c.id = pr.credit_move_id
                  JOIN account_move cm ON cm.id = c.move_id
                  LEFT JOIN LATERAL (%s) bank ON cm.origin_payment_id IS NOT NULL
                """,
                list(parts),
                self._from_bank_lines(),
            )
        ):
            if is_credit:
                parts[line_id].credits += Decimal(amount)
            else:
                parts[line_id].payments.append((day, Decimal(amount)))
        return parts

    @api.model
    def _from_bank_lines(self):
        """Return the query of the day on which the bank booked the payment cm."""
        return SQL(
            """
            SELECT max(bl.date) AS day
              FROM account_move_line o
              JOIN account_partial_reconcile opr ON opr.debit_move_id = o.id
              JOIN account_move_line bl ON bl.id = opr.credit_move_id
              JOIN account_move bm ON bm.id = bl.move_id
             WHERE o.move_id = cm.id AND bm.statement_line_id IS NOT NULL
            """
        )

    # ----------------------------------------------------------------------- terms

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
        for _line, move_id, company_id, currency_id, partner_id, *_rest in rows:
            if move_id not in terms:
                debtor = debtors[company_id].get(partner_id) or Debtor()
                terms[move_id] = {
                    **self._terms(debtor, *_rest[-2:], settings[company_id]),
                    **currencies[company_id, currency_id],
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
            "judgment": debtor.judgment,
        }

    @api.model
    def _load_debtors(self, partner_ids, company):
        """Return ``{partner id: core.penalty_terms.Debtor}`` as seen by a company.

        When the day of the judgment is not known, that on which the proceedings were
        noticed stands for it.
        """
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
                [partner_id for partner_id in partner_ids if partner_id],
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
                judgment=row[7],
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

    # --------------------------------------------------------------------- notices

    @api.model
    def _add_notices(self, rows, parts, terms):
        """Give to the instalments of consumers the day of their formal notice."""
        consumers = [row[0] for row in rows if terms[row[1]]["regime"] == CONSUMER]
        if not consumers:
            return
        for line_id, day in self.env.execute_query(
            SQL(
                """
                SELECT rl.move_line_id, min(r.date_done)
                  FROM relance_reminder_line rl
                  JOIN relance_reminder r ON r.id = rl.reminder_id
                  JOIN relance_level lv ON lv.id = rl.level_id
                 WHERE rl.move_line_id = ANY(%s) AND lv.phase = %s AND r.state IN %s
                 GROUP BY rl.move_line_id
                """,
                consumers,
                FORMAL_NOTICE,
                CONFIRMED,
            )
        ):
            parts[line_id].notice = day
