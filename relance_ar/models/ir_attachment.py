from odoo import SUPERUSER_ID, api, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from .relance_facts_types import CONFIRMED
from .relance_penalty_states import DRAFT
from .relance_uninstalling import is_uninstalling, without_force

REMINDER = "relance.reminder"
CLAIM = "relance.penalty.claim"
PLAN = "relance.plan"
CONTENT = {
    "checksum",
    "datas",
    "db_datas",
    "mimetype",
    "name",
    "public",
    "raw",
    "res_field",
    "res_id",
    "res_model",
    "store_fname",
    "type",
    "url",
}


class IrAttachment(models.Model):
    """What proves a reminder that has left, costs claimed or a plan stays as it was."""

    _inherit = "ir.attachment"

    def _relance_download(self):
        """Return the action that downloads the file."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_url",
            "url": f"/web/content/{self.id}?download=true",
            "target": "download",
        }

    def write(self, vals):
        # EXTENDS 'base'
        if not self.env.su and CONTENT & vals.keys():
            self._relance_refuse_proofs()
        return super().write(vals)

    def unlink(self):
        # EXTENDS 'base': an invoice that is deleted leaves its copy to the reminder.
        files = without_force(self)
        if files.env.su:
            files -= files._relance_rehome()
        return super(IrAttachment, files).unlink()

    @api.ondelete(at_uninstall=False)
    def _unlink_except_proof(self):
        if not self.env.su:
            self._relance_refuse_proofs()

    def _delete_and_notify(self, message=None):
        # EXTENDS 'mail': the chatter deletes as superuser for whoever clicks.
        if self.env.uid != SUPERUSER_ID:
            self._relance_refuse_proofs()
        return super()._delete_and_notify(message)

    def _relance_refuse_proofs(self):
        """Refuse to touch what proves a reminder that has left, costs, or a plan.

        :raise UserError: naming it
        """
        for model, record_id in self._relance_find_proven().values():
            # sudo: the name of what the file belongs to.
            record = self.env[model].sudo().browse(record_id)
            name = record.display_name
            words = {
                CLAIM: self.env._(
                    "%(name)s is no longer a draft: the proof of its costs is kept as "
                    "it is.",
                    name=name,
                ),
                PLAN: self.env._(
                    "%(name)s is agreed: what was signed is kept as it is.", name=name
                ),
            }
            raise UserError(words.get(model) or self._relance_say_kept(record))
        self._relance_refuse_sealed()

    @api.model
    def _relance_say_kept(self, reminder):
        """Return why the files of a reminder stay as they are."""
        name = reminder.display_name
        if reminder.letter_id and reminder.state not in CONFIRMED:
            return self.env._(
                "The letter of %(name)s is printed: it is kept as it is on paper.",
                name=name,
            )
        return self.env._(
            "%(name)s has left: its message and its files are kept as a proof.",
            name=name,
        )

    def _relance_refuse_sealed(self):
        """Refuse to touch the files that contacts and proof files are sealed with.

        :raise UserError: naming the file
        """
        if not self.ids or is_uninstalling(self.env):
            return
        rows = self.env.execute_query(
            SQL(
                """
                SELECT attachment_id FROM relance_event_attachment_rel
                 WHERE attachment_id IN %(ids)s
                 UNION ALL
                SELECT zip_id FROM relance_proof WHERE zip_id IN %(ids)s
                 UNION ALL
                SELECT pdf_id FROM relance_proof WHERE pdf_id IN %(ids)s
                 UNION ALL
                SELECT file_id FROM relance_witness WHERE file_id IN %(ids)s
                 LIMIT 1
                """,
                ids=tuple(self.ids),
            )
        )
        for [attachment_id] in rows:
            # sudo: the name of the file that somebody wants to touch.
            file = self.sudo().browse(attachment_id)
            raise UserError(
                self.env._("The file %(name)s is kept as a proof.", name=file.name)
            )

    def _relance_rehome(self):
        """Move files of others, copies of invoices for instance, to what they prove.

        :return: the attachments moved
        """
        proven = self._relance_find_proven()
        moved = self.filtered(
            lambda a: a.id in proven and a.res_model not in (REMINDER, CLAIM, PLAN)
        )
        for attachment in moved:
            model, record_id = proven[attachment.id]
            attachment.write(
                {"res_model": model, "res_id": record_id, "res_field": False}
            )
        return moved

    def _relance_find_proven(self):
        """Return ``{attachment id: (model, id) of what it proves}``."""
        # While the addon is uninstalled, its tables may be gone already.
        if not self.ids or is_uninstalling(self.env):
            return {}
        self.env[REMINDER].flush_model(["letter_id", "message_id", "state"])
        self.env[CLAIM].flush_model(["state", "cost_attachment_ids"])
        self.env[PLAN].flush_model(["state", "acceptance_ids"])
        self.flush_model(["res_model", "res_id"])
        rows = self.env.execute_query(
            SQL(
                """
                SELECT a.id, %(reminder)s, r.id
                  FROM ir_attachment a
                  JOIN relance_reminder r ON r.id = a.res_id
                 WHERE a.id IN %(ids)s AND a.res_model = %(reminder)s
                   AND (r.state IN %(confirmed)s OR r.letter_id = a.id)
                 UNION ALL
                SELECT m.attachment_id, %(reminder)s, r.id
                  FROM message_attachment_rel m
                  JOIN relance_reminder r ON r.message_id = m.message_id
                 WHERE m.attachment_id IN %(ids)s
                 UNION ALL
                SELECT p.ir_attachment_id, %(claim)s, c.id
                  FROM relance_penalty_claim_proof_rel p
                  JOIN relance_penalty_claim c ON c.id = p.relance_penalty_claim_id
                 WHERE p.ir_attachment_id IN %(ids)s AND c.state <> %(draft)s
                 UNION ALL
                SELECT s.ir_attachment_id, %(plan)s, p.id
                  FROM ir_attachment_relance_plan_rel s
                  JOIN relance_plan p ON p.id = s.relance_plan_id
                 WHERE s.ir_attachment_id IN %(ids)s AND p.state <> %(draft)s
                """,
                ids=tuple(self.ids),
                reminder=REMINDER,
                claim=CLAIM,
                plan=PLAN,
                confirmed=CONFIRMED,
                draft=DRAFT,
            )
        )
        return {file_id: (model, record_id) for file_id, model, record_id in rows}
