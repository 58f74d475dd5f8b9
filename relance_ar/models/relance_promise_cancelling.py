from odoo import models
from odoo.exceptions import AccessError, UserError

from .relance_agreement_tasks import BROKEN_TASK, MATCH_TASK
from .relance_groups import MANAGER_GROUP


class RelancePromiseCancelling(models.AbstractModel):
    """How promises are taken back: broken ones by a credit manager, who says why."""

    _name = "relance.promise.cancelling"
    _description = "Taking back of promises"

    def action_cancel(self):
        """Take promises back that were noted by mistake; return them.

        For broken ones, which weigh on the profile, the action that asks why.

        :raise AccessError: with broken ones, for who is no credit manager
        """
        if self.filtered(lambda r: r.state == "broken"):
            self._check_manager()
            return self.env["relance.promise.cancel"]._open_for(self)
        return self._move("_cancel")

    def cancel(self, reason):
        """Take promises back, broken ones too; return them.

        :param reason: why, in words that are kept with them
        :raise AccessError: for who is no credit manager
        :raise UserError: without a reason
        """
        self._check_manager()
        if not (reason or "").strip():
            raise UserError(self.env._("Say why they are taken back."))
        return self._move("_cancel_because", reason.strip())

    def _check_manager(self):
        if not self.env.user.has_group(MANAGER_GROUP):
            raise AccessError(
                self.env._(
                    "A credit manager takes back what was broken, and says why: it "
                    "weighs on the profile of the customer."
                )
            )

    def _cancel_because(self, reason):
        cancelled = self._cancel()
        body = self.env._("Taken back: %(reason)s", reason=reason)
        cancelled._message_log_batch({record.id: body for record in cancelled})
        return cancelled

    def _cancel(self):
        cancelled = self.filtered(lambda r: r.state in ("open", "broken"))
        cancelled.write({"state": "cancelled", "to_match": False})
        cancelled._drop_tasks(BROKEN_TASK, MATCH_TASK)
        return cancelled
