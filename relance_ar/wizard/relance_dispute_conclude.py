from odoo import api, fields, models
from odoo.exceptions import UserError

from ..models.relance_dispute_entering import OPEN_STATES


class RelanceDisputeConclude(models.TransientModel):
    """The officer's decision on a dispute."""

    _name = "relance.dispute.conclude"
    _description = "Conclude a dispute"
    _inherit = ["relance.bounded"]

    dispute_id = fields.Many2one("relance.dispute", required=True)
    currency_id = fields.Many2one(related="dispute_id.currency_id")
    amount_disputed = fields.Monetary(related="dispute_id.amount")
    answer = fields.Text(related="dispute_id.answer")
    proposal = fields.Selection(related="dispute_id.proposal")
    outcome = fields.Selection(
        [
            ("credited", "The customer is right: credit note"),
            ("partly", "Right in part: credit note of a part"),
            ("confirmed", "The debt stands: it is chased again"),
        ],
        required=True,
        compute="_compute_outcome",
        store=True,
        readonly=False,
        precompute=True,
    )
    amount = fields.Monetary(
        string="Credit",
        compute="_compute_amount",
        store=True,
        readonly=False,
        precompute=True,
    )
    credit_move_id = fields.Many2one(
        "account.move",
        string="Existing credit note",
        domain="[('move_type', '=', 'out_refund'), ('state', '!=', 'cancel'),"
        " ('currency_id', '=', currency_id),"
        " ('commercial_partner_id', 'parent_of', partner_id)]",
        help="Empty: a draft is made, which an accountant posts. Its amount is what "
        "the customer is told.",
    )
    partner_id = fields.Many2one(related="dispute_id.partner_id")
    words = fields.Text(string="What the customer is told")
    sends_proofs = fields.Boolean(
        string="Write to the customer",
        default=True,
        help="Opens an e-mail with the invoices and what was collected.",
    )

    @api.depends("dispute_id")
    def _compute_outcome(self):
        for wizard in self:
            dispute = wizard.dispute_id
            wizard.outcome = "confirmed"
            if dispute.proposal == "credit":
                is_part = dispute.amount_proposed < dispute.amount
                wizard.outcome = "partly" if is_part else "credited"

    @api.depends("dispute_id", "outcome")
    def _compute_amount(self):
        for wizard in self:
            dispute = wizard.dispute_id
            wizard.amount = {
                "credited": dispute.amount,
                "partly": dispute.amount_proposed or dispute.amount,
            }.get(wizard.outcome, 0)

    def action_conclude(self):
        """Settle the dispute; open the credit note, or the e-mail with the proofs."""
        self.ensure_one()
        dispute = self.dispute_id
        dispute._check_officer()
        dispute.check_access("write")
        if dispute.state not in OPEN_STATES:
            raise UserError(
                self.env._("%(name)s is settled already.", name=dispute.display_name)
            )
        dispute._move("_lower_to_invoiced")
        self._check_credit_note()
        outcome, upheld = self._get_decision()
        notes = self.credit_move_id | dispute._get_notes_matched()
        missing = upheld - dispute._get_credit_given()
        is_missing = dispute.currency_id.compare_amounts(missing, 0) > 0
        if is_missing and not self.credit_move_id:
            made = dispute._make_credit_notes(missing, self.words)
            dispute._ask_to_post(made)
            notes |= made
        dispute._move("_conclude", outcome, upheld, notes.ids, self.words)
        if self.sends_proofs:
            return dispute.action_send_proofs()
        return {"type": "ir.actions.act_window_close"}

    def _check_credit_note(self):
        """Refuse an entry that credits nothing of this customer and these invoices.

        :raise UserError: naming it
        """
        note, dispute = self.credit_move_id, self.dispute_id
        if not note:
            return
        moves = dispute.sudo().move_line_ids.move_id  # sudo: which they are
        fits = (
            note.move_type == "out_refund"
            and note.state in ("draft", "posted")
            and note.commercial_partner_id == dispute.partner_id.commercial_partner_id
            and note.company_id == dispute.company_id
            and note.currency_id == dispute.currency_id
            and (not note.reversed_entry_id or note.reversed_entry_id in moves)
        )
        if not fits:
            raise UserError(
                self.env._(
                    "%(note)s is no credit note of %(debtor)s for these invoices, in "
                    "their currency.",
                    note=note.display_name,
                    debtor=dispute.partner_id.display_name,
                )
            )

    def _get_decision(self):
        """Return the outcome and the amount in which the customer is right.

        An existing credit note decides the amount.

        :raise UserError: for one of which nothing is left
        """
        dispute, note = self.dispute_id, self.credit_move_id
        compare = dispute.currency_id.compare_amounts
        # What credit notes have taken off it meanwhile is not owed any more.
        credited = min(dispute._get_credited(), dispute.amount)
        if self.outcome == "confirmed":
            return self._get_outcome(credited), credited
        if not note:
            upheld = max(self._get_upheld(), credited)
            return self._get_outcome(upheld), upheld
        is_matched = note in dispute._get_notes_matched()
        of_note = dispute._get_credit_of(note)
        given = max(of_note, credited) if is_matched else of_note + credited
        upheld = min(given, dispute.amount)
        if compare(of_note, 0) <= 0:
            raise UserError(
                self.env._(
                    "Nothing of %(note)s is left for these invoices.",
                    note=note.display_name,
                )
            )
        return self._get_outcome(upheld), upheld

    def _get_outcome(self, upheld):
        """Return the outcome of an amount in which the customer is right."""
        dispute = self.dispute_id
        compare = dispute.currency_id.compare_amounts
        if compare(upheld, 0) <= 0:
            return "confirmed"
        return "credited" if compare(upheld, dispute.amount) >= 0 else "partly"

    def _get_upheld(self):
        """Return the amount in which the customer is right.

        :raise UserError: for a part that is none
        """
        dispute = self.dispute_id
        if self.outcome == "credited":
            return dispute.amount
        compare = dispute.currency_id.compare_amounts
        if compare(self.amount, 0) <= 0 or compare(self.amount, dispute.amount) >= 0:
            raise UserError(
                self.env._(
                    "A part lies between 0 and the %(amount)s disputed.",
                    amount=dispute._money(dispute.amount),
                )
            )
        return self.amount
