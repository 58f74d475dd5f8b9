from collections import defaultdict
from decimal import Decimal

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..core.effect import LEAST_CASES, WINDOW_DAYS, Action, findings, measure, pooled
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
            ``suggestions`` (sentences), ``window``, ``least``, ``currency``, ``day``
        """
        filters = filters or {}
        scope = self._get_scope(filters)
        loaded = self._load_effects(scope, filters)
        effects = {action: measure(*found) for action, found in loaded.items()}
        return {
            "day": str(scope.day),
            "months": len(scope.months),
            "currency": {"id": scope.currency.id, "name": scope.currency.name},
            "window": WINDOW_DAYS,
            "least": LEAST_CASES,
            "rows": self._get_rows(loaded, effects),
            "suggestions": [
                self._say(finding, effects) for finding in findings(effects)
            ],
        }

    @api.model
    def _load_effects(self, scope, filters):
        """Return ``{core.effect.Action: [cases, days, amount, recovered]}``.

        One query; amounts in the currency of the scope, at the rate of its day.
        """
        query = self.env["relance.effect"]._search(
            self._analysis_domain(filters)
            & Domain("cases", "=", 1)
            & Domain("contacted_on", ">=", scope.start)
            & Domain("contacted_on", "<=", scope.day)
        )
        names = ("phase", "profile_id", "channel", "company_id", "company_currency_id")
        columns = [SQL.identifier("relance_effect", name) for name in names]
        query.groupby = SQL(", ").join(columns)
        days = SQL.identifier("relance_effect", "days")
        rows = self.env.execute_query(
            query.select(
                *columns,
                SQL("count(*)"),
                SQL(
                    "COALESCE(array_agg(%(d)s) FILTER (WHERE %(d)s IS NOT NULL), '{}')",
                    d=days,
                ),
                SQL("COALESCE(sum(relance_effect.amount), 0)::text"),
                SQL("COALESCE(sum(relance_effect.recovered), 0)::text"),
            )
        )
        found, rates = defaultdict(lambda: [0, [], Decimal(0), Decimal(0)]), {}
        for phase, profile, channel, company, currency, cases, spent, *money in rows:
            rate = self._rate_of(scope, company, currency, scope.day, rates)
            known = found[Action(phase, profile or 0, channel)]
            known[0] += cases
            known[1] = sorted([*known[1], *spent])
            known[2] += Decimal(money[0]) * rate
            known[3] += Decimal(money[1]) * rate
        return found

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
            whole = pooled(loaded[action] for action in actions)
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
            "is_enough": effect.is_enough,
        }

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
            "%(rate)s %% (between %(low)s and %(high)s %%, %(cases)s cases)",
            rate=round(100 * effect.rate),
            low=round(100 * effect.rate_low),
            high=round(100 * effect.rate_high),
            cases=effect.cases,
        )
