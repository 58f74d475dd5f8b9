from odoo import models
from odoo.exceptions import UserError

from .relance_penalty_states import CANCELLED, CLAIMED, DRAFT, INVOICED


class RelancePenaltyClaimCancelling(models.AbstractModel):
    """Giving a claim up: its days are free to be claimed again, the newest first."""

    _name = "relance.penalty.claim.cancelling"
    _description = "Cancellation of claims of penalties"

    def action_cancel(self):
        """Give up claims neither waived nor invoiced: their days are free again.

        One that was invoiced is cancelled once its document is credited in full.

        :raise UserError: when a later claim goes on where this one ends
        """
        return self._move("_cancel")

    def _cancel(self):
        open_ones = self.filtered(
            lambda c: (
                c.state in (DRAFT, CLAIMED)
                or (c.state == INVOICED and c._is_invoice_undone())
            )
        )
        open_ones._check_is_last()
        open_ones.write({"state": CANCELLED, "waiver_state": False})
        return open_ones

    def _check_is_last(self):
        """Refuse to free days in the middle: they would never be asked for again.

        :raise UserError: naming the claim to cancel before
        """
        lines = self.env["relance.penalty.claim.line"]
        for line in self.line_ids.filtered("date_to"):
            later = lines.search(
                [
                    ("move_line_id", "=", line.move_line_id.id),
                    ("is_live", "=", True),
                    ("date_from", ">", line.date_to),
                    ("claim_id", "not in", self.ids),
                ],
                limit=1,
            )
            if later and line.move_line_id:
                raise UserError(
                    self.env._(
                        "%(later)s goes on where %(name)s ends: cancel it first.",
                        later=later.claim_id.reference,
                        name=line.claim_id.display_name,
                    )
                )
