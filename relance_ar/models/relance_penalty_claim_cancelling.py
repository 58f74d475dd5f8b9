from odoo import models
from odoo.exceptions import UserError

from .relance_penalty_states import CANCELLED, CLAIMED, DRAFT, INVOICED, OFFERED


class RelancePenaltyClaimCancelling(models.AbstractModel):
    """Giving a claim up: its days are free to be claimed again, the newest first."""

    _name = "relance.penalty.claim.cancelling"
    _description = "Cancellation of claims of penalties"

    def action_cancel(self):
        """Give up claims neither waived nor invoiced: their days are free again.

        One that was invoiced is cancelled once its document is credited in full.

        :raise UserError: when a later claim goes on where this one ends, or an offer to
            waive is running
        """
        return self._move("_cancel")

    def _cancel(self):
        open_ones = self.filtered(
            lambda c: (
                c.state in (DRAFT, CLAIMED)
                or (c.state == INVOICED and c._is_invoice_undone())
            )
        )
        open_ones._check_no_offer()
        open_ones._check_is_last()
        open_ones.write({"state": CANCELLED, "waiver_state": False})
        return open_ones

    def _check_no_offer(self):
        """Refuse to take back by the way what was offered to the debtor.

        :raise UserError: naming the claim
        """
        for claim in self.filtered(lambda c: c.waiver_state == OFFERED):
            raise UserError(
                self.env._(
                    "An offer to waive %(name)s is running: a credit manager withdraws "
                    "it first.",
                    name=claim.display_name,
                )
            )

    def _check_is_last(self):
        """Refuse to free days in the middle: they would never be asked for again.

        :raise UserError: naming the claim to cancel before
        """
        dated = self.line_ids.filtered(lambda line: line.date_to and line.move_line_id)
        others = self.env["relance.penalty.claim.line"].search(
            [
                ("move_line_id", "in", dated.move_line_id.ids),
                ("is_live", "=", True),
                ("date_from", "!=", False),
                ("claim_id", "not in", self.ids),
            ]
        )
        latest = {line.move_line_id: line for line in others.sorted("date_from")}
        for line in dated:
            later = latest.get(line.move_line_id)
            if later and later.date_from > line.date_to:
                raise UserError(
                    self.env._(
                        "%(later)s goes on where %(name)s ends: cancel it first.",
                        later=later.claim_id.reference,
                        name=line.claim_id.display_name,
                    )
                )
