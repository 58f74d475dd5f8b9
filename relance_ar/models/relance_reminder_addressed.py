from odoo import fields, models


class RelanceReminderAddressed(models.AbstractModel):
    """The address on a printed letter, which goes there whatever is entered since."""

    _name = "relance.reminder.addressed"
    _description = "Address on a printed letter"

    letter_address = fields.Char(
        string="Address on the letter", readonly=True, copy=False, help="As printed."
    )
    letter_place = fields.Char(
        string="Posted to",
        readonly=True,
        copy=False,
        help="Street and town on the letter.",
    )

    def _prepare_addressed(self):
        """Return what is kept of the address of a letter that is being printed."""
        self.ensure_one()
        printed = self.with_context(lang=self._get_lang())
        return {
            "letter_address": ", ".join(printed._get_address_lines()),
            "letter_place": self._get_place_now(),
        }

    def _get_place_now(self):
        """Return street and town to which a letter would be addressed now."""
        self.ensure_one()
        recipients = self.env["relance.recipients"]
        return recipients._get_place(self._get_postal_partner())

    def _get_letter_place(self):
        """Return street and town on the letter; as they are now, of older prints."""
        self.ensure_one()
        return self.letter_place or self._get_place_now()

    def _get_letter_address(self):
        """Return the address on the letter; as it is now, of older prints."""
        self.ensure_one()
        return self.letter_address or ", ".join(self._get_address_lines())

    def _say_address_since(self):
        """Return that the letter goes to an address that has changed."""
        self.ensure_one()
        key_of = self.env["relance.recipients"]._to_place_key
        if key_of(self._get_letter_place()) == key_of(self._get_place_now()):
            return []
        words = self.env._(
            "It is addressed to %(address)s, which has changed.",
            address=self.letter_address,
        )
        return [words]
