from odoo import api, models
from odoo.exceptions import AccessError, UserError

from .relance_groups import OFFICER_GROUP

# Filters that are the id of a record, or nothing.
IDS = ("debtor_id", "officer_id", "salesperson_id", "team_id", "profile_id")
LARGEST_ID = 2**31 - 1


def is_id(value):
    """Say whether a value that came from outside may be the id of a record."""
    return type(value) is int and 0 < value <= LARGEST_ID


class RelanceKpiFilters(models.AbstractModel):
    """Who may ask for figures, and what they may ask for."""

    _name = "relance.kpi.filters"
    _description = "Filters of figures"

    @api.model
    def _check_officer(self):
        """Refuse who is no officer.

        :raise AccessError: saying for whom it is
        """
        if not (self.env.su or self.env.user.has_group(OFFICER_GROUP)):
            raise AccessError(self.env._("This is for collections officers."))

    @api.model
    def _check_filters(self, filters):
        """Refuse filters of a kind that no screen sends: they are no figures of all.

        Nothing (False, None, 0, an empty text) is no filter; -1 is no profile.

        :raise UserError: naming the filter
        """
        if not isinstance(filters, dict):
            self._refuse_filter(filters)
        for name in IDS:
            value = filters.get(name)
            is_none = name == "profile_id" and type(value) is int and value == -1
            if value and not is_none and not is_id(value):
                self._refuse_filter(name)
        months = filters.get("months")
        if months and type(months) is not int:
            self._refuse_filter("months")

    def _refuse_filter(self, what):
        raise UserError(self.env._("There is no filter “%(what)s”.", what=what))
