from odoo import api, fields, models, modules
from odoo.modules.registry import Registry
from odoo.tools import SQL

from .ids_array import ids_array


class RelanceHandover(models.Model):
    """An e-mail that the mail server has taken, until the batch it is in is committed.

    Noted at once, by a connection of its own. Whoever finds such an e-mail still to be
    sent knows that its sender was stopped in the middle, and does not send it again.
    """

    _name = "relance.handover"
    _description = "E-mail handed over to the mail server"
    _log_access = False

    # Not a reference: the sender holds a lock on the e-mail.
    mail_id = fields.Integer(required=True)
    company_id = fields.Many2one("res.company", required=True, ondelete="cascade")

    _mail_uniq = models.UniqueIndex("(mail_id)", "It was handed over already.")

    @api.model
    def _find(self, mail_ids):
        """Return the ids of those that the mail server has taken."""
        if not mail_ids:
            return set()
        found = self.search_fetch([("mail_id", "in", mail_ids)], ["mail_id"])
        return set(found.mapped("mail_id"))

    @api.autovacuum
    def _gc_settled(self):
        """Drop the notes of senders that were stopped, once they have been heeded."""
        self.env.cr.execute(
            "DELETE FROM relance_handover WHERE mail_id NOT IN"
            " (SELECT id FROM mail_mail WHERE state = 'outgoing')"
        )


class Handovers:
    """Notes what the mail server has taken; used as a context manager.

    :param env: of the sender; in a test, which commits nothing, its own connection
        serves
    """

    def __init__(self, env):
        self._own = not modules.module.current_test
        self._cr = Registry(env.cr.dbname).cursor() if self._own else env.cr

    def __enter__(self):
        return self

    def __exit__(self, *_error):
        if self._own:
            self._cr.close()

    def find(self, mail_ids):
        """Return the ids of those that the mail server has taken."""
        query = "SELECT mail_id FROM relance_handover WHERE mail_id = ANY(%s)"
        self._cr.execute(SQL(query, ids_array(mail_ids)))
        found = {mail_id for [mail_id] in self._cr.fetchall()}
        self._commit()  # the next look is at what is there then
        return found

    def note(self, mail):
        """Keep that the mail server has taken an e-mail, whatever happens next."""
        self._cr.execute(
            "INSERT INTO relance_handover (mail_id, company_id) VALUES (%s, %s)"
            " ON CONFLICT (mail_id) DO NOTHING",
            (mail.id, mail.record_company_id.id or mail.env.company.id),
        )
        self._commit()

    def forget(self, mail_ids):
        """Drop the notes: what was done is committed."""
        query = "DELETE FROM relance_handover WHERE mail_id = ANY(%s)"
        self._cr.execute(SQL(query, ids_array(mail_ids)))
        self._commit()

    def _commit(self):
        if self._own:
            self._cr.commit()  # pylint: disable=invalid-commit
