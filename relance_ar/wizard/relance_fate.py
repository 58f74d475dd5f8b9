from odoo import api, fields, models
from odoo.exceptions import UserError

from ..core.postal import DELIVERED, POSTED, REFUSED, RETURNED, UNCLAIMED

FATE, SLIP, CORRECTION, POSTING = "fate", "slip", "correction", "posting"


class RelanceFate(models.TransientModel):
    """Asks what has become of registered letters, and for the scanned slip.

    Or for a slip alone, at any time; or for what puts right what was noted.
    """

    _name = "relance.fate"
    _description = "Fate of registered letters"

    letter_ids = fields.Many2many(
        "relance.registered.letter", string="Letters", required=True
    )
    letter_count = fields.Integer(compute="_compute_letter_count")
    asks = fields.Selection(
        [
            (FATE, "What became of it"),
            (SLIP, "A slip"),
            (CORRECTION, "A correction"),
            (POSTING, "The posting"),
        ],
        string="About",
        required=True,
        default=FATE,
    )
    why = fields.Char(string="Why it is corrected")
    state = fields.Selection(
        [
            (DELIVERED, "Delivered"),
            (REFUSED, "Refused by the debtor"),
            (UNCLAIMED, "Not collected in time"),
            (RETURNED, "Come back: not known at the address"),
            (POSTED, "Still on its way (corrections only)"),
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
    number = fields.Char(string="Tracking number")
    posted_on = fields.Date()
    slip = fields.Binary(string="Scanned slip", attachment=False)
    slip_name = fields.Char()

    @api.depends("letter_ids")
    def _compute_letter_count(self):
        for wizard in self:
            wizard.letter_count = len(wizard.letter_ids)

    def action_confirm(self):
        """Note the fate of the letters, or correct it, or keep a slip.

        :return: an action that shows the screen behind again
        :raise UserError: when the slip, or the reason of a correction, is missing
        """
        self.ensure_one()
        files = self._get_files()
        if self.asks == SLIP:
            if not files:
                raise UserError(self.env._("Choose the scanned slip."))
            self.letter_ids._add_slips(files)
        elif self.asks == POSTING:
            self.letter_ids._correct_posting(
                self.number, self.posted_on, self._get_why()
            )
        else:
            self.letter_ids._note_fate(
                self.state, self.presented_on, self.day, files, self._get_why()
            )
        return {"type": "ir.actions.client", "tag": "soft_reload"}

    def _get_why(self):
        """Return why what was noted is corrected; "" for what is noted first.

        :raise UserError: when a correction does not say why
        """
        if self.asks not in (CORRECTION, POSTING):
            return ""
        why = (self.why or "").strip()
        if not why:
            raise UserError(self.env._("Say why it is corrected: both are kept."))
        return why

    def _get_files(self):
        """Return the slip as ``[(name, bytes)]``.

        :raise UserError: when it is given for several letters, or too large
        """
        if self.slip and len(self.letter_ids) > 1:
            raise UserError(
                self.env._("A slip belongs to one letter: note them one by one.")
            )
        return self.letter_ids._read_slip(self.slip, self.slip_name)
