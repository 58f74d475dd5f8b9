from odoo import api, models


class RelanceReminderNotes(models.AbstractModel):
    """Writes the notes on what changed in one go for many reminders.

    Odoo inserts the note of each record, and what has changed on it, apart: two
    statements for each. Comes before ``mail.thread`` among the parents of the reminder:
    it extends it.
    """

    _name = "relance.reminder.notes"
    _description = "Notes on what changed in reminders"

    def _message_track(self, fields_iter, initial_values_dict):
        # EXTENDS 'mail': gather the notes, then write them together.
        notes = []
        gathering = self.with_context(relance_notes=notes)
        result = super(RelanceReminderNotes, gathering)._message_track(
            fields_iter, initial_values_dict
        )
        if notes:
            self.sudo()._write_notes(notes)  # sudo: as core writes a note
        return result

    @api.model
    def _write_notes(self, notes):
        """Create notes, and the changes they tell, in one statement for a hundred.

        :param notes: values of messages, with commands that create tracking values
        """
        changes = [note.pop("tracking_value_ids") for note in notes]
        messages = self._message_create(notes)
        self.env["mail.tracking.value"].create(
            [
                {**values, "mail_message_id": message.id}
                for message, commands in zip(messages, changes, strict=True)
                for _create, _id, values in commands
            ]
        )

    def _message_log_batch(self, bodies, **kwargs):
        # EXTENDS 'mail': only notes are gathered, not messages that notify somebody.
        notes = self.env.context.get("relance_notes")
        if notes is not None and kwargs.get("tracking_value_ids"):
            self = self.with_context(relance_notes=None, relance_gathered=notes)
        return super()._message_log_batch(bodies, **kwargs)

    @api.model
    def _message_create(self, values_list):
        # EXTENDS 'mail'
        gathered = self.env.context.get("relance_gathered")
        if gathered is None:
            return super()._message_create(values_list)
        gathered += values_list
        return self.env["mail.message"]
