from odoo import SUPERUSER_ID, api, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from odoo.addons.base.models.ir_model import MODULE_UNINSTALL_FLAG

from .relance_facts_types import CONFIRMED

REMINDER = "relance.reminder"
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
    """The files of reminders that have left are a proof: they stay as they were."""

    _inherit = "ir.attachment"

    def write(self, vals):
        # EXTENDS 'base'
        if not self.env.su and CONTENT & vals.keys():
            self._relance_refuse_proofs()
        return super().write(vals)

    def unlink(self):
        # EXTENDS 'base': an invoice that is deleted leaves its copy to the reminder.
        kept = self.browse()
        if self.env.su:
            kept = self._relance_rehome()
        return super(IrAttachment, self - kept).unlink()

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
        """Refuse to touch the files of reminders that have left.

        :raise UserError: naming the reminder
        """
        for reminder_id in self._relance_find_proven().values():
            # sudo: the name of the reminder that the file belongs to.
            reminder = self.env[REMINDER].sudo().browse(reminder_id)
            raise UserError(
                self.env._(
                    "%(name)s has left: its message and its files are kept as a proof.",
                    name=reminder.display_name,
                )
            )

    def _relance_rehome(self):
        """Move copies of invoices that reminders have carried to these reminders.

        :return: the attachments moved
        """
        proven = self._relance_find_proven()
        moved = self.filtered(lambda a: a.id in proven and a.res_model != REMINDER)
        for attachment in moved:
            attachment.write(
                {
                    "res_model": REMINDER,
                    "res_id": proven[attachment.id],
                    "res_field": False,
                }
            )
        return moved

    def _relance_find_proven(self):
        """Return ``{attachment id: id of the reminder that it proves}``."""
        # While the addon is uninstalled, its tables may be gone already.
        if not self.ids or self.env.context.get(MODULE_UNINSTALL_FLAG):
            return {}
        self.env[REMINDER].flush_model(["state", "message_id"])
        self.flush_model(["res_model", "res_id"])
        return dict(
            self.env.execute_query(
                SQL(
                    """
                    SELECT a.id, r.id
                      FROM ir_attachment a
                      JOIN relance_reminder r ON r.id = a.res_id
                     WHERE a.id IN %(ids)s AND a.res_model = %(model)s
                       AND r.state IN %(states)s
                     UNION ALL
                    SELECT c.attachment_id, r.id
                      FROM message_attachment_rel c
                      JOIN relance_reminder r ON r.message_id = c.message_id
                     WHERE c.attachment_id IN %(ids)s
                    """,
                    ids=tuple(self.ids),
                    model=REMINDER,
                    states=CONFIRMED,
                )
            )
        )
