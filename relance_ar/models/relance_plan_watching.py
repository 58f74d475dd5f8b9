from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain
from odoo.tools import format_date

from ..core import instalments

COMING_TASK = "relance_ar.mail_activity_type_plan_coming"
LATE_TASK = "relance_ar.mail_activity_type_plan_broken"
# An instalment is announced to the officer this many days before.
NOTICE_DAYS = 5
# Months in which a payment that came in time may still be matched.
LOOK_BACK = 12


class RelancePlanWatching(models.AbstractModel):
    """Where plans stand: each instalment is watched by its own due date."""

    _name = "relance.plan.watching"
    _description = "Watching of payment plans"

    next_date = fields.Date(
        string="Next instalment", readonly=True, copy=False, index="btree_not_null"
    )
    broken_on = fields.Date(
        readonly=True,
        copy=False,
        help="Last day on which the missed instalment might have come.",
    )
    resumed_on = fields.Date(
        string="Taken up again on",
        readonly=True,
        copy=False,
        help="What had come by then is no longer late.",
    )

    @api.model
    def _cron_watch(self):
        """Watch the active plans, and those that the books may bring back.

        Those done whose instalments are open again; those broken, since a payment that
        came in time may be matched late.
        """
        found = self.search(self._get_to_watch_domain(), order="id")
        found._go_through(lambda plans: plans._refresh())

    @api.model
    def _get_to_watch_domain(self):
        """Return the plans that may stand elsewhere than noted.

        :rtype: Domain
        """
        on_open_lines = Domain("move_line_ids", "any", [("reconciled", "=", False)])
        since = fields.Date.subtract(fields.Date.context_today(self), months=LOOK_BACK)
        return (
            Domain("state", "=", "active")
            | (Domain("state", "in", ("done", "broken")) & on_open_lines)
            | (Domain("state", "=", "broken") & Domain("broken_on", ">=", since))
        )

    def _progress(self, today=None, resumed_on=None, until=None):
        """Return ``{plan: core.instalments.Progress}``: a few queries for all of them.

        Money counts from when the plan was drawn up: the first instalment is often
        paid before the signed document comes back.

        :param resumed_on: as if the plans were taken up again on that day
        :param until: leave out what came later; None: nothing
        """
        today = today or fields.Date.context_today(self)
        line_ids = self._line_ids_by_record()
        receipts = self._load_receipts({i for ids in line_ids.values() for i in ids})
        calendars = {
            company: company._get_relance_calendar() for company in self.company_id
        }
        found = {}
        for record in self:
            came = record._receipts_of(line_ids[record.id], receipts)
            found[record] = instalments.watch(
                record._to_core(),
                [r for r in came if not until or r.on <= until],
                today,
                record.tolerance_days,
                calendars[record.company_id],
                resumed_on or record.resumed_on or None,
            )
        return found

    def _to_core(self):
        """Return the instalments as the core wants them."""
        self.ensure_one()
        return [
            instalments.Instalment(i.date, self._to_decimal(i.amount))
            for i in self.instalment_ids
        ]

    def _refresh(self):
        """Note where plans stand, and give the officer what follows from it."""
        self._cancel_without_object()
        watched = self.filtered(lambda r: r.state in ("active", "done", "broken"))
        watched -= watched._under_correction()
        found = watched._progress()
        for record in watched - watched._cancel_written_off(found):
            progress = found[record]
            record._note_progress(progress)
            if progress.state != record.state:
                record._note_state(progress)
            record._announce(progress)

    def _note_state(self, progress):
        """Write where a plan now stands, and what follows from it."""
        self.ensure_one()
        if progress.state == instalments.BROKEN:
            self._note_broken(progress)
            return
        if self.state != "active" and self._get_overlap_problem():
            return  # another one has been agreed since
        if self.state == "broken":
            self._message_log(
                body=self.env._("What was missing had come in time: it goes on.")
            )
        self.write({"state": progress.state, "broken_on": False})
        if progress.state == instalments.DONE:
            self._waive_claims()

    def _cancel_without_object(self):
        """Cancel active plans about invoices that were cancelled or deleted."""
        active = self.filtered(lambda r: r.state == "active")
        gone = active._without_object()._cancel()
        body = self.env._("The invoice was cancelled.")
        gone._message_log_batch({record.id: body for record in gone})

    def _cancel_written_off(self, found):
        """Cancel plans of which nothing is owed any more, though they were not paid.

        :param found: ``{plan: core.instalments.Progress}``
        :return: the plans cancelled
        """
        line_ids = self._line_ids_by_record()
        owed = self._load_open_amounts({i for ids in line_ids.values() for i in ids})
        gone = self.filtered(
            lambda r: (
                r.state == "active"
                and found[r].state == instalments.ACTIVE
                and not any(owed.get(i) for i in line_ids[r.id])
            )
        )._cancel()
        body = self.env._("Closed without a payment: nothing is waited for any more.")
        gone._message_log_batch({record.id: body for record in gone})
        return gone

    def _note_progress(self, progress):
        """Write what came in on the instalments, where it changed."""
        by_day = {i.day: i for i in progress.instalments}
        for line in self.instalment_ids:
            now = by_day[line.date]
            vals = {"state": now.state, "amount_paid": float(now.paid)}
            if any(line[name] != value for name, value in vals.items()):
                line.write(vals)
        self.next_date = progress.next_one.day if progress.next_one else False

    def _note_broken(self, progress):
        """End a plan that was not kept: the original dates count again."""
        missed = progress.next_one
        self.write({"state": "broken", "broken_on": missed.limit})
        self._message_log(
            body=self.env._(
                "The instalment of %(day)s was not paid in time: the due dates of the "
                "invoices count again.",
                day=format_date(self.env, missed.day),
            )
        )

    def _announce(self, progress):
        """Keep the officer's tasks in step: an instalment to come, or one missed."""
        self.ensure_one()
        following = progress.next_one
        today = fields.Date.context_today(self)
        if self.state == "broken":
            self._drop_tasks(COMING_TASK)
            self._give_plan_task(LATE_TASK, today, following)
        elif (
            self.state != "active"  # done, and replaced since: nothing is awaited
            or not following
            or following.day > fields.Date.add(today, days=NOTICE_DAYS)
        ):
            self._drop_plan_tasks()
        else:
            self._drop_tasks(LATE_TASK)
            self._give_plan_task(COMING_TASK, max(following.day, today), following)

    def _give_plan_task(self, xmlid, day, following):
        officer = self._pick_officer(self.user_id)
        record = self.with_context(lang=officer.lang or self.env.lang)
        words = {
            "debtor": record.partner_id.name,
            "amount": record._money(float(following.missing)),
            "day": format_date(record.env, following.day),
        }
        if xmlid == LATE_TASK and following.missing <= 0:
            summary = record.env._(
                "%(debtor)s: plan broken, the instalment of %(day)s came too late",
                **words,
            )
        elif xmlid == LATE_TASK:
            summary = record.env._(
                "%(debtor)s: plan broken, %(amount)s of %(day)s did not come", **words
            )
        else:
            summary = record.env._(
                "%(debtor)s: instalment of %(amount)s on %(day)s", **words
            )
        record._give_task(xmlid, officer, day, summary)

    def _drop_plan_tasks(self):
        self._drop_tasks(COMING_TASK, LATE_TASK)

    def _resume(self):
        """Take broken plans up again where nothing is late any more.

        :raise ValidationError: for one whose instalments are handed over, or planned
            otherwise
        """
        broken = self.filtered(lambda r: r.state == "broken")
        resumed = self.browse()
        today = fields.Date.context_today(self)
        broken._take_turn()
        for record, progress in broken._progress(today, resumed_on=today).items():
            if progress.state == instalments.BROKEN:
                continue
            if problem := record._get_overlap_problem():
                raise ValidationError(problem)
            record.write({"state": "active", "broken_on": False, "resumed_on": today})
            resumed += record
        resumed._refresh()
        return resumed
