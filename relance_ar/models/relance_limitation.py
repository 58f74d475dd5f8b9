from odoo import api, fields, models
from odoo.tools import SQL, format_date, plaintext2html

from ..core.limitation import CONSUMER_YEARS, add_months

LIMITATION_ACTIVITY = "relance_ar.mail_activity_type_limitation"
DEBTORS_AT_ONCE = 200


class RelanceLimitation(models.AbstractModel):
    """Warns before a claim becomes too old to be brought to court."""

    _name = "relance.limitation"
    _description = "Limitation of claims"

    @api.model
    def _cron_warn(self):
        """Give the officers a task for each debtor whose claims grow too old."""
        for company in self.env["res.company"].search([("active", "=", True)]):
            lang = company._get_relance_lang()
            warner = self.with_context(lang=lang).with_company(company)
            debtors = warner._find_debtors(company)
            for start in range(0, len(debtors), DEBTORS_AT_ONCE):
                warner._warn(debtors[start : start + DEBTORS_AT_ONCE], company)
                self.env["ir.cron"]._commit_progress()
                self.env.invalidate_all()

    @api.model
    def _get_limit(self, company):
        """Return the day up to which a limitation is near."""
        today = fields.Date.context_today(self)
        return add_months(today, max(company.relance_limitation_margin, 0))

    @api.model
    def _find_debtors(self, company):
        """Return the ids of the debtors with something old enough to be looked at."""
        self.env.flush_all()
        oldest = add_months(self._get_limit(company), -12 * CONSUMER_YEARS)
        rows = self.env.execute_query(
            SQL(
                """
                SELECT DISTINCT p.commercial_partner_id
                  FROM account_move_line l
                  JOIN account_account a ON a.id = l.account_id
                  JOIN res_partner p ON p.id = l.partner_id
                 WHERE l.company_id = %s AND a.account_type = 'asset_receivable'
                   AND l.parent_state = 'posted' AND NOT l.reconciled
                   AND l.amount_residual > 0 AND l.date_maturity <= %s
                 ORDER BY 1
                """,
                company.id,
                oldest,
            )
        )
        return [debtor_id for [debtor_id] in rows]

    @api.model
    def _warn(self, debtor_ids, company):
        """Give a task for each of the debtors with a limitation that is near."""
        limit = self._get_limit(company)
        lines = self.env["account.move.line"].search(
            [
                ("company_id", "=", company.id),
                ("partner_id.commercial_partner_id", "in", debtor_ids),
                ("account_type", "=", "asset_receivable"),
                ("parent_state", "=", "posted"),
                ("reconciled", "=", False),
                ("amount_residual", ">", 0),
            ]
        )
        days = lines._get_relance_limitation()
        near = lines.filtered(lambda li: li.id in days and days[li.id] <= limit)
        for debtor, group in near.grouped(
            lambda line: line.partner_id.commercial_partner_id
        ).items():
            self._give_task(debtor, group, days, company)

    @api.model
    def _give_task(self, debtor, lines, days, company):
        """Give the officer a task about the lines, or bring it up to date."""
        first = min(days[line.id] for line in lines)
        words = "\n".join(
            self.env._(
                "%(number)s: %(day)s",
                number=line.move_name or line.move_id.name,
                day=format_date(self.env, days[line.id]),
            )
            for line in lines.sorted(lambda line: (days[line.id], line.id))[:50]
        )
        note = self.env._(
            "%(company)s: from the days below on, a court could find these claims too "
            "old. An acknowledgement of the debt or a claim in court interrupts this; "
            "a formal notice does not.",
            company=company.name,
        )
        kind = self.env.ref(LIMITATION_ACTIVITY, raise_if_not_found=False)
        if not kind:
            return
        summary = self.env._("Limitation (%(company)s)", company=company.name)
        vals = {"note": plaintext2html(f"{note}\n\n{words}"), "date_deadline": first}
        known = debtor.activity_ids.filtered(
            lambda a: a.activity_type_id == kind and a.summary == summary
        )
        if known:
            known[:1].write(vals)
            return
        officer = debtor.user_id if debtor.user_id.share is False else False
        debtor.activity_schedule(
            LIMITATION_ACTIVITY,
            summary=summary,
            user_id=(company._get_relance_officer() or officer or self.env.user).id,
            **vals,
        )
