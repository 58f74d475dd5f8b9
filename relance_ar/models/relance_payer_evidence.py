from collections import defaultdict
from decimal import Decimal

from dateutil.relativedelta import relativedelta

from odoo import api, models
from odoo.tools import SQL

from ..core import identity
from ..core.payer_evidence import MONTHS, Evidence


class RelancePayerEvidence(models.AbstractModel):
    """Reads what the profiles are proposed from: a few queries for a whole company.

    Each ``_load_*`` returns ``{debtor id: {field of Evidence: value}}``. The debtor is
    the commercial partner. ``ids`` narrows the reading down to some debtors; None
    stands for all.
    """

    _name = "relance.payer.evidence"
    _inherit = "relance.payer.payments"
    _description = "Evidence on how debtors pay"

    @api.model
    def _load_evidence(self, company, today, ids=None, more_ids=()):
        """Return ``{debtor id: core.payer_evidence.Evidence}``.

        :param ids: tuple of the ids of debtors, or None for all with some history
        :param more_ids: ids of debtors to read even if they have no history
        """
        found = defaultdict(dict)
        for load in (
            self._load_payments,
            self._load_automatic,
            self._load_open,
            self._load_invoices,
        ):
            for partner_id, values in load(company, today, ids).items():
                self._merge(found[partner_id], values)
        known = tuple({*found, *more_ids}) if ids is None else ids
        agreements = self._load_agreements(known, company)
        return {
            partner_id: self._evidence(
                today,
                {**found[partner_id], **values, **agreements.get(partner_id, {})},
            )
            for partner_id, values in self._load_partners(known, company).items()
        }

    @api.model
    def _load_agreements(self, ids, company):
        """Return how promises and disputes ended: nothing here, for modules to extend.

        :param ids: tuple of the ids of debtors
        :return: ``{debtor id: {"promises_kept": int, "promises_broken": int,
            "disputes_upheld": int, "disputes_rejected": int}}``, each optional, over
            the last ``MONTHS`` months
        """
        return {}

    @staticmethod
    def _merge(values, more):
        """Add what another query found; of two last payments the later one counts."""
        last = max(
            (
                day
                for day in (values.get("last_payment"), more.get("last_payment"))
                if day
            ),
            default=None,
        )
        values.update(more, last_payment=last)

    @staticmethod
    def _evidence(today, values):
        """Return the evidence: exact amounts, and parts as shares of what was paid."""
        paid = values.get("paid_amount") or 0
        for part, share in (
            ("on_time_amount", "on_time_share"),
            ("reminded_amount", "after_reminder_share"),
            ("automatic_amount", "automatic_share"),
        ):
            amount = values.pop(part, None) or 0
            values[share] = min(amount / paid, 1.0) if paid else 0.0
        for name in ("paid_amount", "overdue_amount"):
            values[name] = Decimal(str(values.get(name) or 0))
        return Evidence(today=today, **values)

    # ------------------------------------------------------------------------ debts

    @api.model
    def _load_open(self, company, today, ids):
        """Read what is overdue, net of free credits, and payments not allocated yet."""
        rows = self.env.execute_query_dict(
            SQL(
                """
                SELECT p.commercial_partner_id AS debtor,
                       greatest(sum(l.amount_residual), 0) AS overdue_amount,
                       COALESCE(max(%(today)s - COALESCE(l.date_maturity, l.date))
                                FILTER (WHERE l.amount_residual > 0), 0)
                           AS overdue_days_max,
                       max(l.date) FILTER (
                           WHERE l.amount_residual < 0
                             AND j.type IN ('bank', 'cash', 'credit')
                       ) AS last_payment
                  FROM account_move_line l
                  JOIN account_account a ON a.id = l.account_id
                  JOIN account_journal j ON j.id = l.journal_id
                  JOIN res_partner p ON p.id = l.partner_id
                 WHERE a.account_type = 'asset_receivable'
                   AND l.parent_state = 'posted'
                   AND l.reconciled IS NOT TRUE
                   AND l.company_id = %(company)s
                   AND (l.amount_residual < 0
                        OR l.amount_residual > 0
                           AND l.no_followup IS NOT TRUE
                           AND COALESCE(l.date_maturity, l.date) < %(today)s)
                   AND %(among)s
                 GROUP BY p.commercial_partner_id
                """,
                today=today,
                company=company.id,
                among=self._among(SQL("p.commercial_partner_id"), ids),
            )
        )
        return {row.pop("debtor"): row for row in rows}

    @api.model
    def _load_invoices(self, company, today, ids):
        """Read how many invoices were sent."""
        return self._load_amounts(
            "invoice_count",
            SQL(
                """
                SELECT m.commercial_partner_id, count(*)
                  FROM account_move m
                 WHERE m.move_type = 'out_invoice' AND m.state = 'posted'
                   AND m.company_id = %s
                   AND m.invoice_date > %s AND m.invoice_date <= %s
                   AND m.commercial_partner_id IS NOT NULL AND %s
                 GROUP BY m.commercial_partner_id
                """,
                company.id,
                today - relativedelta(months=MONTHS),
                today,
                self._among(SQL("m.commercial_partner_id"), ids),
            ),
        )

    # --------------------------------------------------------------------- partners

    @api.model
    def _load_partners(self, ids, company):
        """Read what the customers' own records say."""
        if not ids:
            return {}
        # sudo: the officer assesses for the whole company; only figures come out.
        partners = self.env["res.partner"].sudo().with_company(company)
        method = "property_inbound_payment_method_line_id"
        rows = self.env.execute_query(
            SQL(
                "SELECT p.id, p.relance_siren, p.solvency_state, %s"
                " FROM res_partner p WHERE p.id IN %s ORDER BY p.id",
                partners._field_to_sql("p", method),
                ids,
            )
        )
        # sudo: a setting of the company, compared and not shown.
        methods = set(company.sudo().relance_automatic_method_line_ids.ids)
        return {
            partner_id: {
                "is_public_body": identity.is_public_siren(siren),
                "solvency": solvency or "unknown",
                "prefers_automatic": method_id in methods,
            }
            for partner_id, siren, solvency, method_id in rows
        }
