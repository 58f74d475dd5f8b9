from odoo import fields, models
from odoo.exceptions import UserError

from ..core import insolvency
from .relance_groups import MANAGER_GROUP

PROCEEDING_ACTIVITY = "relance_ar.mail_activity_type_proceeding"
CLAIM_ACTIVITY = "relance_ar.mail_activity_type_claim"
TO_CONFIRM, CONFIRMED, DISMISSED, CLOSED = (
    "to_confirm",
    "confirmed",
    "dismissed",
    "closed",
)


class RelanceProceedingDecision(models.AbstractModel):
    """What a person decides about insolvency proceedings."""

    _name = "relance.proceeding.decision"
    _description = "Decisions about insolvency proceedings"

    def _move(self, transition):
        """Apply a transition to the proceedings that the manager may write."""
        self.check_access("write")
        if not self.env.user.has_group(MANAGER_GROUP):
            raise UserError(
                self.env._("A credit manager decides about insolvency proceedings.")
            )
        # sudo: states are written by transitions only, on records just checked.
        moved = getattr(self.sudo(), transition)()
        return moved.with_env(self.env)

    def action_confirm(self):
        """Confirm: earlier debts are no longer chased, the claim is to be declared.

        :return: the proceedings confirmed
        :raise UserError: when the day of the judgment is not known
        """
        return self._move("_confirm")

    def action_dismiss(self):
        """Set aside what does not concern the debtor; return what was set aside."""
        return self._move("_dismiss")

    def action_close(self):
        """Close what a judgment has ended; return the proceedings closed."""
        return self._move("_close")

    def action_declare(self):
        """Note that the claim was declared today; return the proceedings concerned."""
        self.check_access("write")
        declared = self.filtered(lambda r: r.state == CONFIRMED and not r.declared_on)
        declared.declared_on = fields.Date.context_today(self)
        declared.activity_unlink([CLAIM_ACTIVITY], only_automated=False)
        return declared

    def _confirm(self):
        confirmed = self.filtered(lambda r: r.state == TO_CONFIRM)
        for record in confirmed:
            if not record.opened_on:
                raise UserError(
                    self.env._(
                        "%(name)s: enter the day of the opening judgment first.",
                        name=record.display_name,
                    )
                )
        confirmed.write(
            {
                "state": CONFIRMED,
                "confirmed_by_id": self.env.uid,
                "confirmed_on": fields.Date.context_today(self),
            }
        )
        confirmed.partner_id.solvency_state = "insolvency"
        confirmed.activity_unlink([PROCEEDING_ACTIVITY], only_automated=False)
        for record in confirmed:
            record._cancel_earlier_reminders()
            record._schedule_claim()
            record._make_statement()
        return confirmed

    def _dismiss(self):
        dismissed = self.filtered(lambda r: r.state == TO_CONFIRM)
        dismissed.state = DISMISSED
        dismissed.activity_unlink([PROCEEDING_ACTIVITY], only_automated=False)
        dismissed._lift("unknown")
        return dismissed

    def _close(self):
        closed = self.filtered(lambda r: r.state == CONFIRMED)
        closed.state = CLOSED
        closed.activity_unlink(
            [PROCEEDING_ACTIVITY, CLAIM_ACTIVITY], only_automated=False
        )
        ended = closed.filtered(lambda r: r.kind == insolvency.LIQUIDATION)
        ended._lift("closed")
        (closed - ended)._lift("unknown")
        return closed

    def _lift(self, state):
        """Give the debtors another solvency, unless other proceedings are followed."""
        followed = self.search(
            [
                ("partner_id", "in", self.partner_id.ids),
                ("state", "in", (TO_CONFIRM, CONFIRMED)),
            ]
        )
        (self.partner_id - followed.partner_id).solvency_state = state
