from odoo import api, fields, models

from .relance_groups import OFFICER_GROUP

TOLD_TASK = "mail.mail_activity_data_todo"


class RelanceAgreementLitigation(models.AbstractModel):
    """What is said about instalments that are in litigation: whoever follows the case
    learns of it, and what is handed over stays so."""

    _name = "relance.agreement.litigation"
    _description = "Agreements about a litigation"

    litigation_note = fields.Char(
        compute="_compute_litigation_note",
        groups=OFFICER_GROUP,
        help="The instalments that are handed over, and in which case.",
    )

    @api.depends("move_line_ids")
    def _compute_litigation_note(self):
        for record in self:
            cases = record._find_cases()
            record.litigation_note = bool(cases) and self.env._(
                "Handed over: %(names)s. It is not chased by us, whatever is agreed "
                "here; who follows the case is told.",
                names=", ".join(cases.mapped("display_name")),
            )

    def _find_cases(self):
        """Return the cases under way about some of the instalments."""
        self.ensure_one()
        # sudo: which cases, for whoever may read the record.
        record = self.sudo()
        return record.env["relance.litigation"].search(
            [
                ("move_line_ids", "in", record.move_line_ids._origin.ids),
                ("state", "=", "running"),
            ]
        )

    @api.model_create_multi
    def create(self, vals_list):
        records = super().create(vals_list)
        for record in records:
            record._tell_cases()
        return records

    def _tell_cases(self):
        """Note what is new on the cases, and have it passed on."""
        self.ensure_one()
        for case in self._find_cases():
            words = case.env._(
                "%(kind)s %(name)s: to be told to who handles the case",
                kind=self.env["ir.model"]._get(self._name).sudo().name,
                name=self.reference,
            )
            case._message_log(body=words)
            case.activity_schedule(
                TOLD_TASK,
                fields.Date.context_today(self),
                summary=words,
                user_id=case._get_follower().id or self.env.uid,
            )
