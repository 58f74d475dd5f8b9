import logging
from datetime import timedelta

import psycopg2

from odoo import fields, models
from odoo.tools import SQL, split_every

_logger = logging.getLogger(__name__)

WORKED_AT_ONCE = 500
# A turn that ran out of time goes on where it stopped, if it is taken up by then.
TURN = timedelta(hours=6)
FAILURE_ACTIVITY = "mail.mail_activity_data_warning"


class RelanceAgreementCron(models.AbstractModel):
    """Goes through agreements as a cron does: in batches, and past what fails."""

    _name = "relance.agreement.cron"
    _description = "Nightly work on what was said about instalments"

    worked_at = fields.Datetime(
        string="Looked at",
        readonly=True,
        copy=False,
        help="When a nightly job last looked at it.",
    )

    def _go_through(self, work):
        """Do some work on the records, batch by batch, each committed.

        A batch is of one company, in its language. The work done twice changes nothing:
        nothing is lost if the time of the cron runs out, and the scheduler comes back
        for what is left, and goes on where it stopped.

        :param work: called with each batch; the only one of its cron
        :return: the records on which it failed
        """
        failed, turn = self.browse(), self._get_turn()
        left = len(turn)
        for company, records in turn.grouped("company_id").items():
            here = records.with_context(lang=company._get_relance_lang())
            for ids in split_every(WORKED_AT_ONCE, here.ids):
                failed += here.browse(ids)._attempt(work)
                here.browse(ids)._note_worked()
                left -= len(ids)
                if not self.env["ir.cron"]._commit_progress(len(ids), remaining=left):
                    return failed
        return failed

    def _get_turn(self):
        """Return the records not looked at in this turn, or all in a new one."""
        now = fields.Datetime.now()
        waiting = self.filtered(lambda r: not r.worked_at or r.worked_at <= now - TURN)
        return (waiting or self).sorted(lambda r: (r.worked_at or now.min, r.id))

    def _note_worked(self):
        # Not a change of the record: who last wrote it, and when, stays.
        self.env.cr.execute(
            SQL(
                "UPDATE %s SET worked_at = %s WHERE id IN %s",
                SQL.identifier(self._table),
                fields.Datetime.now(),
                self._ids,
            )
        )
        self.invalidate_recordset(["worked_at"], flush=False)

    def _attempt(self, work):
        """Do the work on all, else on one after the other; return those that fail."""
        try:
            with self.env.cr.savepoint():
                work(self)
            return self.browse()
        except psycopg2.OperationalError:
            raise  # a conflict of transactions: the scheduler tries again
        except Exception as error:
            if len(self) > 1:
                each = (record._attempt(work) for record in self)
                return self.browse().union(*each)
            self._tell_failure(error)
            return self

    def _tell_failure(self, error):
        """Put it on the officer's list, once, that a record needs a person."""
        self.ensure_one()
        _logger.info("%s is left as it is", self, exc_info=error)
        asked = self.env.ref(FAILURE_ACTIVITY, raise_if_not_found=False)
        if not asked or asked in self.activity_ids.activity_type_id:
            return
        self.activity_schedule(
            FAILURE_ACTIVITY,
            date_deadline=fields.Date.context_today(self),
            summary=self.env._("%(name)s cannot be followed", name=self.display_name),
            note=self.env["relance.run"]._say_error(error),
            user_id=self._officer_of_debtor().id or self.env.uid,
        )
