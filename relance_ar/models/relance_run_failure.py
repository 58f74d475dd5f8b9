import logging
import re

import psycopg2

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

_logger = logging.getLogger(__name__)

# How many debtors a message names before it only counts them.
NAMED = 5
# The index that refuses to take the same step twice, and its key in an error.
STEP_INDEX = "relance_reminder_line_line_level_uniq"
STEP_KEY = re.compile(r"=\((\d+), (\d+), (\d+)\)")


class RelanceRunFailure(models.AbstractModel):
    """What a run could not do, in words: one debtor never stops the others."""

    _name = "relance.run.failure"
    _description = "Failures of a run"

    failures = fields.Text(
        readonly=True, copy=False, help="Debtors that could not be planned, and why."
    )

    def _note_in_use(self, partner_ids):
        """Note the debtors that somebody else works on: the next run has them."""
        if not partner_ids:
            return
        named = self.env["res.partner"].browse(partner_ids[:NAMED])
        names = ", ".join(named.mapped("display_name"))
        self._note_failure(
            self.env._(
                "%(count)s debtor(s) in use by somebody else, left to the next run: "
                "%(names)s",
                count=len(partner_ids),
                names=f"{names}…" if len(partner_ids) > NAMED else names,
            )
        )

    def _note_debtor_failure(self, partner_id, error):
        """Keep on the run why a debtor was not planned."""
        _logger.info("Debtor %s is not planned", partner_id, exc_info=error)
        self._note_failure(self._say_debtor_failure(partner_id, error))

    def _note_failure(self, text):
        self.failures = "\n".join(filter(None, (self.failures, text)))

    @api.model
    def _say_debtor_failure(self, partner_id, error):
        """Return which debtor failed, and why, for people."""
        # sudo: the name of a debtor of the company, for whoever plans.
        name = self.env["res.partner"].sudo().browse(partner_id).display_name
        return self.env._("%(name)s: %(why)s", name=name, why=self._say_error(error))

    @api.model
    def _say_error(self, error):
        """Return an error in words that people can act upon."""
        if isinstance(error, UserError):
            return str(error)
        if reminder := self._find_same_step(error):
            return self.env._(
                "one of the steps is already taken by %(reminder)s: cancel it if it "
                "has not left, then plan again.",
                reminder=reminder.display_name,
            )
        return self.env._(
            "something unexpected (%(kind)s). The administrator finds the details in "
            "the log of the server; the next run tries again.",
            kind=type(error).__name__,
        )

    @api.model
    def _is_race(self, error):
        """Say whether somebody else has taken the same step since we began to read.

        Their reminder cannot be seen from here: a new transaction sees it.
        """
        if not self._is_same_step(error):
            return False
        return not self._find_same_step(error)

    @api.model
    def _is_same_step(self, error):
        return (
            isinstance(error, psycopg2.errors.UniqueViolation)
            and error.diag.constraint_name == STEP_INDEX
        )

    @api.model
    def _find_same_step(self, error):
        """Return the reminder that has taken a step, if it is what the error says."""
        reminders = self.env["relance.reminder"].sudo()  # sudo: its name only
        key = self._is_same_step(error) and STEP_KEY.search(error.diag.message_detail)
        if not key:
            return reminders
        rows = self.env.execute_query(
            SQL(
                """
                SELECT reminder_id FROM relance_reminder_line
                 WHERE is_live AND (move_line_id, level_id, cycle) = (%s, %s, %s)
                """,
                *map(int, key.groups()),
            )
        )
        return reminders.browse(reminder_id for [reminder_id] in rows)
