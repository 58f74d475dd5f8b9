from odoo import models
from odoo.exceptions import UserError


class RelancePenaltyDocument(models.AbstractModel):
    """A customer document by which penalties are invoiced. Extends ``account.move``.

    It asks for what was claimed, without VAT; given up, its claims are open again.
    """

    _name = "relance.penalty.document"
    _description = "Document of late-payment penalties"

    def _post(self, soft=True):
        # EXTENDS 'account'
        self._check_relance_document()
        return super()._post(soft)

    def _check_relance_document(self):
        """Refuse a document that asks for something else than its claims.

        :raise UserError: naming it
        """
        for move in self:
            # sudo: totals of the claims, for whoever posts the document.
            claims = move.sudo().relance_claim_ids
            if not claims:
                continue
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
