from datetime import timedelta
from functools import partial

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import consteq, hmac, split_every

from ..core.forecast import week_of

# E-mails whose writing takes well below a second.
SENT_PER_COMMIT = 20


class RelanceWeekly(models.Model):
    """The weekly e-mail of a colleague in a company: when, and whether it is wanted.

    A credit manager reads the figures of the company; a salesperson what their own
    customers owe late, and the disputes that wait for them. No rights on accounting are
    needed: it tells each what concerns them.
    """

    _name = "relance.weekly"
    _inherit = ["relance.guarded", "relance.weekly.content"]
    _description = "Weekly e-mail on receivables"
    _order = "user_id, company_id"
    _rec_name = "user_id"

    user_id = fields.Many2one(
        "res.users",
        string="Colleague",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, ondelete="cascade"
    )
    is_refused = fields.Boolean(
        string="Not wanted",
        readonly=True,
        help="The colleague has pressed the link of the e-mail. Administrators are "
        "written to about their own company, about others once somebody lets them.",
    )
    week = fields.Date(
        string="Done for the week of",
        readonly=True,
        help="Its Monday. Nothing is sent to who has nothing to read.",
    )
    sent_on = fields.Date(string="Last sent on", readonly=True)
    failure = fields.Char(string="Why it was not sent", readonly=True)
    failed_on = fields.Date(string="Last failure on", readonly=True)

    _once = models.UniqueIndex(
        "(user_id, company_id)", "This colleague has a weekly e-mail already."
    )

    # ------------------------------------------------------------------------ cron

    @api.model
    def _cron_send(self):
        """Write to who has something to read, once a week each.

        One that fails is told on its row and to a credit manager, stops no other, and
        is tried again on the next day. Nobody has it twice: that it is done for the
        week is committed with the e-mail.
        """
        monday = week_of(fields.Date.context_today(self))
        due = self._get_due(monday)
        self.env["ir.cron"]._commit_progress(remaining=len(due))
        for company, rows in due.grouped("company_id").items():
            if not rows._send_week(company, monday):
                return

    @api.model
    def _get_due(self, monday):
        """Return the rows that are to be written to this week; failed ones last."""
        rows = self.browse()
        for company in self.env["res.company"].search([("active", "=", True)]):
            rows += self._get_rows(company)
        return rows._keep_due(monday).sorted(lambda row: bool(row.failure))

    def _keep_due(self, monday):
        """Return those that are to be written to, as it is known now."""
        self.invalidate_recordset(["is_refused", "week"])
        self.user_id.invalidate_recordset(["active"])
        return self.filtered(
            lambda row: (
                not row.is_refused
                and row.week != monday
                and row.user_id.active
                and row.user_id.email_formatted
            )
        )

    @api.model
    def _get_rows(self, company):
        """Return the rows of who may have something to read, made if need be."""
        managers = self._get_managers(company)
        users = managers | self._get_salespeople(company)
        domain = [("company_id", "=", company.id), ("user_id", "in", users.ids)]
        known = self.search(domain)
        made = self.create(
            [
                {
                    "user_id": user.id,
                    "company_id": company.id,
                    "is_refused": user in managers and self._is_remote(user, company),
                }
                for user in users - known.user_id
            ]
        )
        return known + made

    @api.model
    def _is_remote(self, user, company):
        """Say whether a manager only administers a company, among others."""
        is_theirs = company == user.company_id or user == company.relance_user_id
        return user._is_system() and not is_theirs

    @api.model
    def _get_salespeople(self, company):
        """Return the colleagues who have customers, or disputes that concern them."""
        customers = self.env["res.partner"]._read_group(
            Domain("user_id", "!=", False) & Domain("customer_rank", ">", 0),
            ["user_id"],
        )
        disputes = self.env["relance.dispute"]._read_group(
            self.with_company(company)._get_disputes_domain(),
            ["user_id", "salesperson_id"],
        )
        found = (user for row in (*customers, *disputes) for user in row)
        users = self.env["res.users"].union(*found)
        return users.filtered(
            lambda u: u.active and not u.share and company in u.company_ids
        )

    def _send_week(self, company, monday):
        """Write to colleagues of a company; return whether there is time to go on."""
        commit = self.env["ir.cron"]._commit_progress
        lang = company._get_relance_lang()
        rows = self.with_company(company).with_context(
            allowed_company_ids=company.ids, lang=lang
        )
        told = rows._attempt(rows._load_told, rows._tell_failure)
        if told is None:
            return commit(len(rows))
        for batch in split_every(SENT_PER_COMMIT, rows.ids, rows.browse):
            # Some may have refused it, or left, while others were written to.
            for row in batch._keep_due(monday):
                row._attempt(partial(row._send_once, told, monday), row._tell_failure)
            if not commit(len(batch)):
                return False
        return True

    def _send_once(self, told, monday):
        """Write to a colleague, and that it is done for the week."""
        vals = {"week": monday, "failure": False, "failed_on": False}
        if self._send(told):
            vals["sent_on"] = fields.Date.context_today(self)
        if self.failure:
            partners = self.user_id.partner_id | self.company_id.partner_id
            self._drop_told(partners, self._get_failure_title())
        return self.write(vals)

    def _send(self, told):
        """Write the e-mail and return it; none to who has nothing to read."""
        self.ensure_one()
        lang = self.user_id.lang
        row = self.with_context(lang=self._to_installed_lang(lang))
        content = row._get_content(told)
        mails = self.env["mail.mail"]
        if not (content["figures"] or content["debtors"] or content["disputes"]):
            return mails
        body = row.env["ir.qweb"]._render("relance_ar.weekly_mail", content)
        company = self.company_id
        return mails.create(
            {
                "subject": row.env._("%(company)s: receivables", company=company.name),
                "email_from": company.email_formatted or self.env.user.email_formatted,
                "email_to": self.user_id.email_formatted,
                "body_html": body,
                "auto_delete": True,
                "headers": {
                    "List-Unsubscribe": f"<{content['link']}>",
                    "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
                    "X-Auto-Response-Suppress": "OOF",
                },
            }
        )

    # -------------------------------------------------------------------- failures

    def _tell_failure(self, error):
        """Keep on the rows of a company why nothing was sent, and tell a manager.

        It is tried again tomorrow.
        """
        self.write(
            {
                "failure": self.env["relance.run"]._say_error(error),
                "failed_on": fields.Date.context_today(self),
            }
        )
        company = self.company_id
        # What fails for all is one task, on the company.
        partner = (self.user_id if len(self) == 1 else company).partner_id
        self._tell_manager(company, partner, self._get_failure_title(), error)
        self._try_again_tomorrow()

    def _get_failure_title(self):
        return self.env._(
            "The weekly e-mail cannot be sent (%(company)s)",
            company=self.company_id.name,
        )

    @api.model
    def _try_again_tomorrow(self):
        """Wake the job, which comes by once a week, on the next day."""
        cron = self.env.ref("relance_ar.ir_cron_weekly", raise_if_not_found=False)
        # sudo: when Odoo's scheduler wakes, of which one time is enough.
        now, triggers = fields.Datetime.now(), self.env["ir.cron.trigger"].sudo()
        if cron and not triggers.search_count(
            [("cron_id", "=", cron.id), ("call_at", ">", now)], limit=1
        ):
            cron.sudo()._trigger(at=now + timedelta(days=1))  # sudo: as above

    # ----------------------------------------------------------------- transitions

    def action_receive_again(self):
        """Let colleagues receive the e-mail again; return those who had refused it."""
        self.check_access("write")
        # sudo: written by transitions only, on records just checked.
        return self.sudo()._receive_again().with_env(self.env)

    def _receive_again(self):
        moved = self.filtered("is_refused")
        moved.is_refused = False
        return moved

    # ------------------------------------------------------------------- by a link

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
        given = token.encode(errors="replace")  # whatever an address may hold
        return row if row and consteq(given, row._get_token().encode()) else row[:0]
