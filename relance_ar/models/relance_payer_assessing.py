import json
import logging
from datetime import date, timedelta
from decimal import Decimal

import psycopg2

from odoo import api, fields, models
from odoo.tools import SQL, split_every

from ..core.profile import assess

_logger = logging.getLogger(__name__)

# Fields of partners that are computed from the rows written here.
PARTNER_FIELDS = (
    "payer_profile_suggestion_id",
    "payer_profile_evidence",
    "payer_profile_to_confirm",
)

ROWS_PER_STATEMENT = 5000
# Days between two assessments, as the scheduled job has it.
ASSESSED_EVERY = 7
# What an assessment finds; the key is the company and the partner.
FIGURES = (
    "suggestion_id",
    "paid_amount",
    "paid_count",
    "days_late",
    "spread",
    "on_time_share",
    "after_reminder_share",
    "automatic_share",
    "invoice_count",
    "overdue_amount",
    "overdue_days",
    "last_payment",
    "reasons",
)


def _columns(*alias):
    """Return the SQL list of the columns of ``FIGURES``, of a table if one is named."""
    return SQL(", ").join(SQL.identifier(*alias, name) for name in FIGURES)


class RelancePayerAssessing(models.AbstractModel):
    """Assesses the debtors of a company in one set-based pass, once a week."""

    _name = "relance.payer.assessing"
    _inherit = "relance.payer.evidence"
    _description = "Assessment of payers"

    # ------------------------------------------------------------------------ cron

    @api.model
    def _cron_assess(self):
        """Assess every company, each in its own transaction.

        What fails in one company is told in its settings, does not stop the others and
        is tried again on the next day. Companies that a call of this week has done are
        not done again.
        """
        cron = self.env["ir.cron"]
        todo = self._get_companies_to_assess()
        cron._commit_progress(remaining=len(todo))
        for company in todo:
            self._assess_safely(company)
            if not cron._commit_progress(1):
                return

    @api.model
    def _get_companies_to_assess(self):
        """Return the companies whose turn it is; all of them when it is nobody's."""
        since = fields.Date.context_today(self) - timedelta(days=ASSESSED_EVERY - 1)
        companies = self.env["res.company"].search([("active", "=", True)])
        left = companies.filtered(
            lambda company: (
                company.relance_assessment_failure
                or not company.relance_assessed_on
                or company.relance_assessed_on < since
            )
        )
        return left or companies

    @api.model
    def _assess_safely(self, company):
        """Assess a company; keep why it failed, and try again tomorrow."""
        try:
            self.with_company(company)._assess(company)
        except psycopg2.OperationalError:
            raise  # a conflict of transactions: the scheduler tries again
        except Exception as error:
            self.env.cr.rollback()
            _logger.exception("The payers of %s could not be assessed", company.name)
            company.relance_assessment_failure = company.env._(
                "%(name)s: %(why)s", name=company.name, why=error
            )
            self._try_again_tomorrow()
        else:
            company.relance_assessed_on = fields.Date.context_today(self)
            company.relance_assessment_failure = False

    @api.model
    def _try_again_tomorrow(self):
        cron = self.env.ref(
            "relance_ar.ir_cron_assess_profiles", raise_if_not_found=False
        )
        if cron:
            # sudo: to wake Odoo's scheduler, which comes by once a week for this.
            cron.sudo()._trigger(at=fields.Datetime.now() + timedelta(days=1))

    # ------------------------------------------------------------------- assessing

    @api.model
    def _assess(self, company, partner_ids=None):
        """Assess the debtors of a company; return how many rows are new or changed.

        The number of queries does not depend on the number of debtors, but for one
        INSERT every ``ROWS_PER_STATEMENT`` rows.

        :param partner_ids: ids of debtors (commercial partners); None for all who have
            a history, or had one
        """
        self.env.flush_all()
        today = fields.Date.context_today(self)
        ids = None if partner_ids is None else tuple(partner_ids)
        known = self._assessed_ids(company) if ids is None else ()
        evidence = self._load_evidence(company, today, ids, known)
        profile_ids = self.env["relance.payer.profile"]._ids_by_code()
        changed = 0
        for batch in split_every(ROWS_PER_STATEMENT, evidence.items(), list):
            rows = [
                {"partner_id": debtor, **self._figures(found, profile_ids)}
                for debtor, found in batch
            ]
            changed += self._upsert(company, today, rows)
        self._settle(company)
        return changed

    @api.model
    def _assessed_ids(self, company):
        """Return the ids of the debtors assessed before: their history may be over."""
        query = "SELECT partner_id FROM relance_payer_assessment WHERE company_id = %s"
        rows = self.env.execute_query(SQL(query, company.id))
        return [partner_id for [partner_id] in rows]

    @api.model
    def _figures(self, evidence, profile_ids):
        """Assess one debtor; return the values of ``FIGURES`` by name."""
        found = assess(evidence)
        return {
            "suggestion_id": profile_ids.get(found.code),
            "paid_amount": evidence.paid_amount,
            "paid_count": evidence.paid_count,
            "days_late": evidence.days_late_mean,
            "spread": evidence.days_late_spread,
            "on_time_share": round(evidence.on_time_share, 4),
            "after_reminder_share": round(evidence.after_reminder_share, 4),
            "automatic_share": round(evidence.automatic_share, 4),
            "invoice_count": evidence.invoice_count,
            "overdue_amount": evidence.overdue_amount,
            "overdue_days": evidence.overdue_days_max,
            "last_payment": evidence.last_payment,
            "reasons": [[reason.code, reason.params] for reason in found.reasons],
        }

    @staticmethod
    def _to_json(value):
        """Return a date or an amount as JSON knows it."""
        if isinstance(value, Decimal):
            return float(value)
        if isinstance(value, date):
            return value.isoformat()
        raise TypeError(type(value))

    @api.model
    def _upsert(self, company, today, rows):
        """Write the rows that are new or changed, in one statement; return how many.

        :param rows: dicts with ``partner_id`` and ``FIGURES``
        """
        written = self.env.execute_query(
            SQL(
                """
                INSERT INTO relance_payer_assessment AS t (
                    company_id, partner_id, assessed_on, create_uid, create_date,
                    write_uid, write_date, %(names)s)
                SELECT %(company)s, r.partner_id, %(today)s, %(user)s, %(now)s,
                       %(user)s, %(now)s, %(found)s
                  FROM jsonb_populate_recordset(
                           NULL::relance_payer_assessment, %(rows)s::jsonb) r
                  LEFT JOIN relance_payer_assessment o
                    ON o.company_id = %(company)s AND o.partner_id = r.partner_id
                 WHERE o.id IS NULL OR (%(old)s) IS DISTINCT FROM (%(found)s)
                 ORDER BY r.partner_id
                ON CONFLICT (company_id, partner_id) DO UPDATE
                   SET (assessed_on, write_uid, write_date, kept_for_id, %(names)s)
                     = (EXCLUDED.assessed_on, EXCLUDED.write_uid, EXCLUDED.write_date,
                        -- who kept another profile did so for that suggestion only
                        CASE WHEN t.kept_for_id = EXCLUDED.suggestion_id
                             THEN t.kept_for_id END,
                        %(new)s)
                RETURNING id
                """,
                names=_columns(),
                found=_columns("r"),
                old=_columns("o"),
                new=_columns("excluded"),
                rows=json.dumps(rows, default=self._to_json),
                company=company.id,
                today=today,
                user=self.env.uid,
                now=self.env.cr.now(),
            )
        )
        return len(written)

    @api.model
    def _settle(self, company=None):
        """Bring "decided" up to date, for the rows of a company or for ``self``."""
        self.env.flush_all()
        for owner in company or self.company_id:
            # sudo: which profile a customer has is compared, not shown.
            partners = self.env["res.partner"].sudo().with_company(owner)
            current = partners._field_to_sql("p", "payer_profile_id")
            rows = (
                SQL("TRUE") if company else SQL("a.id IN %s", tuple(self.ids) or (0,))
            )
            self.env.cr.execute(
                SQL(
                    """
                    UPDATE relance_payer_assessment t
                       SET is_settled = s.is_settled
                      FROM (SELECT a.id,
                                   a.suggestion_id IS NULL
                                   OR a.suggestion_id = a.kept_for_id
                                   OR a.suggestion_id IS NOT DISTINCT FROM %s
                                      AS is_settled
                              FROM relance_payer_assessment a
                              JOIN res_partner p ON p.id = a.partner_id
                             WHERE a.company_id = %s AND %s) s
                     WHERE s.id = t.id AND t.is_settled IS DISTINCT FROM s.is_settled
                    """,
                    current,
                    owner.id,
                    rows,
                )
            )
        self.env["relance.payer.assessment"].invalidate_model(flush=False)
        # The suggestions that partners show come from these rows.
        self.env["res.partner"].invalidate_model(PARTNER_FIELDS, flush=False)
