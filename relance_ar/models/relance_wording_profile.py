from odoo import api, models
from odoo.tools import format_date, formatLang


class RelanceWordingProfile(models.AbstractModel):
    """Puts the reasons of ``core.profile`` in words.

    Their amounts are in the currency given by the caller; dates may be in ISO form,
    because reasons are kept as JSON.
    """

    _name = "relance.wording.profile"
    _description = "Words for the reasons of a payer profile"

    @api.model
    def _profile_amount(self, amount, currency):
        return formatLang(self.env, amount, currency_obj=currency)

    @api.model
    def _solvency_name(self, state):
        field = self.env["res.partner"]._fields["solvency_state"]
        return dict(field._description_selection(self.env)).get(state, state)

    # --------------------------------------------------------------------- figures

    @api.model
    def _say_profile_late(self, days, amount, currency=None, **params):
        return self.env._(
            "On average %(days)s days late over %(months)s months, weighted by "
            "amounts (spread %(spread)s days, %(count)s instalments, %(amount)s).",
            days=days,
            amount=self._profile_amount(amount, currency),
            **self._profile_params(params),
        )

    @api.model
    def _say_profile_early(self, days, amount, currency=None, **params):
        return self.env._(
            "On average %(days)s days early over %(months)s months, weighted by "
            "amounts (spread %(spread)s days, %(count)s instalments, %(amount)s).",
            days=days,
            amount=self._profile_amount(amount, currency),
            **self._profile_params(params),
        )

    @api.model
    def _say_profile_punctual(self, amount, currency=None, **params):
        return self.env._(
            "On average on the due date over %(months)s months, weighted by amounts "
            "(spread %(spread)s days, %(count)s instalments, %(amount)s).",
            amount=self._profile_amount(amount, currency),
            **self._profile_params(params),
        )

    @staticmethod
    def _profile_params(params):
        return {name: params[name] for name in ("months", "spread", "count")}

    @api.model
    def _say_profile_no_payment(self, months, **_names):
        return self.env._(
            "No invoice paid over the last %(months)s months.", months=months
        )

    @api.model
    def _say_profile_on_time(self, percent, **_names):
        return self.env._("%(percent)s %% of it was paid on time.", percent=percent)

    @api.model
    def _say_profile_reminded(self, percent, days, **_names):
        return self.env._(
            "%(percent)s %% of it was paid within %(days)s days after a reminder.",
            percent=percent,
            days=days,
        )

    @api.model
    def _say_profile_automatic_share(self, percent, **_names):
        return self.env._(
            "%(percent)s %% of it was paid by an automatic method.", percent=percent
        )

    @api.model
    def _say_profile_nothing_overdue(self, **_names):
        return self.env._("Nothing is overdue.")

    @api.model
    def _say_profile_overdue(self, amount, days, currency=None, **_names):
        return self.env._(
            "%(amount)s overdue, the oldest for %(days)s days.",
            amount=self._profile_amount(amount, currency),
            days=days,
        )

    @api.model
    def _say_profile_last_payment(self, on, days, **_names):
        return self.env._(
            "Last payment on %(on)s, %(days)s days ago.",
            on=format_date(self.env, on),
            days=days,
        )

    @api.model
    def _say_profile_promises(self, kept, broken, **_names):
        return self.env._(
            "Promises: %(kept)s kept, %(broken)s broken.", kept=kept, broken=broken
        )

    @api.model
    def _say_profile_disputes(self, upheld, rejected, invoices, **_names):
        return self.env._(
            "Disputes: %(upheld)s upheld, %(rejected)s rejected, for %(invoices)s "
            "invoices.",
            upheld=upheld,
            rejected=rejected,
            invoices=invoices,
        )

    @api.model
    def _say_profile_solvency(self, state, **_names):
        return self.env._("Solvency: %(state)s.", state=self._solvency_name(state))

    # ------------------------------------------------------------------- decisions

    @api.model
    def _say_profile_is_in_proceedings(self, state, **_names):
        return self.env._(
            "➔ Insolvent: the registers say “%(state)s”.",
            state=self._solvency_name(state),
        )

    @api.model
    def _say_profile_has_stopped(self, days, overdue, **_names):
        return self.env._(
            "➔ Insolvent: a regular payer from whom nothing has come for %(days)s "
            "days, with a debt %(overdue)s days overdue.",
            days=days,
            overdue=overdue,
        )

    @api.model
    def _say_profile_is_automatic(self, **_names):
        return self.env._("➔ Automatic: an automatic payment method is set for them.")

    @api.model
    def _say_profile_pays_automatically(self, percent, **_names):
        return self.env._(
            "➔ Automatic: %(percent)s %% is paid by an automatic method.",
            percent=percent,
        )

    @api.model
    def _say_profile_is_public(self, **_names):
        return self.env._(
            "➔ Administrative: the SIREN looks like that of a public body."
        )

    @api.model
    def _say_profile_is_circuit(self, **_names):
        return self.env._(
            "➔ Administrative: always late by nearly the same number of days, reminded "
            "or not: a circuit rather than ill will."
        )

    @api.model
    def _say_profile_too_short(self, count, least, **_names):
        return self.env._(
            "➔ No suggestion: %(count)s instalment(s) to go by, at least %(least)s are "
            "needed.",
            count=count,
            least=least,
        )

    @api.model
    def _say_profile_is_disputing(self, percent, **_names):
        return self.env._(
            "➔ Dispute: %(percent)s %% of the invoices are disputed, rightly or not.",
            percent=percent,
        )

    @api.model
    def _say_profile_is_very_late(self, days, **_names):
        return self.env._(
            "➔ Bad payer: %(days)s days late or more on average.", days=days
        )

    @api.model
    def _say_profile_has_old_debt(self, days, **_names):
        return self.env._("➔ Bad payer: a debt %(days)s days overdue.", days=days)

    @api.model
    def _say_profile_breaks_promises(self, broken, promises, **_names):
        return self.env._(
            "➔ Bad payer: %(broken)s of %(promises)s promises broken.",
            broken=broken,
            promises=promises,
        )

    @api.model
    def _say_profile_is_good(self, **_names):
        return self.env._("➔ Good payer: on the day or before, and nothing is left.")

    @api.model
    def _say_profile_waits_for_reminders(self, **_names):
        return self.env._("➔ Negligent: pays when reminded, not before.")

    @api.model
    def _say_profile_is_often_late(self, **_names):
        return self.env._("➔ Negligent: late now and then, without ill will.")
