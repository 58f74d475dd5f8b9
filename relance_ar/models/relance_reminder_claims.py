import logging
from decimal import Decimal

import psycopg2

from odoo import api, fields, models
from odoo.tools import formatLang

from ..core.penalty import BUSINESS, CONSUMER, NOTHING, PUBLIC
from ..core.penalty_terms import binding_rate
from .relance_penalty_states import CLAIMED, DRAFT, LIVE, SETTLED

_logger = logging.getLogger(__name__)

# Levels firm enough for the debtor's accountant to be given each row.
FIRM_PHASES = ("level_3", "formal_notice", "litigation")
# Somebody has claimed the same; any other error, a conflict of transactions for one, is
# for the sender, who tries again.
TAKEN = (psycopg2.errors.ExclusionViolation, psycopg2.errors.UniqueViolation)


class RelanceReminderClaims(models.AbstractModel):
    """The penalties that a reminder asks for, their claim and their statement.

    Comes before the files among the parents of the reminder: it extends them.
    """

    _name = "relance.reminder.claims"
    _inherit = ["relance.penalty.sheet"]
    _description = "Penalties of a reminder"

    claim_ids = fields.One2many(
        "relance.penalty.claim", "reminder_id", string="Claims", readonly=True
    )
    printed_on = fields.Date(
        readonly=True, copy=False, help="The day that the printed letter reckons at."
    )
    penalty_law_note = fields.Char(compute="_compute_penalty_law_note")
    penalty_regimes = fields.Char(
        compute="_compute_penalty_regimes", help="Those of its invoices, technical."
    )

    @api.depends("penalty_regimes")
    @api.depends_context("lang")
    def _compute_penalty_law_note(self):
        for reminder in self:
            regimes = set(reminder.penalty_regimes.split())
            reminder.penalty_law_note = self._say_laws(regimes)

    @api.depends("partner_id", "line_ids", "level_id")
    def _compute_penalty_regimes(self):
        """The regimes of what is asked for, else of what is listed, else the debtor's.

        In a pass for all the reminders: messages are made of many at once.
        """
        # sudo: terms of the invoices listed, which the reader may see.
        facts = self.env["relance.penalty.facts"].sudo()
        known = facts._get_regimes(self.sudo().line_ids.move_line_id.ids)
        for reminder in self:
            lines = reminder._get_penalty_lines() or reminder.line_ids.move_line_id
            debtor = reminder.partner_id.with_company(reminder.company_id)
            mine = {known[line_id] for line_id in lines.ids if line_id in known}
            found = mine or {debtor._get_relance_regime()}
            reminder.penalty_regimes = " ".join(sorted(found))

    def _get_penalty_mentions(self):
        """Return the mandatory sentences at the foot of the message, or none.

        For professionals: why and at which rate penalties run, the indemnity, the
        discount terms. A consumer reads of interest only where it is asked for.
        """
        self.ensure_one()
        stated = self.penalty_interest or self.penalty_indemnity
        is_professional = {BUSINESS, PUBLIC} & set(self.penalty_regimes.split())
        if not is_professional or not self.company_id.relance_penalty_mentions:
            return [self.penalty_law_note] if stated else []
        rate = self.env._(
            "Penalties for late payment: %(rate)s.",
            rate=self.penalty_rate_note.strip("()"),
        )
        # sudo: the discount terms of the invoices, which the debtor has.
        discount = self.sudo().line_ids.move_id[:1]._say_relance_discount()
        return [self.penalty_law_note, *([] if stated else [rate]), discount]

    # ------------------------------------------------------------------- reckoning

    def _get_penalty_lines(self):
        """Return the instalments whose penalties the reminder states."""
        self.ensure_one()
        asked = self._get_lines_by_part()["to_pay"].move_line_id
        return asked if self.level_id.claim_penalties else asked.browse()

    def _get_all_penalty_lines(self):
        """Return the same for several reminders."""
        each = (reminder._get_penalty_lines() for reminder in self)
        return self.env["account.move.line"].union(*each)

    def _get_penalties(self, day):
        """Return the penalties of all that the reminders ask for at ``day``.

        What was waived or invoiced by then is not asked for again.

        :return: as ``relance.penalty.facts._compute``
        """
        lines = self._get_all_penalty_lines()
        # sudo: totals of the invoices listed, which the reader may see.
        claims = self.env["relance.penalty.claim"].sudo()
        disputed = self._get_disputed_parts()
        return claims._get_unclaimed(lines.sudo(), day, SETTLED, disputed=disputed)

    def _get_disputed_parts(self):
        """Return ``{line id: what is contested}``, left out of the messages."""
        return {
            line.move_line_id.id: Decimal(str(line.amount_disputed))
            for line in self.line_ids
            if line.amount_disputed
        }

    def _say_penalty_rate(self):
        """Return at which rate interest is stated, between brackets."""
        self.ensure_one()
        debtor = self.partner_id.with_company(self.company_id)
        regime = debtor._get_relance_regime()
        # sudo: the rate of the customer, which the message states.
        rate = debtor.sudo().relance_penalty_rate
        if regime == BUSINESS:
            rate = rate or self.company_id.relance_penalty_rate
        # sudo: terms written on the invoices, which the debtor has.
        moves = self.sudo().line_ids.move_id
        if any(
            move.relance_penalty_rate or move.relance_penalty_regime for move in moves
        ):
            return self.env._("(at the rate of each invoice)")
        binding = binding_rate(
            regime,
            Decimal(str(rate)) if rate else None,
            self.date_oldest or fields.Date.context_today(self),
            self.env["relance.penalty.facts"]._get_rates(),
        )
        if binding and regime != CONSUMER:
            return self.env._(
                "(contract rate: %(rate)s %% a year)",
                rate=formatLang(self.env, rate, digits=2),
            )
        if regime == PUBLIC:
            return self.env._(
                "(statutory rate: the ECB's refinancing rate plus 8 points)"
            )
        if regime == CONSUMER:
            return self.env._("(legal rate, from the formal notice)")
        return self.env._("(statutory rate: the ECB's refinancing rate plus 10 points)")

    # -------------------------------------------------------------------- claiming

    def _claim_penalties(self):
        """Record what the messages ask for, day by day, as claims: called when they
        have left. Those of earlier reminders go on where they ended."""
        claiming = self.filtered("level_id.claim_penalties")
        by_day = claiming.grouped(lambda reminder: reminder._get_claim_day())
        for day, reminders in by_day.items():
            try:
                with self.env.cr.savepoint():
                    reminders._make_claims(day)
            except TAKEN as error:
                # Somebody claims the same days at this moment: theirs stands.
                _logger.info("penalties claimed meanwhile", exc_info=error)

    def _get_claim_day(self):
        """Return the day that the message reckons at: that of its printed letter."""
        self.ensure_one()
        printed = self.letter_id and self.printed_on
        return printed or fields.Date.context_today(self)

    def _make_claims(self, day):
        """Make or extend the claims of the reminders at ``day``; return them."""
        # sudo: claims are made from reminders that the user has just sent.
        claims = (
            self.env["relance.penalty.claim"]
            .sudo()
            .with_context(tracking_disable=True, mail_create_nolog=True)
        )
        lines = self._get_all_penalty_lines().sudo()
        if not lines:
            return claims
        drafts = claims._find_open(lines, DRAFT)
        replaced = drafts.line_ids.filtered(lambda line: line.move_line_id in lines)
        found, missing = claims._get_unclaimed(
            lines, day, LIVE, replaced.ids, self._get_disputed_parts()
        )
        # What could not be stated is not claimed.
        silent = self.filtered(lambda r: set(r._get_penalty_lines().ids) & set(missing))
        lines -= silent._get_all_penalty_lines()
        # A line without due date has no penalties.
        due = {
            line: found[line.id] for line in lines if found.get(line.id, NOTHING).total
        }
        claims._drop_lines(drafts, claims.env["account.move.line"].union(*due))
        going_on = claims._find_open(lines, CLAIMED).filtered("reminder_id")
        made = claims._write_lines(due, going_on, day)
        made.filtered(lambda claim: claim.state == DRAFT)._claim()
        by_key = {claims._key(reminder): reminder for reminder in self}
        for claim in made:
            claim.reminder_id = by_key[claims._key(claim)]
        return made

    # ------------------------------------------------------------------- statement

    def _get_sheet_lang(self):
        return self._get_lang()

    def _get_penalty_sheet(self):
        """Return the sheet of what the message asks for."""
        self.ensure_one()
        [(day, _self)] = self._by_day().items()
        lines = self._get_penalty_lines()
        found, missing = self._get_penalties(day)
        debtor = self.partner_id.with_company(self.company_id)
        return {
            **self._sheet_of_lines(lines, day, found, missing),
            "company": self.company_id,
            "partner": debtor,
            "reference": self.reference,
        }

    def _has_penalty_statement(self):
        """Say whether the message carries the statement of its penalties."""
        self.ensure_one()
        return bool(
            self.level_id.claim_penalties
            and self.phase in FIRM_PHASES
            and (self.penalty_interest or self.penalty_indemnity)
        )

    def _print_penalty_statement(self):
        """Return the PDF of the statement, in the debtor's language."""
        self.ensure_one()
        # sudo: a report is a setting; the amounts are those of the message.
        reports = self.env["ir.actions.report"].sudo()
        content, _kind = reports._render_qweb_pdf(
            "relance_ar.relance_reminder_penalty_report", self.ids
        )
        return content

    def _gather_files(self):
        carried, files = super()._gather_files()
        values = [
            {
                "name": self.env._("Penalties %(name)s.pdf", name=reminder.reference),
                "raw": reminder._print_penalty_statement(),
                "res_model": self._name,
                "res_id": reminder.id,
            }
            for reminder in self.filtered(lambda r: r._has_penalty_statement())
        ]
        # sudo: the statement belongs to the reminder, whatever rights its sender has.
        for attachment in self.env["ir.attachment"].sudo().create(values):
            files[attachment.res_id].append(attachment.id)
        return carried, files
