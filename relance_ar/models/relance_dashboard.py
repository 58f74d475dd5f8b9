from odoo import api, models
from odoo.fields import Domain
from odoo.tools import format_date

from ..core import kpi as core_kpi
from ..core.receivables import CREDITS
from .relance_kpi_scope import NO_PROFILE, PERIODS

# Figures that have a tile; the others are in the table below.
TILES = (
    "receivables",
    "overdue",
    "overdue_share",
    "dso",
    "days_delinquent",
    "effectiveness",
    "promises_kept",
    "disputed_share",
)


class RelanceDashboard(models.AbstractModel):
    """What the dashboard shows, as plain JSON: the screen works nothing out."""

    _name = "relance.dashboard"
    _inherit = ["relance.dashboard.opening", "relance.kpi"]
    _description = "Dashboard of collections"

    @api.model
    @api.readonly
    def get_data(self, filters=None):
        """Return all that the dashboard shows.

        :param filters: as ``relance.kpi.scope`` takes them
        :return: dict: ``day``, ``months``, ``currency``, ``labels`` (of the months),
            ``ends``, ``kpis`` (with ``value``, ``change``, ``is_better``, ``is_least``,
            ``is_under_way``, ``series``, ``least``: ranks of the months that are at
            least so much), ``ageing``, ``debtors``, ``worklist``, ``disputes``,
            ``promises``, ``choices`` (of the filters), ``is_empty``
        :raise AccessError: for who is no officer
        """
        filters = filters or {}
        scope = self._get_scope(filters)
        figures, standings = self._compute(scope)
        plain, panels = self._to_plain(scope, figures), self._get_panels(scope)
        return {
            "day": plain["day"],
            "today": str(self._today()),
            "months": len(plain["ends"]),
            "ends": plain["ends"],
            "labels": [
                format_date(self.env, end, date_format="MMM yy")
                for _first, end in scope.months
            ],
            "currency": self._get_currency(scope),
            "companies": ", ".join(scope.companies.mapped("name")),
            "kpis": self._get_tiles(scope, plain),
            "ageing": self._get_ageing(standings[-1]),
            "is_empty": not any(panels.values()) and self._is_empty(scope, standings),
            "choices": self._get_choices(scope),
            **panels,
        }

    @api.model
    def _is_empty(self, scope, standings):
        """Say whether nothing was owed, invoiced, paid or credited in the months."""
        if any(standing.open or standing.credits for standing in standings):
            return False
        dated = Domain("date", ">=", scope.start) & Domain("date", "<=", scope.day)
        query = self._lines_query(scope, dated)
        query.limit = 1
        return not self.env.execute_query(query.select())

    @api.model
    def _get_currency(self, scope):
        return {"id": scope.currency.id, "name": scope.currency.name}

    # ----------------------------------------------------------------------- tiles

    @api.model
    def _get_tiles(self, scope, plain):
        """Return each figure with its latest value and how it has moved."""
        tiles = []
        under_way = core_kpi.is_month_under_way(scope.day)
        for kpi in self._get_kpis():
            # As it is listed: addons have figures of their own.
            named = (kpi[name] for name in ("code", "unit", "better", "is_flow"))
            figure = core_kpi.Kpi(*named)
            series = plain["values"][kpi["code"]]
            least = plain["least"].get(kpi["code"], [])
            change = core_kpi.change(figure, series, scope.day)
            tiles.append(
                {
                    **kpi,
                    "value": series[-1],
                    "is_least": len(series) - 1 in least,
                    "least": least,
                    "change": change,
                    "is_better": core_kpi.is_better(figure, change),
                    "is_under_way": figure.is_flow and under_way,
                    "series": series,
                    "is_tile": kpi["code"] in TILES,
                    "in_days": kpi["unit"] == core_kpi.DAYS,
                }
            )
        return tiles

    @api.model
    def _get_ageing(self, standing):
        """Return what is open by age: code, name, amount and share of the bar."""
        names = self._get_class_names()
        largest = max((*standing.classes, -standing.credits, 1))
        rows = [*standing.by_class.items(), (CREDITS, standing.credits)]
        return [
            {
                "code": code,
                "name": names[code],
                "amount": float(amount),
                "percent": float(100 * abs(amount) / largest),
                "share": float(amount / standing.open) if standing.open else None,
            }
            for code, amount in rows
            if amount or code != CREDITS
        ]

    @api.model
    def _get_class_names(self):
        """Return the names of the age classes, in the language of the user."""
        ages = self.env["relance.receivable"]._fields["age"]
        return dict(ages._description_selection(self.env))

    # --------------------------------------------------------------------- filters

    @api.model
    def _get_choices(self, scope):
        """Return what the filters may be set to: ids and names."""
        officers = self.env["res.users"]
        for company in scope.companies:
            officers |= company._get_relance_officers()
        profiles = self.env["relance.payer.profile"].search([], limit=100)
        choices = {
            "officers": self._list_names(officers),
            "profiles": [
                *self._list_names(profiles),
                {"id": NO_PROFILE, "name": self.env._("Without a profile")},
            ],
            "salespeople": self._list_names(self._get_salespeople()),
            "periods": list(PERIODS),
            "teams": [],
        }
        if "crm.team" in self.env:
            # sudo: names of teams, for who chooses customers by them.
            teams = self.env["crm.team"].sudo()
            domain = [("company_id", "in", [False, *scope.companies.ids])]
            choices["teams"] = self._list_names(teams.search(domain, limit=200))
        return choices

    @api.model
    def _get_salespeople(self):
        """Return the salespeople of customers."""
        domain = Domain("user_id", "!=", False) & Domain("customer_rank", ">", 0)
        found = self.env["res.partner"]._read_group(domain, ["user_id"], limit=200)
        return self.env["res.users"].union(*(user for [user] in found))

    @api.model
    def _list_names(self, records):
        # sudo: names of colleagues, teams and profiles, to choose from.
        return [{"id": r.id, "name": r.sudo().display_name} for r in records]
