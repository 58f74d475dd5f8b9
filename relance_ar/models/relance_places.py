from odoo import api, models
from odoo.tools import SQL

from .ids_array import ids_array


class RelancePlaces(models.AbstractModel):
    """Postal addresses from which letters came back: the post finds nobody there."""

    _name = "relance.places"
    _description = "Places that letters are posted to"

    @api.model
    def _get_place(self, partner):
        """Return street and town of a partner, in one line."""
        town = " ".join(filter(None, (partner.zip, partner.city)))
        parts = (partner.street, partner.street2, town, partner.country_id.code)
        return ", ".join(filter(None, parts))

    @api.model
    def _to_place_key(self, place):
        """Return what is compared of a place: letters and digits, whatever the case."""
        kept = (x if x.isalnum() else " " for x in (place or "").casefold())
        return " ".join("".join(kept).split())

    @api.model
    def _load_returned_places(self, ids, company):
        """Return ``(debtor id, key of the place)`` whose last letter came back.

        Until the address is another one, or somebody says that it was checked.
        """
        self.env["relance.registered.letter"].flush_model(["state", "place"])
        self.env["relance.reminder"].flush_model(["failure_kind"])
        rows = self.env.execute_query(
            SQL(
                """
                SELECT p.commercial_partner_id, g.place,
                       g.state = 'returned' AND r.failure_kind = 'address'
                  FROM relance_registered_letter g
                  JOIN relance_reminder r ON r.id = g.reminder_id
                  JOIN res_partner p ON p.id = r.partner_id
                 WHERE r.company_id = %s AND p.commercial_partner_id = ANY(%s)
                   AND g.place IS NOT NULL AND g.state NOT IN ('posted', 'not_posted')
                 ORDER BY g.id
                """,
                company.id,
                ids_array(ids),
            )
        )
        last = {
            (debtor, self._to_place_key(place)): has_returned
            for debtor, place, has_returned in rows
        }
        return {key for key, has_returned in last.items() if has_returned}

    @api.model
    def _has_returned(self, debtor, partner, returned):
        """Say whether the last letter to the address of a partner came back.

        :param returned: as ``_load_returned_places`` returns it
        """
        if not returned:
            return False
        key = self._to_place_key(self._get_place(partner))
        return (debtor.commercial_partner_id.id, key) in returned
