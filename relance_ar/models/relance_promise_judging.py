from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import format_date

from ..core import promise
from ..core.amounts import ZERO

BROKEN_TASK = "relance_ar.mail_activity_type_promise_broken"
# Months in which a payment that came in time may still be matched.
LOOK_BACK = 12


class RelancePromiseJudging(models.AbstractModel):
    """Whether promises were kept: the reconciliations say so, set by set."""

    _name = "relance.promise.judging"
    _description = "Judging of promises"

    currency_id = fields.Many2one("res.currency")
    amount_received = fields.Monetary(string="Received", readonly=True, copy=False)
    amount_missing = fields.Monetary(string="Missing", readonly=True, copy=False)
    settled_on = fields.Date(readonly=True, copy=False)

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
        outcomes = (judged - judged._under_correction())._judge()
        for record, outcome in outcomes.items():
            if outcome.state == promise.VOID:
                moved += record._cancel_written_off()
                continue
            vals = {
                "state": outcome.state,
                "amount_received": float(outcome.received),
                "amount_missing": float(outcome.missing),
                "settled_on": outcome.settled_on or False,
            }
            changed = {name: v for name, v in vals.items() if record[name] != v}
            if "state" in changed:
                moved += record
            if changed:
                record.write(changed)
        moved.filtered(lambda r: r.state != "cancelled")._tell()
        return moved

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
        gone._drop_tasks(BROKEN_TASK)
        body = self.env._("Closed without a payment: nothing is waited for any more.")
        gone._message_log_batch({record.id: body for record in gone})
        return gone

    def _judge(self, today=None):
        """Return ``{promise: core.promise.Outcome}``: three queries for all of them."""
        today = today or fields.Date.context_today(self)
        line_ids = self._line_ids_by_record()
        every = {i for ids in line_ids.values() for i in ids}
        receipts = self._load_receipts(every)
        open_amounts = self._load_open_amounts(every)
        calendars = {
            company: company._get_relance_calendar() for company in self.company_id
        }
        return {
            record: promise.judge(
                record._to_core(),
                record._receipts_of(line_ids[record.id], receipts, record.made_on),
                sum((open_amounts.get(i, ZERO) for i in line_ids[record.id]), ZERO),
                today,
                calendars[record.company_id],
            )
            for record in self
        }

    def _tell(self):
        """Give the officer a task about what was broken; take back what is not."""
        broken = self.filtered(lambda r: r.state == "broken")
        (self - broken)._drop_tasks(BROKEN_TASK)
        today = fields.Date.context_today(self)
        for record in broken:
            officer = record._pick_officer(record.user_id)
            written = record.with_context(lang=officer.lang or self.env.lang)
            summary = written.env._(
                "%(debtor)s promised %(amount)s for %(day)s: %(missing)s did not come",
                debtor=record.partner_id.name,
                amount=written._money(record.amount),
                day=format_date(written.env, record.date),
                missing=written._money(record.amount_missing),
            )
            written._give_task(BROKEN_TASK, officer, today, summary)
