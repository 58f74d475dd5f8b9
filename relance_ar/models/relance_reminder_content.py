from odoo import api, fields, models
from odoo.tools import format_date, formatLang

from ..core.schedule import part_in_message
from .relance_facts_types import CONFIRMED, UNSENT
from .relance_level import PHASE_RANK, PHASES

# Parts of messages, rendered in the language of the debtor.
MESSAGE_PARTS = {
    "lines_table": "relance_ar.reminder_lines",
    "payment_note": "relance_ar.reminder_payment",
    "signature": "relance_ar.reminder_signature",
}
# On paper: what a court and an accountant read, and a code for the banking app.
LETTER_PARTS = {
    "lines_table": "relance_ar.letter_lines",
    "payment_note": "relance_ar.letter_payment",
    "signature": "relance_ar.letter_signature",
}
# Why nobody is written to about a line until somebody says so.
HELD_FOR_LONG = ("line_hold", "notice_under_way")


class RelanceReminderContent(models.AbstractModel):
    """What a reminder says: its amounts, its penalties, the parts of its message."""

    _name = "relance.reminder.content"
    _description = "Content of a reminder"
    _inherit = ["relance.writing"]

    currency_id = fields.Many2one("res.currency", required=True, readonly=True)
    lang = fields.Char(string="Language", readonly=True)
    phase = fields.Selection(PHASES, required=True, readonly=True, index=True)
    # Not read-only, so that a run gives their values at once with thousands of others;
    # people cannot write them: see relance.guarded.
    line_count = fields.Integer(
        string="Instalments", compute="_compute_amounts", store=True, readonly=False
    )
    amount_due = fields.Monetary(
        string="Listed",
        compute="_compute_amounts",
        store=True,
        readonly=False,
        help="All that the reminder lists, also what is only coming due.",
    )
    amount_credit = fields.Monetary(
        string="Credits",
        readonly=True,
        help="Credit notes and payments not yet matched, set against what is due.",
    )
    amount_net = fields.Monetary(
        string="To pay",
        compute="_compute_amounts",
        store=True,
        readonly=False,
        help="What is overdue (or coming due, before the due date) less the credits.",
    )
    date_oldest = fields.Date(
        string="Oldest due date", compute="_compute_amounts", store=True, readonly=False
    )
    days_late = fields.Integer(string="Oldest, days late", compute="_compute_days_late")
    penalty_interest = fields.Monetary(
        string="Late-payment interest", compute="_compute_penalties"
    )
    penalty_indemnity = fields.Monetary(
        string="Recovery indemnity", compute="_compute_penalties"
    )
    amount_claimed = fields.Monetary(
        string="With penalties",
        compute="_compute_penalties",
        help="What is to pay, late-payment interest and recovery indemnity included.",
    )
    penalty_rate_note = fields.Char(compute="_compute_penalty_rate_note")
    penalty_error = fields.Char(compute="_compute_penalties")
    lines_table = fields.Html(
        string="Table of the lines", compute="_compute_messages", sanitize=False
    )
    payment_note = fields.Html(compute="_compute_messages", sanitize=False)
    signature = fields.Html(compute="_compute_messages", sanitize=False)

    @api.depends(
        "line_ids.amount_residual", "line_ids.level_id", "amount_credit", "phase"
    )
    def _compute_amounts(self):
        for reminder in self:
            to_pay = reminder._get_lines_by_part()["to_pay"]
            asked = sum(to_pay.mapped("amount_residual"))
            reminder.line_count = len(reminder.line_ids)
            reminder.amount_due = sum(reminder.line_ids.mapped("amount_residual"))
            reminder.amount_net = asked - reminder.amount_credit
            reminder.date_oldest = min(to_pay.mapped("date_maturity"), default=False)

    @api.depends("date_oldest", "date_done", "date_planned")
    def _compute_days_late(self):
        for day, reminders in self._by_day().items():
            for reminder in reminders:
                oldest = reminder.date_oldest or day
                reminder.days_late = max((day - oldest).days, 0)

    @api.depends(
        "line_ids", "line_ids.amount_disputed", "date_done", "date_planned", "level_id"
    )
    def _compute_penalties(self):
        for day, reminders in self._by_day().items():
            claiming = reminders.filtered("level_id.claim_penalties")
            penalties, missing = claiming._get_penalties(day)
            for reminder in reminders:
                claimed = reminder._get_penalty_lines().ids
                found = [penalties[i] for i in claimed if i in penalties]
                errors = [missing[i] for i in claimed if i in missing]
                # All or nothing: a part of the penalties would be taken for the whole.
                found = [] if errors else found
                reminder.penalty_interest = float(sum(p.interest for p in found))
                reminder.penalty_indemnity = float(sum(p.indemnity for p in found))
                reminder.penalty_error = reminder in claiming and (
                    self.env["relance.interest.rate"]._say_missing(errors[0])
                    if errors
                    else ""
                )
                reminder.amount_claimed = (
                    reminder.amount_net
                    + reminder.penalty_interest
                    + reminder.penalty_indemnity
                )

    def _by_day(self):
        """Return the reminders grouped by the day their amounts are reckoned at."""
        today = fields.Date.context_today(self)
        return self.grouped(
            lambda r: r.date_done or max(r.date_planned or today, today)
        )

    @api.depends("company_id.relance_penalty_rate")
    @api.depends_context("lang")
    def _compute_penalty_rate_note(self):
        for reminder in self:
            reminder.penalty_rate_note = reminder._say_penalty_rate()

    @api.depends(
        "line_ids.is_attached",
        "line_ids.amount_residual",
        "line_ids.amount_disputed",
        "date_done",
        "date_planned",
        "lang",
        "amount_credit",
        "credits",
    )
    @api.depends_context("relance_letter")
    def _compute_messages(self):
        is_letter = self.env.context.get("relance_letter")
        parts = MESSAGE_PARTS | (LETTER_PARTS if is_letter else {})
        for reminder in self:
            lang = reminder._get_lang()
            qweb = self.env["ir.qweb"].with_context(lang=lang)
            values = self.with_context(lang=lang)._prepare_message_values(reminder)
            for name, template in parts.items():
                reminder[name] = qweb._render(template, values)

    @api.model
    def _prepare_message_values(self, reminder):
        """Return what the parts of a message are rendered with."""
        env, currency = self.env, reminder.currency_id
        return {
            "reminder": reminder.with_env(env),
            "money": lambda amount: formatLang(env, amount, currency_obj=currency),
            "day": lambda date: format_date(env, date),
        }

    def _get_lines_by_part(self):
        """Return the lines by the part that they play in the message.

        :return: ``{"to_pay", "also_due", "coming_due"}``: see ``part_in_message``
        """
        self.ensure_one()
        lines = self.line_ids.sorted(lambda line: (line.date_maturity, line.id))
        message = PHASE_RANK[self.phase]
        parts = dict.fromkeys(("to_pay", "also_due", "coming_due"), lines.browse())
        return parts | lines.grouped(
            lambda line: part_in_message(message, PHASE_RANK[line.level_id.phase])
        )

    def _find_beside(self):
        """Return ``{reminder id: the others of the same plan}``, of one company.

        They share the credits of a debtor in one currency.
        """
        plans = self.search(
            [
                ("company_id", "=", self.company_id.id),
                ("partner_id", "in", self.partner_id.ids),
                ("date_planned", "in", list(set(self.mapped("date_planned")))),
                ("state", "in", (*UNSENT, *CONFIRMED)),
            ]
        ).grouped(lambda r: (r.partner_id, r.currency_id, r.date_planned))
        return {
            r.id: plans.get((r.partner_id, r.currency_id, r.date_planned), r) - r
            for r in self
        }

    def _get_credit_set(self):
        """Return the credits set against those that are still to be paid."""
        live = self.filtered(lambda r: r.state in (*UNSENT, *CONFIRMED))
        return sum(live.mapped("amount_credit"))

    def _get_lines_carried(self):
        """Return the lines whose invoice is attached, if that is not so for all."""
        self.ensure_one()
        lines = self.line_ids.filtered(lambda line: line.move_id.is_invoice())
        carried = lines.filtered("is_attached")
        return carried if carried != lines else carried.browse()

    def _say_nothing_left(self, debtor, day):
        """Return why none of the lines may be chased on ``day``."""
        listed = set(self.line_ids.move_line_id.ids)
        lines = [x for x in (debtor.lines if debtor else ()) if x.id in listed]
        why = [reason for line in lines for reason in line.holds_on(day)]
        why += [b for line in lines for b in line.blocks if b.code in HELD_FOR_LONG]
        if why:
            said = self.env["relance.run"]._say(why[0], currency=self.currency_id)
            return self.env._("Cancelled. %(why)s", why=said)
        if any(b.code == "disputed" for line in lines for b in line.blocks):
            return self.env._("Cancelled: all that is open is disputed.")
        return self.env._("Cancelled: nothing is owed any more.")

    def _get_lang(self):
        """Return the language of the debtor, or ours if it is no longer installed."""
        self.ensure_one()
        return self._to_installed_lang(self.lang)

    def _get_bank_account(self):
        """Return the account to pay to: the one on the invoices, else the company's."""
        self.ensure_one()
        # sudo: the account number that the invoices already show.
        moves = self.sudo().line_ids.move_id
        return self.env["relance.transfer"]._get_account(self.company_id, moves)

    def _get_officer_email(self):
        """Return the address that signs the message."""
        self.ensure_one()
        return self.user_id.email or self.company_id.email

    @api.model
    def _get_today(self):
        """Return today, for dates written in letters."""
        return fields.Date.context_today(self)
