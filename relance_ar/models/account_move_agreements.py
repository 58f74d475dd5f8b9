from odoo import fields, models

from .relance_groups import OFFICER_GROUP

AGREEMENTS = {
    "dispute": "relance.dispute",
    "promise": "relance.promise",
    "plan": "relance.plan",
}


class RelanceMoveAgreements(models.AbstractModel):
    """What was said about an invoice: disputes, promises, payment plans."""

    _name = "relance.move.agreements"
    _description = "Agreements about an invoice"

    relance_dispute_count = fields.Integer(
        string="Disputes", compute="_compute_relance_agreements", groups=OFFICER_GROUP
    )
    relance_promise_count = fields.Integer(
        string="Promises", compute="_compute_relance_agreements", groups=OFFICER_GROUP
    )
    relance_plan_count = fields.Integer(
        string="Payment plans",
        compute="_compute_relance_agreements",
        groups=OFFICER_GROUP,
    )

    def _compute_relance_agreements(self):
        for name, model in AGREEMENTS.items():
            found = self.env[model].search(
                [
                    ("move_line_ids.move_id", "in", self.ids),
                    ("state", "!=", "cancelled"),
                ]
            )
            moves_of = {record: record.move_line_ids.move_id for record in found}
            for move in self:
                move[f"relance_{name}_count"] = sum(
                    move in moves for moves in moves_of.values()
                )

    def _post(self, soft=True):
        # EXTENDS 'account': what was said of a corrected invoice goes on for all of it.
        # The task to post the credit note of a dispute is done.
        posted = super()._post(soft)
        for model in AGREEMENTS.values():
            self.env[model]._take_over_lines(posted)
        posted._relance_end_posting_tasks()
        return posted

    def action_relance_disputes(self):
        """Open the disputes about this invoice."""
        return self._relance_open_agreements("relance_dispute_action")

    def action_relance_promises(self):
        """Open the promises about this invoice."""
        return self._relance_open_agreements("relance_promise_action")

    def action_relance_plans(self):
        """Open the payment plans about this invoice."""
        return self._relance_open_agreements("relance_plan_action")

    def _relance_open_agreements(self, name):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(f"relance_ar.{name}")
        domain = [("move_line_ids.move_id", "=", self.id)]
        return {**action, "domain": domain, "context": {}}

    # ---------------------------------------------------- credit notes of disputes

    def _relance_end_posting_tasks(self):
        """End the tasks to post the credit notes of disputes."""
        disputes = self._relance_settled_disputes()
        if disputes:
            # sudo, as the disputes are: whoever posts it ends the task of a colleague.
            notes = self.sudo() & disputes.credit_move_ids
            notes.activity_unlink(["mail.mail_activity_data_todo"])

    def button_cancel(self):
        # EXTENDS 'account': a dispute settled with a credit note that is no more is
        # open again.
        disputes = self._relance_settled_disputes()
        result = super().button_cancel()
        disputes._reopen_undone(fields.Date.context_today(self))
        return result

    def unlink(self):
        # EXTENDS 'account': as in button_cancel.
        disputes = self._relance_settled_disputes()
        result = super().unlink()
        disputes._reopen_undone(fields.Date.context_today(self))
        return result

    def _relance_settled_disputes(self):
        """Return the disputes that were settled with these credit notes."""
        # sudo: who cancels an entry need not see disputes; their officer is told.
        disputes = self.env["relance.dispute"].sudo()
        notes = self.filtered(lambda move: move.move_type == "out_refund")
        if not notes:
            return disputes
        return disputes.search(
            [("credit_move_ids", "in", notes.ids), ("state", "=", "resolved")]
        )

    def action_relance_dispute(self):
        """Open a new dispute about what is still owed on this invoice."""
        return self._get_relance_open_lines().action_relance_dispute()
