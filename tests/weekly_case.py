"""Who reads the weekly e-mail, and the job that writes it."""

from .common import RelanceMixin, days


class WeeklyMixin(RelanceMixin):
    @classmethod
    def _set_up_weekly(cls):
        cls.seller = cls._new_user("seller", "relance_ar.group_relance_dispute")
        cls.debtor = cls._debtor(user_id=cls.seller.id, customer_rank=1)
        cls.other = cls._debtor("Other SAS")
        cls.invoice = cls._invoice(cls.debtor, days(-10), 1000)
        cls._invoice(cls.other, days(-20), 300)

    def _send(self):
        """Let the job write; return ``{address: e-mail}`` of what it wrote."""
        known = self.env["mail.mail"].search([])
        with self.enter_registry_test_mode():
            self.env.ref("relance_ar.ir_cron_weekly").method_direct_trigger()
        self.env.invalidate_all()
        self.mails = self.env["mail.mail"].search([]) - known
        ours = self.env["res.users"].search([("email", "!=", False)])
        return {
            user: [m.body_html for m in self.mails if user.email in (m.email_to or "")]
            for user in ours
        }

    def _row(self, user, company=None):
        company = company or self.company
        return self.env["relance.weekly"].search(
            [("user_id", "=", user.id), ("company_id", "=", company.id)]
        )
