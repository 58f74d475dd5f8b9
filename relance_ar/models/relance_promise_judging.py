from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import format_date

from ..core import promise
from .relance_agreement_tasks import BROKEN_TASK, LOOK_BACK, MATCH_TASK, Task


class RelancePromiseJudging(models.AbstractModel):
    """Whether promises were kept: the reconciliations say so, set by set."""

    _name = "relance.promise.judging"
    _description = "Judging of promises"

    currency_id = fields.Many2one("res.currency")
    amount_received = fields.Monetary(string="Received", readonly=True, copy=False)
    amount_missing = fields.Monetary(string="Missing", readonly=True, copy=False)
    settled_on = fields.Date(string="Settled on", readonly=True, copy=False)

    @api.model
    def _cron_judge(self):
        """Judge what may have changed: open promises, and those on open instalments.

        A payment that is undone opens its instalments again, and so brings back the
        promise that it had fulfilled. One that is matched late keeps a promise noted as
        broken, although its instalments are closed.
        """
        found = self.search(self._get_to_judge_domain(), order="id")
        found._go_through(lambda promises: promises._judge_now())

    @api.model
    def _get_to_judge_domain(self):
        """Return the promises whose outcome may differ from what is noted.

        :rtype: Domain
        """
        # sudo: the officers' link, read by the cron or for a verb already checked.
        on_open_lines = Domain("move_line_ids", "any", [("reconciled", "=", False)])
        since = fields.Date.subtract(fields.Date.context_today(self), months=LOOK_BACK)
        return (
            Domain("state", "=", "open")
            | (Domain("state", "in", ("kept", "broken")) & on_open_lines)
            | (Domain("state", "=", "broken") & Domain("date_limit", ">=", since))
        )

    def _judge_now(self):
        """Note what became of promises, as the books stand; return those that moved."""
        moved = self._cancel_without_object()
        judged = (self - moved).filtered(lambda r: r.state != "cancelled")
        judged -= judged._under_correction()
        judged._replace_leavers()
        outcomes = judged._judge()
        void = judged.filtered(lambda r: outcomes[r].state == promise.VOID)
        moved += void._cancel_written_off()
        judged -= void
        before = {record: (record.state, record.to_match) for record in judged}
        for record in judged:
            record._note_outcome(outcomes[record])
        changed = judged.filtered(lambda r: before[r] != (r.state, r.to_match))
        judged._tell(changed)
        return moved + changed.filtered(lambda r: before[r][0] != r.state)

    def _note_outcome(self, outcome):
        """Write what the books say of one promise, where it changed."""
        vals = {
            "state": outcome.state,
            "amount_received": float(outcome.received),
            "amount_missing": float(outcome.missing),
            "settled_on": outcome.settled_on or False,
            "to_match": outcome.to_match,
        }
        changed = {name: value for name, value in vals.items() if self[name] != value}
        if changed:
            self.write(changed)

    def _cancel_without_object(self):
        """Cancel promises about invoices that were cancelled or deleted."""
        gone = self._without_object()._cancel()
        body = self.env._("The invoice was cancelled.")
        gone._message_log_batch({record.id: body for record in gone})
        return gone

    def _cancel_written_off(self):
        """Cancel promises of what nobody owes any more, though nothing was paid."""
        gone = self.filtered(lambda r: r.state != "cancelled")
        gone.state = "cancelled"
        gone._drop_tasks(BROKEN_TASK, MATCH_TASK)
        body = self.env._("Closed without a payment: nothing is waited for any more.")
        gone._message_log_batch({record.id: body for record in gone})
        return gone

    def _get_excusable_until(self):
        return self.date_limit or None

    def _judge(self, today=None):
        """Return ``{promise: core.promise.Outcome}``: a few queries for all of them."""
        today = today or fields.Date.context_today(self)
        line_ids = self._line_ids_by_record()
        receipts = self._load_receipts({i for ids in line_ids.values() for i in ids})
        calendars = {
            company: company._get_relance_calendar() for company in self.company_id
        }

        def judge(record, books):
            mine = line_ids[record.id]
            found = record._receipts_of(mine, receipts, record.made_on)
            calendar = calendars[record.company_id]
            return promise.judge(record._to_core(), found, books, today, calendar)

        books = self._load_books(line_ids)
        outcomes = {record: judge(record, books[record]) for record in self}
        accused = self.filtered(lambda r: outcomes[r].state == promise.BROKEN)
        for record, more in accused._load_excuses(line_ids, books).items():
            outcomes[record] = judge(record, more)
        return outcomes

    def _tell(self, moved):
        """Give the officers tasks about what was broken; take back what is not."""
        wanted = {}
        for record in self:
            if record.to_match:
                wanted[record] = record._say_match(record.amount_missing)
            elif record.state == "broken" and record.amount_missing:
                wanted[record] = record._in_language_of_officer()._say_broken()
        self._keep_tasks((BROKEN_TASK, MATCH_TASK), wanted, moved)

    def _say_broken(self):
        """Return the task about what did not come."""
        self.ensure_one()
        summary = self.env._(
            "%(debtor)s promised %(amount)s for %(day)s: %(missing)s did not come",
            debtor=self.partner_id.name,
            amount=self._money(self.amount),
            day=format_date(self.env, self.date),
            missing=self._money(self.amount_missing),
        )
        return Task(BROKEN_TASK, fields.Date.context_today(self), summary)
