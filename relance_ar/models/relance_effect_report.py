from collections import defaultdict
from decimal import Decimal

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..core.effect import (
    LEAST_DEBTORS,
    WINDOW_DAYS,
    Action,
    Followed,
    findings,
    measure,
    pairs,
    pooled,
)
from ..core.kpi import share
from .relance_level import PHASE_RANK


class RelanceEffectReport(models.AbstractModel):
    """Which actions work, in figures with their intervals, and in words."""

    _name = "relance.effect.report"
    _inherit = ["relance.dashboard.panels"]
    _description = "Which actions work"

    @api.model
    @api.readonly
    def get_data(self, filters=None):
        """Return what followed the contacts of the months that filters ask for.

        :param filters: as ``relance.kpi.scope`` takes them
        :return: dict: ``rows`` (for each phase and channel, then by profile),
            ``suggestions`` (sentences), ``pairs`` (how many were compared),
            ``window`` (days), ``least`` (debtors), ``currency``, ``day``
        """
        filters = filters or {}
        scope = self._get_scope(filters)
        loaded = self._load_effects(scope, filters)
        effects = {action: measure(kind.values()) for action, kind in loaded.items()}
        return {
            "day": str(scope.day),
            "months": len(scope.months),
            "currency": {"id": scope.currency.id, "name": scope.currency.name},
            "window": WINDOW_DAYS,
            "least": LEAST_DEBTORS,
            "pairs": len(pairs(effects)),
            "rows": self._get_rows(loaded, effects),
            "suggestions": [
                self._say(finding, effects) for finding in findings(effects)
            ],
        }

    @api.model
    def _load_effects(self, scope, filters):
        """Return ``{core.effect.Action: {debtor id: core.effect.Followed}}``.

        One query; amounts in the currency of the scope, as the analysis has them. A
        debtor of several companies is one.
        """
        names = ("phase", "profile_id", "channel", "partner_id")
        sums = ("cases", "paid", "days", "amount", "recovered")
        found = defaultdict(dict)
        # Compiled, as its estimated cost makes PostgreSQL do, it takes three times as
        # long: two seconds instead of less than one for 67 000 lines of reminders.
        self.env.cr.execute("SET LOCAL jit = off")
        rows = self.env.execute_query(self._effects_sql(scope, filters, names, sums))
        for phase, profile, channel, debtor, cases, paid, days, owed, got in rows:
            found[Action(phase, profile or 0, channel)][debtor] = Followed(
                int(cases), int(paid), float(days), Decimal(owed), Decimal(got)
            )
        return found

    @api.model
    def _effects_sql(self, scope, filters, names, sums):
        """Return the query of the cases of a scope: sums by some columns."""
        effects = self.env["relance.effect"].with_context(relance_day=str(scope.day))
        query = effects._search(
            self._analysis_domain(filters)
            & Domain("cases", "=", 1)
            & Domain("contacted_on", ">=", scope.start)
            & Domain("contacted_on", "<=", scope.day)
        )
        columns = [SQL.identifier("relance_effect", name) for name in names]
        query.groupby = SQL(", ").join(columns)
        added = [SQL.identifier("relance_effect", name) for name in sums]
        return query.select(
            *columns, *(SQL("COALESCE(sum(%s), 0)::text", column) for column in added)
        )

    @api.model
    def _get_rows(self, loaded, effects):
        """Return a row for each phase and channel, then one for each profile."""
        groups = defaultdict(list)
        for action in loaded:
            groups[action.phase, action.channel].append(action)
        names = self._get_names()
        rows = []
        for (phase, channel), actions in sorted(
            groups.items(), key=lambda item: (PHASE_RANK[item[0][0]], item[0][1])
        ):
            whole = measure(pooled(loaded[action] for action in actions).values())
            about = {"phase": names[phase], "channel": names[channel], "profile": ""}
            rows.append({**about, **self._effect_to_plain(whole), "is_group": True})
            for action in sorted(actions, key=lambda a: a.profile):
                about["profile"] = names[action.profile]
                plain = self._effect_to_plain(effects[action])
                rows.append({**about, **plain, "is_group": False})
        return rows

    @api.model
    def _effect_to_plain(self, effect):
        return {
            "debtors": effect.debtors,
            "cases": effect.cases,
            "paid": effect.paid,
            "rate": effect.rate,
            "rate_low": effect.rate_low,
            "rate_high": effect.rate_high,
            "days": effect.days,
            "days_low": effect.days_low,
            "days_high": effect.days_high,
            "amount": float(effect.amount),
            "recovered": float(effect.recovered),
            "share_recovered": self._to_share(effect),
            "is_enough": effect.is_enough,
        }

    @api.model
    def _to_share(self, effect):
        """Return the part of what was owed that came in, or None of nothing."""
        found = share(effect.recovered, effect.amount)
        return None if found is None else float(found)

    # ----------------------------------------------------------------------- words

    @api.model
    def _get_names(self):
        """Return the names of phases and channels by code, of profiles by id."""
        fields_ = self.env["relance.effect"]._fields
        profiles = self.env["relance.payer.profile"].search([], limit=100)
        return {
            **dict(fields_["phase"]._description_selection(self.env)),
            **dict(fields_["channel"]._description_selection(self.env)),
            **{profile.id: profile.name for profile in profiles},
            0: self.env._("Without a profile"),
        }

    @api.model
    def _say(self, finding, effects):
        """Return a finding as a sentence, for a person to decide on."""
        names = self._get_names()
        better, worse = finding
        return self.env._(
            "%(phase)s, %(profile)s: %(better)s was followed by payment more often "
            "than %(worse)s: %(one)s against %(other)s.",
            phase=names[better.phase],
            profile=names[better.profile],
            better=names[better.channel],
            worse=names[worse.channel],
            one=self._say_rate(effects[better]),
            other=self._say_rate(effects[worse]),
        )

    @api.model
    def _say_rate(self, effect):
        return self.env._(
            "%(rate)s %% (between %(low)s and %(high)s %%, %(debtors)s debtors, "
            "%(cases)s contacts)",
            rate=round(100 * effect.rate),
            low=round(100 * effect.rate_low),
            high=round(100 * effect.rate_high),
            debtors=effect.debtors,
            cases=effect.cases,
        )
