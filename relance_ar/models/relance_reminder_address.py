from reportlab.pdfbase.pdfmetrics import stringWidth

from odoo import api, models

from ..core.window import MM_PER_PX, lay_out


class RelanceReminderAddress(models.AbstractModel):
    """Whom a letter is addressed to, as it stands in the window of the envelope."""

    _name = "relance.reminder.address"
    _description = "Address on a letter"

    def _get_postal_partner(self):
        """Return whose address the letter carries: the contact's, else the debtor's."""
        self.ensure_one()
        recipients = self.env["relance.recipients"]
        return recipients._get_postal_partner(self.partner_id, self.contact_id)

    def _get_address_lines(self):
        """Return the address as the post reads it: one name on each line.

        Within a country, its name is left out (NF Z10-011).
        """
        self.ensure_one()
        names = (self.partner_id.commercial_partner_id.name, self.contact_id.name)
        return [
            *dict.fromkeys(filter(None, names)),
            *self._get_place_lines(self._get_postal_partner()),
        ]

    def _get_place_lines(self, partner):
        """Return street and town of a partner, and their country if it is not ours.

        One whose country nobody has entered lives in ours.
        """
        layout, values = partner._prepare_display_address(without_company=True)
        home = self.company_id.country_id
        if not partner.country_id or partner.country_id == home:
            layout = home.address_format or layout
            values["country_name"] = ""
        lines = (line.strip() for line in (layout % values).splitlines())
        return [line for line in lines if line]

    def _get_window(self):
        """Return ``(size in px, lines)`` of the address, or None if it does not fit."""
        return lay_out(self._get_address_lines(), self._measure)

    @api.model
    def _measure(self, text, size):
        """Return the width in mm of a text in letters of so many px."""
        return stringWidth(text, "Helvetica", size) * MM_PER_PX

    def _check_address(self):
        """Return the letters that reach somebody; the others fail, saying why."""
        returned = self._load_returned_places()
        for reminder in self:
            if problem := reminder._find_address_problem(returned):
                reminder._fail(problem, "address")
        return self.filtered(lambda reminder: reminder.state != "failed")

    def _load_returned_places(self):
        """Return ``{company id: places}`` from which letters have come back."""
        recipients = self.env["relance.recipients"]
        return {
            company.id: recipients._load_returned_places(
                tuple(group.partner_id.commercial_partner_id.ids), company
            )
            for company, group in self.grouped("company_id").items()
        }

    def _find_address_problem(self, returned):
        """Return what keeps the post from delivering the letter, or nothing.

        :param returned: as ``_load_returned_places`` returns it
        """
        self.ensure_one()
        partner = self._get_postal_partner()
        recipients = self.env["relance.recipients"]
        places = returned[self.company_id.id]
        if recipients._has_returned(self.partner_id, partner, places):
            return self.env._(
                "The last letter to %(name)s came back from this address: correct it, "
                "or note on the reminder that came back that it was checked.",
                name=self.contact_id.display_name,
            )
        if not recipients._is_postal(partner):
            return self.env._(
                "%(name)s has no postal address: a street, and a town or a postcode.",
                name=self.contact_id.display_name,
            )
        if not self._get_window():
            return self.env._(
                "The address of %(name)s does not fit in the window of an envelope: "
                "shorten it.",
                name=self.contact_id.display_name,
            )
        return ""
