from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import consteq, format_amount, format_date, hmac

from ..core.forecast import week_of
from .relance_dispute_entering import OPEN_STATES

MANAGER_GROUP = "relance_ar.group_relance_manager"
TOLD = ("receivables", "overdue", "overdue_share", "dso")
TOP = 10


class RelanceWeekly(models.Model):
    """The weekly e-mail of a colleague in a company: when, and whether it is wanted.

    A credit manager reads the figures of the company; a salesperson what their own
    customers owe late, and the disputes that wait for them. No rights on accounting are
    needed: it tells each what concerns them.
    """

    _name = "relance.weekly"
    _description = "Weekly e-mail on receivables"
    _order = "user_id, company_id"
    _rec_name = "user_id"

    user_id = fields.Many2one(
        "res.users", required=True, readonly=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, ondelete="cascade"
    )
    is_refused = fields.Boolean(string="Not wanted", readonly=True)
    week = fields.Date(string="Last sent for the week of", readonly=True)

    _once = models.UniqueIndex(
        "(user_id, company_id)", "This colleague has a weekly e-mail already."
    )

    # ------------------------------------------------------------------------ cron

    @api.model
    def _cron_send(self):
        """Write to who has something to read, once a week each."""
        cron = self.env["ir.cron"]
        companies = self.env["res.company"].search([("active", "=", True)])
        cron._commit_progress(remaining=len(companies))
        monday = week_of(fields.Date.context_today(self))
        for company in companies:
            self._send_to_all(company, monday)
            if not cron._commit_progress(1):
                return

    @api.model
    def _send_to_all(self, company, monday):
        """Write to the colleagues of a company who were not written to this week."""
        alone = self.with_company(company).with_context(allowed_company_ids=company.ids)
        managers = company._get_relance_officers().filtered(
            lambda user: user.has_group(MANAGER_GROUP)
        )
        for user in managers | alone._get_salespeople():
            row = alone._get_row(user, company)
            if row.is_refused or row.week == monday or not user.email_formatted:
                continue
            row.week = monday
            row._send(is_manager=user in managers)

    @api.model
    def _get_salespeople(self):
        """Return the colleagues who have customers, or disputes to answer."""
        company = self.env.company
        customers = self.env["res.partner"]._read_group(
            Domain("user_id", "!=", False) & Domain("customer_rank", ">", 0),
            ["user_id"],
        )
        disputes = self.env["relance.dispute"]._read_group(
            Domain("company_id", "=", company.id) & Domain("state", "in", OPEN_STATES),
            ["user_id"],
        )
        users = self.env["res.users"].union(*(u for [u] in [*customers, *disputes]))
        return users.filtered(
            lambda u: u.active and not u.share and company in u.company_ids
        )

    @api.model
    def _get_row(self, user, company):
        """Return the row of a colleague in a company, made if there is none."""
        domain = [("user_id", "=", user.id), ("company_id", "=", company.id)]
        vals = {"user_id": user.id, "company_id": company.id}
        return self.search(domain, limit=1) or self.create(vals)

    # --------------------------------------------------------------------- writing

    def _send(self, is_manager):
        """Write the e-mail; nothing is sent to who has nothing to read."""
        self.ensure_one()
        row = self.with_context(lang=self.user_id.lang or self.env.lang)
        content = row._get_content(is_manager)
        if not (content["figures"] or content["debtors"] or content["disputes"]):
            return
        body = row.env["ir.qweb"]._render("relance_ar.weekly_mail", content)
        link = self._get_refusal_link()
        company = self.company_id
        self.env["mail.mail"].create(
            {
                "subject": row.env._("%(company)s: receivables", company=company.name),
                "email_from": company.email_formatted or self.env.user.email_formatted,
                "email_to": self.user_id.email_formatted,
                "body_html": body,
                "auto_delete": True,
                "headers": {
                    "List-Unsubscribe": f"<{link}>",
                    "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
                    "X-Auto-Response-Suppress": "OOF",
                },
            }
        )

    def _get_content(self, is_manager):
        """Return what the e-mail says, amounts and days as they are written."""
        self.ensure_one()
        return {
            "row": self,
            "figures": self._tell_figures() if is_manager else [],
            "debtors": self._tell_debtors({} if is_manager else self._get_filters()),
            "disputes": self._tell_disputes(is_manager),
            "link": self._get_refusal_link(),
            "url": self.get_base_url(),
            "is_manager": is_manager,
        }

    def _get_filters(self):
        return {"salesperson_id": self.user_id.id}

    def _money(self, amount):
        return format_amount(self.env, float(amount), self.company_id.currency_id)

    def _tell_figures(self):
        """Return the main figures: name, value and value of the month before."""
        dashboard = self.env["relance.dashboard"]
        scope = dashboard._get_scope({"months": 3})
        plain = dashboard._to_plain(scope, dashboard._compute(scope)[0])
        told = []
        for kpi in dashboard._get_kpis():
            if kpi["code"] in TOLD:
                last = plain["values"][kpi["code"]][-2:]
                words = [self._write_figure(value, kpi["unit"]) for value in last]
                told.append({"name": kpi["name"], "was": words[0], "value": words[1]})
        return told

    def _write_figure(self, value, unit):
        if value is None:
            return "–"
        if unit == "money":
            return self._money(value)
        if unit == "share":
            return f"{100 * value:.1f} %"
        return self.env._("%(days)s days", days=round(value))

    def _tell_debtors(self, filters):
        """Return the largest overdue debtors of a company or of a salesperson."""
        dashboard = self.env["relance.dashboard"]
        scope = dashboard._get_scope(filters)
        return [
            {"name": d["name"], "amount": self._money(d["amount"]), "days": d["days"]}
            for d in dashboard._get_debtors(scope)[:TOP]
        ]

    def _tell_disputes(self, is_manager):
        """Return the open disputes: those past their deadline, or one's own."""
        domain = Domain("company_id", "=", self.company_id.id)
        domain &= Domain("state", "in", OPEN_STATES)
        if is_manager:
            domain &= Domain("deadline", "<", fields.Date.context_today(self))
        else:
            mine = Domain("user_id", "=", self.user_id.id)
            domain &= mine | Domain("salesperson_id", "=", self.user_id.id)
        disputes = self.env["relance.dispute"].search(domain, limit=TOP)
        return [
            {
                "name": dispute.partner_id.display_name,
                "reason": dispute.reason_id.name,
                "amount": dispute._money(dispute.amount),
                "deadline": format_date(self.env, dispute.deadline),
                "is_late": dispute.is_late,
            }
            for dispute in disputes
        ]

    # --------------------------------------------------------------------- refusing

    def _get_token(self):
        """Return what proves that a link was written to this colleague."""
        self.ensure_one()
        return hmac(self.env(su=True), "relance_ar-weekly", self.id)

    def _get_refusal_link(self):
        self.ensure_one()
        return f"{self.get_base_url()}/relance/weekly/{self.id}/{self._get_token()}"

    @api.model
    def _find_by_link(self, row_id, token):
        """Return the row that a link was written for; another token finds nothing."""
        row = self.browse(row_id).exists()
        return row if row and consteq(token, row._get_token()) else self.browse()
