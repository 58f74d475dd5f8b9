from odoo import api, models
from odoo.tools import format_date


class RelanceWording(models.AbstractModel):
    """Puts the core's reasons in words, in the language of the environment."""

    _name = "relance.wording"
    _inherit = [
        "relance.wording.agreements",
        "relance.wording.channel",
        "relance.wording.checks",
        "relance.wording.panel",
        "relance.wording.profile",
        "relance.wording.registers",
    ]
    _description = "Words for the reasons of a decision"

    @api.model
    def _say(self, reason, **names):
        """Return one readable sentence for a ``core.schedule.Reason``.

        :param names: words that the caller knows better, such as the level's name
        """
        params = {key: self._format(value) for key, value in reason.params.items()}
        sentence = getattr(self, f"_say_{reason.code}")
        return sentence(**{**params, **names})

    @api.model
    def _format(self, value):
        return format_date(self.env, value) if hasattr(value, "isoformat") else value

    @api.model
    def _say_late(self, maturity, days, **_names):
        return self.env._(
            "Due on %(maturity)s, %(days)s day(s) late.", maturity=maturity, days=days
        )

    @api.model
    def _say_coming_due(self, maturity, days, **_names):
        return self.env._(
            "Falls due on %(maturity)s, in %(days)s day(s).",
            maturity=maturity,
            days=days,
        )

    @api.model
    def _say_reached(self, on, reached="", **_names):
        return self.env._(
            "Last step: %(level)s, on %(on)s.", level=reached or "?", on=on
        )

    @api.model
    def _say_step_date(self, on, level="", **_names):
        return self.env._("The step %(level)s comes on %(on)s.", level=level, on=on)

    @api.model
    def _say_one_phase(self, beyond="", **_names):
        return self.env._(
            "Its age would allow %(level)s, but a contact climbs one phase at most.",
            level=beyond,
        )

    @api.model
    def _say_min_gap(self, days, on, **_names):
        return self.env._(
            "At least %(days)s days between two contacts: the last one was on %(on)s.",
            days=days,
            on=on,
        )

    @api.model
    def _say_watched(self, days, **_names):
        return self.env._(
            "The customer pays automatically: followed up only if the payment is "
            "rejected, or does not come within %(days)s day(s).",
            days=days,
        )

    @api.model
    def _say_rejected(self, on, **_names):
        return self.env._("The payment of %(on)s was rejected.", on=on)

    @api.model
    def _say_insolvency(self, **_names):
        return self.env._(
            "Insolvency proceedings are open: reminders about earlier debts stop "
            "(Code de commerce, L622-21). Declare the claim."
        )

    @api.model
    def _say_by_hand(self, **_names):
        return self.env._(
            "The daily run does not propose this level: a run that a person makes does."
        )

    @api.model
    def _say_no_working_day(self, **_names):
        return self.env._(
            "The closing periods leave no working day within a year: shorten them."
        )

    @api.model
    def _say_season(self, season, **_names):
        return self.env._(
            "Early, because it falls due in the season %(season)s.", season=season
        )

    @api.model
    def _say_below_minimum(self, minimum, currency=None, company_currency=None, **_n):
        return self.env._(
            "Nobody is written to: less is owed than the %(minimum)s of this level.",
            minimum=self._money(minimum, company_currency or currency),
        )

    @api.model
    def _say_deadline(self, deadline, days, **_names):
        return self.env._(
            "Our last message granted until %(deadline)s, and %(days)s day(s) of grace "
            "are left to the bank.",
            deadline=deadline,
            days=days,
        )

    @api.model
    def _say_hold(self, until, hold="", **_names):
        if hold:
            return self.env._(
                "The customer is on hold until %(until)s: %(why)s.",
                until=until,
                why=hold,
            )
        return self.env._("The customer is on hold until %(until)s.", until=until)

    @api.model
    def _say_line_hold(self, by, why, until=None, **_names):
        if until:
            return self.env._(
                "This instalment is held until %(until)s by %(by)s: %(why)s.",
                until=until,
                by=by,
                why=why,
            )
        return self.env._("This instalment is held by %(by)s: %(why)s.", by=by, why=why)

    @api.model
    def _say_not_working(self, why, day, **_names):
        words = {
            "weekend": self.env._("a week-end"),
            "holiday": self.env._("a public holiday"),
            "closing": self.env._("a closing day"),
            "debtor_closing": self.env._("the closing of the debtor"),
        }
        return self.env._(
            "Moved to %(day)s because of %(why)s.", day=day, why=words[why]
        )

    @api.model
    def _say_pending(self, reminder, on="", **_names):
        return self.env._(
            "The reminder %(reminder)s, approved for %(on)s, has not been done yet: it "
            "comes first, unless it is cancelled.",
            reminder=reminder,
            on=on or "?",
        )

    @api.model
    def _say_net_not_positive(self, **_names):
        return self.env._(
            "Nobody is written to: the credits cover what is due in this currency."
        )

    @api.model
    def _say_credit(self, **_names):
        return self.env._("This is a credit: it is set against what is due.")

    @api.model
    def _say_no_followup(self, **_names):
        return self.env._("This instalment is marked as excluded from follow-up.")

    @api.model
    def _say_blocked(self, **_names):
        return self.env._("The payment of the invoice is blocked.")

    @api.model
    def _say_old_debt(self, before, **_names):
        return self.env._(
            "Left out as an old debt, due before %(before)s.", before=before
        )

    @api.model
    def _say_no_scenario(self, **_names):
        return self.env._(
            "No dunning scenario applies: choose one in the settings of the company."
        )

    @api.model
    def _say_finished(self, **_names):
        return self.env._("The last step of the scenario has been taken.")

    @api.model
    def _say_no_level(self, **_names):
        return self.env._("The scenario has no step after the maturity.")

    @api.model
    def _say_no_earlier_reminder(self, **_names):
        return self.env._(
            "No formal notice without an earlier reminder: the scenario needs a milder "
            "level."
        )

    @api.model
    def _say_not_receivable(self, **_names):
        return self.env._("Not an open receivable: nothing is owed on this line.")

    @api.model
    def _say_no_maturity(self, maturity, **_names):
        return self.env._(
            "The line has no due date: its date, %(maturity)s, is taken instead.",
            maturity=maturity,
        )

    @api.model
    def _say_no_partner(self, **_names):
        return self.env._("The entry names no customer: nobody can be contacted.")
