import base64

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..core.postal import DELIVERED, REFUSED, RETURNED, UNCLAIMED

MAX_SLIP = 10 * 1024 * 1024


class RelanceFate(models.TransientModel):
    """Asks what has become of registered letters, and for the scanned slip."""

    _name = "relance.fate"
    _description = "Fate of registered letters"

    letter_ids = fields.Many2many(
        "relance.registered.letter", string="Letters", required=True
    )
    letter_count = fields.Integer(compute="_compute_letter_count")
    state = fields.Selection(
        [
            (DELIVERED, "Delivered"),
            (REFUSED, "Refused by the debtor"),
            (UNCLAIMED, "Not collected in time"),
            (RETURNED, "Come back: not known at the address"),
        ],
        string="What became of it",
        required=True,
        default=DELIVERED,
    )
    presented_on = fields.Date(
        string="First presented on",
        help="As written on the slip. Of an electronic letter: announced on.",
    )
    day = fields.Date(string="On", help="Delivered, or come back, on.")
    slip = fields.Binary(string="Scanned slip", attachment=False)
    slip_name = fields.Char()

    @api.depends("letter_ids")
    def _compute_letter_count(self):
        for wizard in self:
            wizard.letter_count = len(wizard.letter_ids)

    def action_confirm(self):
        """Note the fate of the letters.

        :return: an action that shows the screen behind again
        """
        self.ensure_one()
        self.letter_ids._note_fate(
            self.state, self.presented_on, self.day, self._get_files()
        )
        return {"type": "ir.actions.client", "tag": "soft_reload"}

    def _get_files(self):
        """Return the slip as ``[(name, bytes)]``.

        :raise UserError: when it is given for several letters, or too large
        """
        if not self.slip:
            return []
        if len(self.letter_ids) > 1:
            raise UserError(
                self.env._("A slip belongs to one letter: note them one by one.")
            )
        content = base64.b64decode(self.slip)
        if len(content) > MAX_SLIP:
            raise UserError(self.env._("The slip is larger than 10 MB."))
        return [(self.slip_name or self.env._("Slip"), content)]
