from collections import defaultdict
from datetime import date as Date

import psycopg2

from odoo import api, fields, models
from odoo.exceptions import ConcurrencyError, UserError, ValidationError
from odoo.tools import split_every
from odoo.tools.gc import disabling_gc

from .relance_explainer import Explainer
from .relance_facts_types import DEBTORS_PER_BATCH, UNSENT
from .relance_planner import Planner

# The days that people may choose, from the euro to the end of the calendar.
FIRST_DAY, LAST_DAY = Date(2000, 1, 1), Date(2099, 12, 31)


class RelanceRun(models.Model):
    """One planning pass at one date for one company, and the daily work behind it."""

    _name = "relance.run"
    _description = "Dunning run"
    _inherit = [
        "relance.company.fixed",
        "relance.guarded",
        "relance.run.failure",
        "relance.facts",
        "relance.wording",
    ]
    _order = "date desc, id desc"
    _rec_name = "date"

    date = fields.Date(required=True, default=fields.Date.context_today)
    company_id = fields.Many2one(
        "res.company",
        required=True,
        index=True,
        default=lambda self: self.env.company,
    )
    state = fields.Selection(
        [("draft", "To plan"), ("running", "Planning"), ("done", "Planned")],
        required=True,
        default="draft",
        readonly=True,
        copy=False,
    )
    is_daily = fields.Boolean(
        string="Daily", readonly=True, copy=False, help="Made by the daily job."
    )
    batch_ids = fields.One2many("relance.run.batch", "run_id", readonly=True)
    is_past = fields.Boolean(compute="_compute_is_past")
    reminder_ids = fields.One2many("relance.reminder", "run_id", readonly=True)
    reminder_count = fields.Integer(
        string="Reminders", compute="_compute_reminder_counts"
    )
    proposed_count = fields.Integer(
        string="To approve", compute="_compute_reminder_counts"
    )

    _daily_uniq = models.UniqueIndex(
        "(company_id, date) WHERE is_daily", "The daily run of this day exists already."
    )

    @api.depends("date", "company_id")
    def _compute_display_name(self):
        for run in self:
            run.display_name = self.env._(
                "Run of %(date)s", date=self._format(run.date) if run.date else ""
            )

    @api.depends("date")
    def _compute_is_past(self):
        today = fields.Date.context_today(self)
        for run in self:
            run.is_past = bool(run.date and run.date < today)

    @api.depends("reminder_ids.state")
    def _compute_reminder_counts(self):
        counts = defaultdict(lambda: defaultdict(int))
        for run, state, count in self.env["relance.reminder"]._read_group(
            [("run_id", "in", self.ids)], ["run_id", "state"], ["__count"]
        ):
            counts[run.id][state] = count
        for run in self:
            run.reminder_count = sum(counts[run.id].values())
            run.proposed_count = counts[run.id]["proposed"]

    # -------------------------------------------------------------------- actions

    def action_plan(self):
        """Plan the run: propose what is due, refresh or withdraw older proposals.

        Planning again changes nothing unless the facts have changed.

        :return: the action that opens the reminders of the run
        """
        self.check_access("write")
        for run in self:
            run._check_company_allowed()
            # sudo: only runs write reminders and their own progress; checked above.
            run.sudo()._plan_now()
        self.invalidate_recordset()
        return self[:1].action_open_reminders()

    @api.model
    def _get_writable_fields(self):
        return {"date", "company_id"}

    def _check_writable(self, vals):
        if not self.env.su and any(run.state != "draft" for run in self):
            raise UserError(
                self.env._("A run that has been planned is not changed: make another.")
            )
        return super()._check_writable(vals)

    def _check_company_allowed(self):
        """Refuse a company in which the user does not work.

        :raise UserError: naming the company
        """
        self.ensure_one()
        if not self.env.su and self.company_id not in self.env.companies:
            raise UserError(
                self.env._(
                    "The company %(name)s is not among those you work in: choose it in "
                    "the menu of companies first.",
                    # sudo: its name only, to say which one is meant.
                    name=self.company_id.sudo().name,
                )
            )

    def action_open_reminders(self):
        """Open the reminders of the run."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "relance_ar.relance_reminder_action_all"
        )
        return {**action, "domain": [("run_id", "=", self.id)], "context": {}}

    # ------------------------------------------------------------------- planning

    def _plan_now(self):
        """Plan every debtor in the transaction of whoever asks."""
        self.ensure_one()
        self.failures = False
        waiting = []
        for batch in self._get_batches():
            waiting += self._plan_batch(batch)
        waiting = self._plan_batch(waiting) if waiting else []
        self._note_in_use(waiting)
        self.state = "done"

    def _get_batches(self):
        """Return the debtors to look at, cut into lists that fit in the memory."""
        return split_every(DEBTORS_PER_BATCH, self._get_debtor_ids(), list)

    def _get_debtor_ids(self):
        """Return the debtors to look at: those who owe, and those with proposals."""
        found = self.env["relance.reminder"]._read_group(
            [("company_id", "=", self.company_id.id), ("state", "in", UNSENT)],
            ["partner_id"],
        )
        with_proposals = {partner.id for [partner] in found}
        return sorted({*self._debtor_ids(self.company_id), *with_proposals})

    def _plan_batch(self, partner_ids, isolate=False):
        """Plan these debtors; return those that somebody else is working on.

        :param isolate: name the debtor even where starting again might help
        """
        partners = self.env["res.partner"].browse(partner_ids)
        # sudo: a lock on rows, nothing is read or written. A row held by another
        # worker is skipped, so that several servers can share the work.
        free = partners.sudo().try_lock_for_update(allow_referencing=True).ids
        self._plan_debtors(free, isolate)
        self._forget()
        return sorted(set(partner_ids) - set(free))

    def _forget(self):
        """Let go of what a batch has read: the memory must not grow with the ledger."""
        for name in ("relance.reminder", "relance.reminder.line", "res.partner"):
            self.env[name].invalidate_model()

    def _plan_debtors(self, partner_ids, isolate=False):
        """Plan in one go; in halves when that fails, so that one cannot stop all."""
        planner = Planner(self)  # what is wrong with the company is no debtor's fault
        try:
            # What is made here lives until the end of the batch: nothing to collect.
            with self.env.cr.savepoint(), disabling_gc():
                planner.plan(partner_ids)
        except psycopg2.errors.OperationalError:
            raise  # a conflict of transactions: the caller or the scheduler retries
        except Exception as error:
            if not isolate and self._is_race(error):
                raise ConcurrencyError(str(error)) from error
            if len(partner_ids) == 1:
                self._note_debtor_failure(partner_ids[0], error)
                return
            middle = len(partner_ids) // 2
            self._plan_debtors(partner_ids[:middle], isolate)
            self._plan_debtors(partner_ids[middle:], isolate)

    # ------------------------------------------------------------------ explaining

    @api.model
    @api.readonly
    def explain(self, move_lines, date):
        """Say for each line whether it is due at ``date``, and why. Writes nothing.

        :param move_lines: ``account.move.line`` records or their ids
        :param date: date, or its ISO form
        :return: a list of dicts: ``move_line_id``, ``due`` (bool), ``level`` (name) and
            ``level_id``, ``phase``, ``next_date``, ``channel``, ``reasons`` (sentences)
        """
        self.check_access("read")
        lines = self.env["account.move.line"].browse(
            getattr(move_lines, "ids", move_lines)
        )
        lines.check_access("read")
        explained = {}
        day = self._to_date(date)
        for company, company_lines in lines.grouped("company_id").items():
            run = self.new({"company_id": company.id, "date": day})
            explained.update(Explainer(run).explain(company_lines))
        return [explained[line.id] for line in lines]

    @api.constrains("date")
    def _check_date(self):
        for run in self:
            self._check_day(run.date)

    @api.model
    def _check_day(self, day):
        """Refuse a day that nobody can mean.

        :raise ValidationError: naming the days between which it must lie
        """
        if day and not FIRST_DAY <= day <= LAST_DAY:
            raise ValidationError(
                self.env._(
                    "%(day)s is out of range: choose a day from %(first)s to %(last)s.",
                    day=day.isoformat(),
                    first=self._format(FIRST_DAY),
                    last=self._format(LAST_DAY),
                )
            )

    @api.model
    def _to_date(self, value):
        """Return a date given as such or in its ISO form.

        :raise UserError: for anything else, or a day that nobody can mean
        """
        try:
            day = fields.Date.to_date(value)
        except (TypeError, ValueError):
            day = None
        if not day:
            raise UserError(self.env._("“%(value)s” is not a date.", value=value))
        self._check_day(day)
        return day
