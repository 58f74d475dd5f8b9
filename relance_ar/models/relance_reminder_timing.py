from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date

from ..core import schedule
from ..core.calendar import NoWorkingDayError
from .relance_channel import CALLS
from .relance_facts_types import CONFIRMED
from .relance_level import PREVENTIVE

# What keeps a reminder from leaving today; a closed day does not, if a person insists.
RHYTHM = {"min_gap", "deadline"}


class RelanceReminderTiming(models.AbstractModel):
    """The rhythm, looked at once more when a reminder is about to leave.

    It was decided for the day planned. Sent on another day, or after another contact,
    it must not come too soon.
    """

    _name = "relance.reminder.timing"
    _description = "Day on which a reminder may leave"

    waiting_note = fields.Char(
        compute="_compute_waiting_note", help="Why it does not leave today."
    )

    @api.depends("state", "date_planned", "channel")
    @api.depends_context("lang")
    def _compute_waiting_note(self):
        today = fields.Date.context_today(self)
        for reminder in self:
            is_early = reminder.date_planned and reminder.date_planned > today
            waits = is_early and reminder.state in ("proposed", "approved")
            reminder.waiting_note = waits and reminder._say_early()

    def _say_early(self):
        """Return that the day planned has not come, and what happens then."""
        self.ensure_one()
        return self.env._(
            "%(name)s is planned for %(day)s: it may leave from that day on. Until it "
            "does or is cancelled, nothing else is proposed about its lines.",
            name=self.display_name,
            day=format_date(self.env, self.date_planned),
        )

    # --------------------------------------------------------------- before leaving

    def _refuse_if_too_soon(self):
        """Refuse when none of the reminders may leave today.

        :raise UserError: naming the day from which the first of them may
        """
        approved = self.filtered(
            lambda r: (
                r.state == "approved" and not r.letter_id and r.channel not in CALLS
            )
        )
        too_soon = approved._get_too_soon()
        if too_soon and len(too_soon) == len(approved):
            raise UserError(next(iter(too_soon.values()))[1])

    def _refuse_calls_too_soon(self):
        """Refuse to note calls and visits as made before the day planned.

        Another contact in between does not matter: what took place is noted.

        :raise UserError: naming the day from which the first of them may be made
        """
        today = fields.Date.context_today(self)
        for reminder in self:
            if reminder.date_planned and reminder.date_planned > today:
                raise UserError(reminder._say_early())

    def _check_rhythm(self):
        """Put off what would come too soon; return what may leave today."""
        too_soon = self._get_too_soon()
        for reminder, (day, reason) in too_soon.items():
            if day != reminder.date_planned:
                reminder.date_planned = day
            reminder._message_log(body=reason)
        return self.filtered(lambda reminder: reminder not in too_soon)

    def _get_too_soon(self):
        """Return ``{reminder: (day from which it may leave, why)}`` of those too soon.

        The reminders of one plan leave together; each other contact with the debtor,
        and the deadline that it has granted, is left its time.
        """
        today, found = fields.Date.context_today(self), {}
        for company, reminders in self.grouped("company_id").items():
            contacts = reminders._load_rhythm(company)
            closings = self.env["relance.closing"]._of_debtors(
                reminders.partner_id.ids, company
            )
            calendar = company._get_relance_calendar()
            for reminder in reminders.sorted(lambda r: (r.date_planned, r.id)):
                theirs = contacts.setdefault(reminder.partner_id, self.browse())
                others = theirs.filtered(lambda r, me=reminder: not me._is_with(r))
                if reminder.date_planned > today:
                    found[reminder] = (reminder.date_planned, reminder._say_early())
                    continue
                debtor = reminder._as_debtor(others, closings, today)
                if wait := reminder._get_wait(debtor, today, calendar):
                    found[reminder] = wait
                else:
                    contacts[reminder.partner_id] = theirs + reminder
        return found

    def _load_rhythm(self, company):
        """Return ``{debtor: contacts made that may still count}``, the last first."""
        a_year_ago = fields.Date.subtract(fields.Date.context_today(self), days=366)
        contacts = self.search(
            [
                ("company_id", "=", company.id),
                ("partner_id", "in", self.partner_id.ids),
                ("state", "in", CONFIRMED),
                "|",
                ("date_done", ">=", a_year_ago),
                ("deadline", ">=", a_year_ago),
            ],
            order="date_done DESC, id DESC",
        )
        return contacts.grouped("partner_id")

    def _is_with(self, other):
        """Say whether ``other`` is of the same plan, and leaves on the same day."""
        self.ensure_one()
        day = other.date_done or fields.Date.context_today(self)
        if day != fields.Date.context_today(self):
            return False
        if self.run_id and other.run_id:
            return self.run_id == other.run_id
        return self.date_planned == other.date_planned

    def _as_debtor(self, others, closings, today):
        """Return the debtor as the core wants it: the last contact and its deadline.

        :param others: contacts made, or about to be in this very transaction
        """
        last = max(others, key=lambda r: r.date_done or today, default=others)
        firm = others.filtered(lambda r: r.phase != PREVENTIVE)
        answered_to = max(firm, key=lambda r: r.date_done or today, default=firm)
        return schedule.Debtor(
            lines=(),
            last_contact=last
            and schedule.Contact(last.date_done or today, last.channel),
            deadline=self._get_deadline_of(answered_to),
            closings=closings.get(self.partner_id.id, ()),
        )

    @api.model
    def _get_deadline_of(self, reminder):
        """Return the day that a contact has granted, or is about to; None if none."""
        if not reminder:
            return None
        granted = reminder.deadline if reminder.date_done else reminder._get_deadline()
        return granted or None

    def _get_wait(self, debtor, today, calendar):
        """Return until when the rhythm asks to wait, and why; None if it does not."""
        self.ensure_one()
        of = self.level_id.sudo().scenario_id  # sudo: policy, maybe of a parent company
        scenario = schedule.Scenario((), min_gap=of.min_gap_days, grace=of.grace_days)
        is_overdue = self.phase != PREVENTIVE
        try:
            day, reasons = schedule.next_contact(
                debtor, scenario, today, calendar, is_overdue
            )
        except NoWorkingDayError:
            return None  # the plan says so
        if day <= today or RHYTHM.isdisjoint(reason.code for reason in reasons):
            return None
        why = " ".join(self.env["relance.run"]._say(reason) for reason in reasons)
        return day, self.env._(
            "%(name)s may leave from %(day)s on. %(why)s",
            name=self.display_name,
            day=format_date(self.env, day),
            why=why,
        )

    # -------------------------------------------------------------------- by a person

    def _check_day_written(self, vals):
        """Let people put a reminder off, not bring a step before its time.

        :raise UserError: naming the first day possible
        """
        day = fields.Date.to_date(vals.get("date_planned"))
        for reminder in self if day else ():
            self.env["relance.run"]._check_day(day)
            lead = reminder.line_ids.filtered(
                lambda line, me=reminder: line.level_id == me.level_id
            )
            steps = [line._get_step_date() for line in lead]
            first = min([reminder.date_planned, max(steps, default=day)])
            if day < first:
                raise UserError(
                    self.env._(
                        "%(name)s cannot leave before %(day)s: its step has not come "
                        "earlier.",
                        name=reminder.display_name,
                        day=format_date(self.env, first),
                    )
                )
