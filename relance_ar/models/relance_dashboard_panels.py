from decimal import Decimal

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..core.amounts import ZERO
from .relance_channel import CALLS, EMAIL, LETTERS

TOP = 10
AT_RISK = 6
# Days ahead within which a dispute or a promise is looked at.
SOON = 3
# Days for which a broken promise is news.
NEWS = 30


class RelanceDashboardPanels(models.AbstractModel):
    """What is to be done, and the names behind the figures of the dashboard."""

    _name = "relance.dashboard.panels"
    _inherit = ["relance.kpi.books"]
    _description = "Panels of the dashboard"

    @api.model
    def _today(self):
        return fields.Date.context_today(self)

    @api.model
    def _get_panels(self, scope):
        """Return the panels: of the day of the scope, or of today for what is to do."""
        return {
            "debtors": self._get_debtors(scope),
            "worklist": self._get_worklist(scope),
            "disputes": self._get_disputes(scope),
            "promises": self._get_promises(scope),
        }

    # --------------------------------------------------------------------- debtors

    @api.model
    def _analysis_domain(self, filters):
        """Return what filters ask for, on the models of analysis.

        :rtype: Domain
        """
        companies = Domain("company_id", "in", self.env.companies.ids)
        domain = Domain.TRUE
        if filters.get("debtor_id"):
            domain &= Domain("partner_id", "=", filters["debtor_id"])
        for name in ("officer_id", "salesperson_id"):
            if filters.get(name):
                domain &= Domain(name, "=", filters[name])
        if filters.get("profile_id"):
            profile_id = filters["profile_id"]
            domain &= Domain("profile_id", "=", profile_id > 0 and profile_id)
        if filters.get("team_id") and "crm.team" in self.env:
            # sudo: who is in a team, to choose the customers by.
            team = self.env["crm.team"].sudo().browse(filters["team_id"])
            domain &= Domain("salesperson_id", "in", team.member_ids.ids)
        if domain.is_true():
            return companies
        # Of debtors: what bears no partner is nobody's, as in the figures.
        return companies & domain & Domain("partner_id", "!=", False)

    @api.model
    def _get_debtors(self, scope):
        """Return who owes most beyond the due date, on the day of the scope."""
        found = self._load_late_debtors(scope)
        top = sorted(found, key=lambda debtor_id: -found[debtor_id][0])[:TOP]
        largest = found[top[0]][0] if top else 0
        return [
            {
                "id": partner.id,
                "name": partner.display_name,
                "amount": float(amount),
                "days": days,
                "percent": float(100 * amount / largest),
                "profile": partner.payer_profile_id.name or "",
            }
            # sudo: names of debtors of entries that the user reads, as lists show them.
            for partner in self.env["res.partner"].sudo().browse(top)
            for amount, days in [found[partner.id]]
        ]

    @api.model
    def _load_late_debtors(self, scope):
        """Return ``{debtor id: (overdue, days late of the oldest)}``, in one query."""
        domain = self._scope_domain(scope)
        rows = self.env.execute_query(
            SQL(
                """
                %(since)s
                SELECT p.commercial_partner_id, i.company_id, i.currency_id,
                       sum(i.left)::text, min(i.due)
                  FROM (%(items)s) i JOIN res_partner p ON p.id = i.partner_id
                 WHERE i.left > 0 AND i.due < %(day)s
                 GROUP BY p.commercial_partner_id, i.company_id, i.currency_id
                """,
                since=self._since_sql(scope.day),
                items=self._items_sql(scope.day, domain),
                day=scope.day,
            )
        )
        found, rates = {}, {}
        for debtor_id, company_id, currency_id, amount, due in rows:
            rate = self._rate_of(scope, company_id, currency_id, scope.day, rates)
            known, days = found.get(debtor_id, (ZERO, 0))
            worth = known + Decimal(amount) * rate
            found[debtor_id] = (worth, max(days, (scope.day - due).days))
        return found

    @api.model
    def _get_name(self, partner):
        # sudo: of the debtor of a record that the user reads, as lists show it.
        return partner.sudo().display_name

    # -------------------------------------------------------------------- worklist

    @api.model
    def _get_work_domains(self):
        """Return ``{code: (name, model, domain)}`` of what is to be done today."""
        today = self._today()
        reminders = self.env["relance.reminder"]
        due = Domain("state", "=", "approved") & Domain("date_planned", "<=", today)
        late = Domain("state", "in", ("open", "escalated"))
        late &= Domain("deadline", "<", today)
        work = {
            "approve": (self.env._("To approve"), Domain("state", "=", "proposed")),
            "calls": (
                self.env._("Calls and visits"),
                due & Domain("channel", "in", CALLS),
            ),
            "emails": (
                self.env._("E-mails to send"),
                due & Domain("channel", "=", EMAIL),
            ),
            "letters": (
                self.env._("Letters to post"),
                due & Domain("channel", "in", LETTERS),
            ),
            "answers": (
                self.env._("Answers to read"),
                reminders._get_unread_answer_domain(),
            ),
            "held": (self.env._("Held: our own side"), Domain("state", "=", "held")),
            "failed": (self.env._("Not delivered"), Domain("state", "=", "failed")),
            "unwritten": (
                self.env._("Calls to confirm in writing"),
                reminders._get_unwritten_calls_domain(),
            ),
        }
        return {
            **{
                code: (name, "relance.reminder", domain)
                for code, (name, domain) in work.items()
            },
            "late_disputes": (
                self.env._("Disputes past their deadline"),
                "relance.dispute",
                late,
            ),
        }

    @api.model
    def _get_worklist(self, scope):
        """Return what is to be done, with its number; what is done is left out."""
        of_scope = self._scope_domain(scope)
        found = []
        for code, (name, model, domain) in self._get_work_domains().items():
            count = self.env[model].search_count(of_scope & domain)
            if count:
                found.append({"code": code, "name": name, "count": count})
        return found

    # --------------------------------------------------------------------- at risk

    @api.model
    def _get_disputes(self, scope):
        """Return the open disputes whose deadline is near or past, the oldest first."""
        today = self._today()
        domain = Domain("state", "in", ("open", "escalated")) & Domain(
            "deadline", "<=", fields.Date.add(today, days=SOON)
        )
        disputes = self.env["relance.dispute"].search(
            self._scope_domain(scope) & domain, order="deadline, id", limit=AT_RISK
        )
        return [
            {
                "id": record.id,
                "name": self._get_name(record.partner_id),
                "what": record.reason_id.name,
                "who": record.user_id.name or "",
                "day": str(record.deadline),
                "is_late": record.deadline < today,
                "amount": record.amount,
                "currency_id": record.currency_id.id,
            }
            for record in disputes
        ]

    @api.model
    def _get_promises(self, scope):
        """Return the promises that come to their day, and those lately broken."""
        today = self._today()
        coming = Domain("state", "=", "open") & Domain(
            "date", "<=", fields.Date.add(today, days=SOON)
        )
        broken = Domain("state", "=", "broken") & Domain(
            "date_limit", ">=", fields.Date.subtract(today, days=NEWS)
        )
        promises = self.env["relance.promise"].search(
            self._scope_domain(scope) & (coming | broken),
            order="state, date, id",
            limit=AT_RISK,
        )
        states = dict(promises._fields["state"]._description_selection(self.env))
        return [
            {
                "id": record.id,
                "name": self._get_name(record.partner_id),
                "what": states[record.state],
                "who": record.user_id.name or "",
                "day": str(record.date),
                "is_late": record.state == "broken",
                "amount": record.amount_missing
                if record.state == "broken"
                else record.amount,
                "currency_id": record.currency_id.id,
            }
            for record in promises
        ]
