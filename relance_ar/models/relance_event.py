from odoo import api, fields, models
from odoo.exceptions import UserError

from .relance_event_kinds import KINDS


class RelanceEvent(models.Model):
    """One contact with a debtor: what was said, to whom, how, with which files.

    Written when it takes place, and never again: each carries the digest of the one
    before it, so that a removal or a change in the database shows.
    """

    _name = "relance.event"
    _description = "Contact with a debtor"
    _inherit = ["relance.event.sealing", "relance.event.evidence"]
    _order = "date desc, position desc, id desc"
    _rec_name = "subject"

    chain_id = fields.Many2one(
        "relance.event.chain",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
    )
    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, index=True, ondelete="restrict"
    )
    partner_id = fields.Many2one(
        "res.partner",
        string="Debtor",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
    )
    origin_id = fields.Integer(
        string="Account then",
        required=True,
        readonly=True,
        help="The debtor when it took place; merging accounts changes the other one.",
    )
    reminder_id = fields.Many2one(
        "relance.reminder", readonly=True, index="btree_not_null", ondelete="restrict"
    )
    message_id = fields.Many2one(
        "mail.message", readonly=True, index="btree_not_null", ondelete="restrict"
    )
    about_model = fields.Char(readonly=True)
    about_id = fields.Many2oneReference(
        model_field="about_model",
        readonly=True,
        index="btree_not_null",
        help="The dispute, promise or plan that it tells of.",
    )
    attachment_ids = fields.Many2many(
        "ir.attachment",
        "relance_event_attachment_rel",
        "event_id",
        "attachment_id",
        string="Files",
        readonly=True,
    )

    position = fields.Integer(required=True, readonly=True)
    previous_digest = fields.Char(required=True, readonly=True)
    digest = fields.Char(required=True, readonly=True)

    date = fields.Datetime(required=True, readonly=True)
    kind = fields.Selection(KINDS, string="How", required=True, readonly=True)
    stage = fields.Char(
        readonly=True, help="What a dispute, promise or plan came to; a mere attempt."
    )
    subject = fields.Char(readonly=True)
    body = fields.Text(readonly=True, help="What was said, as HTML.")
    body_html = fields.Html(
        string="What was said", compute="_compute_body_html", sanitize=True
    )
    debtor = fields.Char(
        string="Debtor on that day", readonly=True, help="Name and SIREN then."
    )
    recipient = fields.Char(string="To", readonly=True)
    author = fields.Char(string="By", readonly=True)
    reference = fields.Char(readonly=True)
    headers = fields.Json(readonly=True, help="Of an e-mail: who, to whom, its id.")
    lines = fields.Json(readonly=True, help="The instalments it was about.")
    facts = fields.Json(
        readonly=True,
        help="Of a registered letter: what the check compares with its record.",
    )
    files = fields.Json(
        string="Digests of the files",
        readonly=True,
        help="The files it carried: names and digests.",
    )
    is_sealed_later = fields.Boolean(
        string="Sealed later",
        readonly=True,
        help="It took place before contacts were sealed: sealed as it was found.",
    )

    _position_uniq = models.UniqueIndex(
        "(chain_id, position)", "This place in the chain is taken."
    )
    _position_positive = models.Constraint(
        "CHECK (position > 0)", "The first contact of a chain has the place 1."
    )

    @api.depends("body")
    def _compute_body_html(self):
        for event in self:
            event.body_html = event.body

    # ------------------------------------------------------------------------ CRUD

    def write(self, vals):
        # Nobody rewrites a contact, the superuser neither: only SQL can, and it shows.
        self.check_access("write")
        if self:
            raise UserError(self.env._("A contact that took place is not rewritten."))
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_ever(self):
        raise UserError(self.env._("A contact that took place is not deleted."))
