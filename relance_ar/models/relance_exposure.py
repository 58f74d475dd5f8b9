from decimal import Decimal

from odoo import api, fields, models
from odoo.tools import SQL, formatLang

from ..core import exposure

EXPOSURE_ACTIVITY = "relance_ar.mail_activity_type_exposure"


class RelanceExposure(models.Model):
    """What a customer with a credit limit owes one company, and how near the limit.

    Written by the daily look alone. Each threshold is told once, until the exposure has
    fallen below it and passed it again.
    """

    _name = "relance.exposure"
    _description = "Exposure to a customer"
    _order = "used desc, id"
    _rec_name = "partner_id"

    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, ondelete="cascade"
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    partner_id = fields.Many2one(
        "res.partner",
        string="Customer",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    amount = fields.Monetary(string="Exposure", readonly=True)
    limit = fields.Monetary(string="Credit limit", readonly=True)
    used = fields.Float(string="Used (%)", readonly=True, aggregator="max")
    band = fields.Integer(string="Threshold", readonly=True, aggregator="max")
    checked_on = fields.Date(readonly=True)

    _debtor_uniq = models.UniqueIndex(
        "(company_id, partner_id)", "The exposure to this customer is known."
    )

    # ------------------------------------------------------------------------- cron

    @api.model
    def _cron_check(self):
        """Look at the customers with a limit, company by company."""
        cron = self.env["ir.cron"]
        companies = self.env["res.company"].search([("active", "=", True)])
        cron._commit_progress(remaining=len(companies))
        for company in companies:
            self.with_company(company)._check(company)
            if not cron._commit_progress(1):
                return

    def action_check_now(self):
        """Look at the customers with a limit of the user's companies."""
        self.check_access("read")
        for company in self.env.companies:
            # sudo: rows are written by looks alone, from the books.
            self.sudo().with_company(company)._check(company)
        return {"type": "ir.actions.client", "tag": "soft_reload"}

    # --------------------------------------------------------------------- looking

    @api.model
    def _check(self, company):
        """Bring the exposures of a company up to date, and tell what was passed.

        :return: the exposures that passed a threshold
        """
        self.env.flush_all()
        known = self.search([("company_id", "=", company.id)]).grouped("partner_id")
        passed, seen = self.browse(), self.browse()
        for partner_id, owed, limit in self._load(company):
            partner = self.env["res.partner"].browse(partner_id)
            row = known.get(partner, self.browse())
            values = self._prepare_vals(Decimal(owed), Decimal(limit))
            is_passed = exposure.crossed(row.band, values["band"])
            if row:
                row._update(values)
            elif values["band"]:
                row = self.create(
                    {**values, "company_id": company.id, "partner_id": partner_id}
                )
            seen += row
            passed += row if is_passed else self.browse()
        (self.union(*known.values()) - seen).unlink()  # no limit any more
        passed._tell()
        return passed

    def _update(self, values):
        """Write what differs, the day of the look apart."""
        self.ensure_one()
        self.write({k: v for k, v in values.items() if self[k] != v})

    @api.model
    def _prepare_vals(self, owed, limit):
        return {
            "amount": float(owed),
            "limit": float(limit),
            "used": float(round(exposure.used_percent(owed, limit), 1)),
            "band": exposure.band(owed, limit),
            "checked_on": fields.Date.context_today(self),
        }

    @api.model
    def _load(self, company):
        """Return ``(debtor id, owed, limit)`` of those with a limit, in one query."""
        partners = self.env["res.partner"].with_company(company)
        limit = partners._field_to_sql("p", "credit_limit")
        return self.env.execute_query(
            SQL(
                """
                SELECT p.id, COALESCE(o.owed, 0)::text, (%(limit)s)::text
                  FROM res_partner p
                  LEFT JOIN (
                       SELECT c.commercial_partner_id AS debtor_id,
                              SUM(l.amount_residual) AS owed
                         FROM account_move_line l
                         JOIN account_account a ON a.id = l.account_id
                         JOIN res_partner c ON c.id = l.partner_id
                        WHERE a.account_type = 'asset_receivable'
                          AND l.parent_state = 'posted'
                          AND l.reconciled IS NOT TRUE
                          AND l.company_id = %(company)s
                        GROUP BY c.commercial_partner_id) o ON o.debtor_id = p.id
                 WHERE p.id = p.commercial_partner_id AND p.active
                   AND (p.company_id IS NULL OR p.company_id = %(company)s)
                   AND %(limit)s > 0
                 ORDER BY p.id
                """,
                limit=limit,
                company=company.id,
            )
        )

    def _tell(self):
        """Give officers a task about thresholds, in the language of the company."""
        for row in self:
            row = row.with_context(lang=row.company_id._get_relance_lang())
            officer = row.company_id._get_relance_officer()
            row.partner_id.with_company(row.company_id).activity_schedule(
                act_type_xmlid=EXPOSURE_ACTIVITY,
                date_deadline=fields.Date.context_today(row),
                summary=row.env._(
                    "%(used)s %% of the credit limit is used",
                    used=formatLang(row.env, row.used, digits=1),
                ),
                user_id=officer.id or self.env.uid,
            )
