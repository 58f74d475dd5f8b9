from odoo import api, fields, models


class RelancePenaltyClaimLine(models.Model):
    """The penalties of one instalment for a period of days, in one claim."""

    _name = "relance.penalty.claim.line"
    _description = "Line of a claim of penalties"
    _inherit = ["relance.guarded"]
    _order = "claim_id, date_maturity, date_from, id"

    claim_id = fields.Many2one(
        "relance.penalty.claim", required=True, index=True, ondelete="cascade"
    )
    state = fields.Selection(related="claim_id.state")
    document_id = fields.Many2one(related="claim_id.invoice_id")
    is_live = fields.Boolean(compute="_compute_is_live", store=True)
    currency_id = fields.Many2one(related="claim_id.currency_id")
    move_line_id = fields.Many2one(
        "account.move.line",
        string="Instalment",
        index="btree_not_null",
        ondelete="set null",
    )
    move_id = fields.Many2one(
        "account.move",
        string="Invoice",
        index="btree_not_null",
        ondelete="set null",
    )
    debt_key = fields.Char(
        index="btree_not_null",
        help="What bears one indemnity: the invoice, or the line of an entry.",
    )
    move_name = fields.Char(
        string="Number", required=True, help="Kept even if the entry is deleted."
    )
    date_maturity = fields.Date(string="Due on", required=True)
    date_from = fields.Date(string="From")
    date_to = fields.Date(string="Until")
    interest = fields.Monetary()
    indemnity = fields.Monetary()
    segment_ids = fields.One2many("relance.penalty.claim.segment", "line_id")

    # Ranges of one number each: gist has no operator for plain integers without an
    # extension of the server, which a hosted database may lack.
    _days_once = models.Constraint(
        "EXCLUDE USING gist (int4range(move_line_id, move_line_id, '[]') WITH &&, "
        "daterange(date_from, date_to, '[]') WITH &&) "
        "WHERE (is_live AND move_line_id IS NOT NULL AND date_from IS NOT NULL)",
        "The penalties of these days have already been claimed.",
    )
    _indemnity_once = models.UniqueIndex(
        "(debt_key) WHERE is_live AND indemnity > 0",
        "The indemnity of this invoice has already been claimed.",
    )
    _days_in_order = models.Constraint(
        "CHECK ((date_from IS NULL) = (date_to IS NULL) AND date_from <= date_to)",
        "A period of penalties ends on the day it begins, or later.",
    )
    _amounts_positive = models.Constraint(
        "CHECK (interest >= 0 AND indemnity >= 0)",
        "Penalties cannot be negative.",
    )

    @api.depends("claim_id.state")
    def _compute_is_live(self):
        for line in self:
            line.is_live = line.claim_id.state != "cancelled"

    def _to_sheet_row(self):
        """Return the line as a row of ``relance.penalty.sheet``."""
        self.ensure_one()
        return {
            "number": self.move_name,
            "due": self.date_maturity,
            "interest": self.interest,
            "indemnity": self.indemnity,
            "segments": [
                {
                    "start": segment.date_from,
                    "end": segment.date_to,
                    "days": segment.days,
                    "base": segment.base,
                    "rate": segment.rate,
                    "amount": segment.amount,
                    "kind": segment.rate_kind or "",
                    "reference": segment.reference_rate,
                }
                for segment in self.segment_ids
            ],
        }


class RelancePenaltyClaimSegment(models.Model):
    """Interest on one balance at one rate, as it was reckoned when it was claimed."""

    _name = "relance.penalty.claim.segment"
    _description = "Segment of late-payment interest"
    _inherit = ["relance.guarded"]
    _order = "line_id, date_from"
    # Its claim says who and when.
    _log_access = False

    line_id = fields.Many2one(
        "relance.penalty.claim.line", required=True, index=True, ondelete="cascade"
    )
    currency_id = fields.Many2one(related="line_id.currency_id")
    move_name = fields.Char(related="line_id.move_name")
    date_from = fields.Date(string="From", required=True)
    date_to = fields.Date(string="Until", required=True)
    days = fields.Integer(required=True)
    base = fields.Monetary(string="Owed", required=True)
    rate = fields.Float(string="Rate (%)", digits=(6, 3), required=True)
    rate_kind = fields.Selection(
        [
            ("ecb_mro", "ECB's refinancing rate and points"),
            ("legal_professional", "Legal rate"),
            ("contract", "Contract"),
        ],
        string="Source of the rate",
    )
    reference_rate = fields.Float(string="Published rate (%)", digits=(6, 3))
    amount = fields.Monetary(string="Interest", required=True)
