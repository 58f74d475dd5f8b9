from odoo import api, models


class RelanceWordingAgreements(models.AbstractModel):
    """Puts what was said with the debtor in words."""

    _name = "relance.wording.agreements"
    _description = "Words for disputes, promises and plans"

    @api.model
    def _say_disputed(self, amount, currency=None, **_names):
        return self.env._(
            "All that is open is disputed (%(amount)s): nobody is written to until the "
            "dispute is settled.",
            amount=self._money(amount, currency),
        )

    @api.model
    def _say_disputed_part(self, amount, currency=None, **_names):
        return self.env._(
            "%(amount)s of it are disputed: only the rest is asked for.",
            amount=self._money(amount, currency),
        )

    @api.model
    def _say_promise(self, amount, on, until, currency=None, **_names):
        return self.env._(
            "%(amount)s were promised for %(on)s: the money is waited for until "
            "%(until)s.",
            amount=self._money(amount, currency),
            on=on,
            until=until,
        )

    @api.model
    def _say_plan(self, plan, on, until, **_names):
        return self.env._(
            "The payment plan %(plan)s is under way: its instalment of %(on)s is "
            "waited for until %(until)s.",
            plan=plan,
            on=on,
            until=until,
        )

    @api.model
    def _say_notice_under_way(self, reminder, on, **_names):
        return self.env._(
            "The formal notice %(reminder)s was posted on %(on)s by registered letter: "
            "the next step waits until what became of the letter is noted.",
            reminder=reminder,
            on=on,
        )

    @api.model
    def _say_notice_counts(self, on, deadline, days, **_names):
        return self.env._(
            "The formal notice counts from %(on)s: it leaves until %(deadline)s, and "
            "%(days)s day(s) of grace are left to the bank.",
            on=on,
            deadline=deadline,
            days=days,
        )

    @api.model
    def _say_broken_promise(self, on, **_names):
        return self.env._(
            "What was promised or agreed did not come by %(on)s: the next step "
            "comes at once.",
            on=on,
        )
