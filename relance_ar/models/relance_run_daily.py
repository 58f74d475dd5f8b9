import logging

import psycopg2

from odoo import api, fields, models
from odoo.exceptions import ConcurrencyError
from odoo.fields import Domain

from .relance_channel import CALLS, EMAIL

_logger = logging.getLogger(__name__)

DISPATCHED_PER_BATCH = 50
# The PDF of an invoice that has none yet takes about a second.
PRINTED_PER_BATCH = 20
APPROVED_PER_BATCH = 200
# Among so many a worker finds some that no other one has in hand.
LOOKED_AT_BY_WORKERS = 500
# Two workers have written the same: one of them starts again.
CONFLICTS = (psycopg2.errors.SerializationFailure, ConcurrencyError)


class RelanceRun(models.Model):
    """The daily work: plan, approve what goes by itself, send, put calls on lists.

    Each batch is committed, so that a crash loses and doubles nothing: what was planned
    is not proposed again, what was queued leaves with Odoo's mail queue.
    """

    _inherit = "relance.run"

    @api.model
    def _cron_daily_run(self):
        """Do the work of today in every company, until the time of the cron is over."""
        companies = self.env["res.company"].search([("active", "=", True)])
        for company in companies:
            # What the job writes is read by the people of the company.
            daily = self.with_context(lang=company._get_relance_lang())
            if not daily.with_company(company)._do_the_day(company):
                return
        self.env["ir.cron"]._commit_progress(remaining=0)

    @api.model
    def _do_the_day(self, company):
        """Do the day of one company; return whether there is time for the next one.

        What fails in one company is written on its run and does not stop the others.
        """
        run = self._get_daily_run(company)
        try:
            self.env["res.partner"]._relance_replace_handed_over(company)
            return (
                run._cron_plan()
                and run._cron_approve()
                and run._cron_calls()
                and run._cron_send()
            )
        except psycopg2.OperationalError:
            raise  # a conflict of transactions: the scheduler tries again
        except Exception as error:
            self.env.cr.rollback()
            _logger.exception("The daily run of %s failed", company.name)
            run = self._get_daily_run(company)
            run._note_failure(run._say_error(error))
            self.env["ir.cron"]._commit_progress()
            return True

    @api.model
    def _get_daily_run(self, company):
        """Return the run of today of a company, made if need be."""
        values = {
            "company_id": company.id,
            "date": fields.Date.context_today(self),
            "is_daily": True,
        }
        domain = [(name, "=", value) for name, value in values.items()]
        found = self.search(domain, limit=1)
        if found:
            return found
        try:
            with self.env.cr.savepoint():
                return self.create(values)
        except psycopg2.errors.UniqueViolation:
            # Another worker has just made it: a new transaction sees it.
            self.env.cr.rollback()
            return self.search(domain, limit=1)

    def _cron_plan(self):
        """Plan what is left of the day, beside other workers if there are any.

        :return: whether there is time to go on
        """
        commit = self.env["ir.cron"]._commit_progress
        if self.state == "draft":
            self._open_batches()
            commit(remaining=len(self.batch_ids) + 1)
        return self._plan_batches()

    def _plan_batches(self):
        """Plan batch after batch; return whether there is time to go on."""
        while batch := self.batch_ids._claim(self):
            if not self._plan_claimed(batch):
                return False
        self._close_if_planned()
        return True

    @api.model
    def _cron_help(self):
        """Plan and send what the daily runs of today have, beside their worker.

        Odoo runs a scheduled job on one worker at a time: this one is for another
        worker, or another server. Copies of the job make more of them.
        """
        runs = self.search(
            [
                ("is_daily", "=", True),
                ("date", "=", fields.Date.context_today(self)),
                ("state", "in", ("running", "done")),
            ]
        )
        for run in runs:
            lang = run.company_id._get_relance_lang()
            helped = run.with_context(lang=lang).with_company(run.company_id)
            if not (helped._plan_batches() and helped._cron_send()):
                return

    def _open_batches(self):
        """Put the debtors of the day in the queue."""
        self.env["relance.run.batch"].create(
            [{"run_id": self.id, "debtor_ids": ids} for ids in self._get_batches()]
        )
        self.state = "running"
        helper = self.env.ref("relance_ar.ir_cron_daily_help", raise_if_not_found=False)
        if helper:
            helper._trigger()

    def _plan_claimed(self, batch):
        """Plan a batch in a transaction of its own; return whether there is time.

        A conflict with another worker undoes it, and it is tried again later.
        """
        commit, size = self.env["ir.cron"]._commit_progress, len(batch.debtor_ids)
        try:
            batch._plan()
            return commit(size, remaining=self._count_batches() + 1)
        except CONFLICTS as conflict:
            _logger.info("A batch of %s is put off: %s", self.display_name, conflict)
            self.env.cr.rollback()
            batch = batch.try_lock_for_update()
            if batch.exists():
                batch._put_back(batch.debtor_ids)
            return commit(remaining=self._count_batches() + 1)

    def _count_batches(self):
        return self.env["relance.run.batch"].search_count([("run_id", "=", self.id)])

    def _close_if_planned(self):
        """Close the run once no worker has a batch of it any more."""
        if self.state == "running" and not self._count_batches():
            self.state = "done"
            self.env["ir.cron"]._commit_progress(remaining=1)

    def _cron_approve(self):
        """Approve what needs nobody: internal calls, and e-mails set to go alone."""
        proposed = self.env["relance.reminder"].search(self._get_automatic_domain())
        for batch in proposed.grouped(lambda r: r.id // APPROVED_PER_BATCH).values():
            free = batch.try_lock_for_update()  # not those of another worker
            free.with_context(tracking_disable=True)._approve()
            if not self.env["ir.cron"]._commit_progress(len(batch), remaining=1):
                return False
        return True

    def _cron_calls(self):
        """Put calls back on the lists from which they have vanished, somehow."""
        reminders = self.env["relance.reminder"]
        types = list(reminders._get_call_activity_types().values())
        lost = reminders.search(
            Domain("company_id", "=", self.company_id.id)
            & Domain("state", "=", "approved")
            & Domain("channel", "in", CALLS)
            & Domain("activity_ids", "not any", [("activity_type_id", "in", types)])
        )
        for batch in lost.grouped(lambda r: r.id // APPROVED_PER_BATCH).values():
            batch._schedule_calls()
            if not self.env["ir.cron"]._commit_progress(len(batch), remaining=1):
                return False
        return True

    def _get_automatic_domain(self):
        """Return the proposals that need no approval on the day of the run."""
        self.ensure_one()
        company = self.company_id
        # On a Saturday this is Monday: calls are on the lists when the week begins.
        day = company._get_relance_calendar().next_working_day(self.date)
        proposed = (
            Domain("company_id", "=", company.id)
            & Domain("state", "=", "proposed")
            & Domain("date_planned", "<=", day)
        )
        proposed &= Domain("over_ceiling", "=", False) & Domain(
            "level_id.approver", "=", "officer"
        )
        nobody = Domain("channel", "in", CALLS) | Domain(
            "level_id.auto_approve", "=", True
        )
        if not company._relance_is_automatic(self.date):
            return proposed & nobody
        alone = self.env["relance.reminder"]._get_alone_domain(company)
        emails = Domain("channel", "=", EMAIL) & alone
        return proposed & (nobody | emails)

    def _cron_send(self):
        """Send the approved e-mails of the day; return whether all were treated."""
        company, commit = self.company_id, self.env["ir.cron"]._commit_progress
        if not company._relance_is_automatic(self.date):
            return True
        # What was approved late on a Friday waits for Monday.
        if not company._get_relance_calendar().is_working_day(self.date):
            return True
        reminders = self.env["relance.reminder"]
        closed = self.env["relance.closing"]._get_closed_debtor_ids(company, self.date)
        domain = reminders._get_sendable_domain(company, self.date)
        domain &= Domain("partner_id", "not in", closed)
        while batch := self._claim_emails(domain):
            queued = batch.with_context(tracking_disable=True)._queue()
            remaining = reminders.search_count(domain)
            time_left = commit(len(batch), remaining=remaining + 1)
            queued._send_queued_mails()
            if not (time_left and queued):
                return not remaining
        return True

    @api.model
    def _claim_emails(self, domain):
        """Lock and return the next e-mails to send that no other worker has."""
        waiting = self.env["relance.reminder"].search(
            domain, limit=LOOKED_AT_BY_WORKERS, order="id"
        )
        claimed = waiting.try_lock_for_update(limit=DISPATCHED_PER_BATCH)
        return claimed._first_to_print(PRINTED_PER_BATCH)
