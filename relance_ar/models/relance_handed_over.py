from odoo import api, fields, models

from .mail_activity import HANDOVER_TASK
from .relance_groups import OFFICER_GROUP


class RelanceDebtorHandedOver(models.AbstractModel):
    """A debtor whom somebody else deals with: left alone until a day, or until done."""

    _name = "relance.debtor.handed.over"
    _description = "Debtor handed over"

    relance_is_held = fields.Boolean(
        compute="_compute_relance_is_held", groups=OFFICER_GROUP
    )

    @api.depends("relance_hold_until")
    @api.depends_context("company")
    def _compute_relance_is_held(self):
        today = fields.Date.context_today(self)
        for partner in self:
            until = partner.relance_hold_until
            partner.relance_is_held = until and until >= today

    def action_relance_end_hold(self):
        """Chase customers again at once, before the day of their hold.

        :return: those whose hold was running
        """
        held = self.filtered("relance_is_held")
        held.write({"relance_hold_until": False, "relance_hold_reason": False})
        for partner in held:
            # sudo: a note on a customer that the user has just written.
            words = self.env._("The hold is ended: chased again.")
            partner.sudo()._message_log(body=words)
        return held

    def _relance_replace_handed_over(self, company):
        """Give the tasks of people who left to an officer of the company.

        :return: the tasks that moved
        """
        officer = company._get_relance_officer()
        kind = self.env["ir.model.data"]._xmlid_to_res_id(HANDOVER_TASK, False)
        activities = self.env["mail.activity"].with_context(active_test=False)
        tasks = activities.search(
            [
                ("active", "=", True),
                ("activity_type_id", "=", kind),
                ("res_model", "=", "res.partner"),
                ("user_id.active", "=", False),
                ("user_id.company_ids", "in", company.ids),
            ]
        )
        if not officer or not tasks:
            return tasks.browse()
        words = self.env._(
            "Who dealt with it has left: %(who)s does.", who=officer.name
        )
        debtors = self.env["res.partner"].browse(set(tasks.mapped("res_id"))).exists()
        tasks.write({"user_id": officer.id})
        debtors._message_log_batch({debtor.id: words for debtor in debtors})
        return tasks
