from odoo import fields, models
from odoo.exceptions import AccessError, UserError

from .relance_groups import OFFICER_GROUP
from .relance_penalty_states import CANCELLED, INVOICED

MARK = "relance_is_penalty"
READERS = f"{OFFICER_GROUP},account.group_account_invoice"


class RelancePenaltyDocument(models.AbstractModel):
    """A customer document by which penalties are invoiced. Extends ``account.move``.

    It asks for what was claimed, without VAT; given up, its claims are open again, and
    it can no longer be posted: the same days may be on another document.
    """

    _name = "relance.penalty.document"
    _description = "Document of late-payment penalties"

    # A plain column without default: installing rewrites no entry. Copied, so that
    # neither a copy nor a credit note passes for an ordinary one.
    relance_is_penalty = fields.Boolean(
        string="Invoices penalties",
        readonly=True,
        help="It was made to invoice penalties, and stays so when it is given up: it "
        "bears none itself.",
    )

    relance_linked_ids = fields.Many2many(
        "account.move",
        string="Linked through penalties",
        compute="_compute_relance_linked_ids",
        groups=READERS,
        help="Of a document of penalties, the invoices that it is about; of an "
        "invoice, the documents of its penalties.",
    )
    relance_linked_count = fields.Integer(
        compute="_compute_relance_linked_ids", groups=READERS
    )

    def _compute_relance_linked_ids(self):
        lines = self.env["relance.penalty.claim.line"].search(
            [
                ("is_live", "=", True),
                ("move_id", "!=", False),
                ("claim_id.invoice_id", "!=", False),
                "|",
                ("move_id", "in", self.ids),
                ("claim_id.invoice_id", "in", self.ids),
            ]
        )
        about, asked_by = lines.grouped("move_id"), lines.grouped("document_id")
        none = lines.browse()
        for move in self:
            documents = about.get(move._origin, none).document_id
            originals = asked_by.get(move._origin, none).move_id
            move.relance_linked_ids = documents | originals
            move.relance_linked_count = len(move.relance_linked_ids)

    def action_relance_linked(self):
        """Open the invoices of a document of penalties, or the documents of an
        invoice."""
        self.ensure_one()
        return self.relance_linked_ids._get_records_action(
            name=self.env._("Penalties invoiced")
            if not self.relance_is_penalty
            else self.env._("Invoices claimed")
        )

    def write(self, vals):
        # EXTENDS 'account': what it was made for is not forgotten.
        if MARK in vals and not self.env.su:
            raise AccessError(
                self.env._("Whether a document invoices penalties is not for writing.")
            )
        return super().write(vals)

    def _post(self, soft=True):
        # EXTENDS 'account'
        self._check_relance_document()
        return super()._post(soft)

    def _check_relance_document(self):
        """Refuse a document that asks for something else than its claims.

        :raise UserError: naming it
        """
        marked = self.filtered(
            lambda move: move.relance_is_penalty and move.move_type != "out_refund"
        )
        for move in marked:
            # sudo: totals of the claims, for whoever posts the document.
            claims = move.sudo().relance_claim_ids
            claims = claims.filtered(lambda claim: claim.state == INVOICED)
            if not claims:
                raise UserError(move._say_unclaimed())
            claimed = sum(claims.mapped("amount_total"))
            if move.amount_tax or move.currency_id.compare_amounts(
                move.amount_total, claimed
            ):
                raise UserError(
                    self.env._(
                        "%(name)s must ask for what was claimed, without VAT. To ask "
                        "for less, cancel it and waive the claim.",
                        name=move.display_name,
                    )
                )

    def _say_unclaimed(self):
        """Return why a document of penalties without claim is not posted."""
        self.ensure_one()
        return self.env._(
            "%(name)s asks for penalties that it no longer invoices, or is a copy: the "
            "same days may be on another document. Delete it, and invoice the claim "
            "again.",
            name=self.display_name,
        )

    def button_draft(self):
        # EXTENDS 'account'
        self._check_relance_credited()
        return super().button_draft()

    def _check_relance_credited(self):
        """Refuse to undo the credit note of penalties that may be claimed again.

        :raise UserError: naming both
        """
        # sudo: claims of the documents credited, for whoever undoes the credit note.
        for move in self.sudo().filtered(
            lambda m: m.relance_is_penalty and m.state == "posted"
        ):
            credited = move.reversed_entry_id
            claims = credited.relance_claim_ids
            if claims and set(claims.mapped("state")) == {CANCELLED}:
                raise UserError(
                    self.env._(
                        "%(name)s takes back %(document)s, whose claim was cancelled: "
                        "its days may have been claimed again.",
                        name=move.display_name,
                        document=credited.display_name,
                    )
                )

    def button_cancel(self):
        # EXTENDS 'account': what was invoiced by these documents is claimed again.
        result = super().button_cancel()
        self._relance_release_claims()
        return result

    def unlink(self):
        # EXTENDS 'account': the same when they are deleted.
        self._relance_release_claims()
        return super().unlink()

    def _relance_release_claims(self):
        # sudo: who may give a document up may not know of claims.
        claims = self.env["relance.penalty.claim"].sudo()
        claims.search([("invoice_id", "in", self.ids)])._release_invoice()
