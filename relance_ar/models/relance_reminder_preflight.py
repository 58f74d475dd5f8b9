from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..core.preflight import BLOCKING, OK, WARNING, verdict
from .relance_reminder_todo import CALL_ACTIVITIES

OWN_SIDE_ACTIVITY = "relance_ar.mail_activity_type_own_side"


class RelanceReminderPreflight(models.AbstractModel):
    """Our own side, checked first: what is wrong, and who has cleared it.

    ``preflight`` is a list of dicts: ``line`` (id of the instalment), ``number``,
    ``code``, ``severity`` and ``params``.
    """

    _name = "relance.reminder.preflight"
    _description = "Checks of our own side, on a reminder"

    preflight = fields.Json(readonly=True, copy=False)
    preflight_state = fields.Selection(
        [(OK, "In order"), (WARNING, "To look at"), (BLOCKING, "To put right")],
        string="Our own side",
        readonly=True,
        copy=False,
        default=OK,
    )
    preflight_text = fields.Html(
        string="Checks of our own side",
        compute="_compute_preflight_text",
        sanitize=False,
    )
    preflight_panel = fields.Html(
        string="All the checks", compute="_compute_preflight_panel", sanitize=False
    )
    released = fields.Json(
        readonly=True,
        copy=False,
        help="Findings that a person has set aside for this reminder.",
    )

    @api.depends("preflight")
    @api.depends_context("lang")
    def _compute_preflight_text(self):
        wording = self.env["relance.run"]
        for reminder in self:
            items = [
                {
                    "number": found["number"],
                    "severity": found["severity"],
                    "text": wording._say_finding(found, reminder.currency_id),
                }
                for found in reminder.preflight or ()
            ]
            reminder.preflight_text = (
                wording._render_checks(items) if items else Markup()
            )

    @api.depends("preflight", "state", "line_ids")
    @api.depends_context("lang")
    def _compute_preflight_panel(self):
        wording = self.env["relance.run"]
        for reminder in self:
            reminder.preflight_panel = wording._panel_of_reminder(reminder)

    @api.model
    def _prepare_preflight(self, findings, numbers):
        """Return findings by line as they are kept on a reminder.

        :param findings: ``{line id: core.preflight.Finding}``
        :param numbers: ``{line id: number of the entry}``
        """
        return [
            {
                "line": line_id,
                "number": numbers.get(line_id, ""),
                "code": finding.code,
                "severity": finding.severity,
                "params": {k: self._plain(v) for k, v in finding.params.items()},
            }
            for line_id, found in findings.items()
            for finding in found
        ]

    @api.model
    def _plain(self, value):
        """Return a value as JSON can hold it: amounts as text, days in ISO form."""
        return value if value is None or isinstance(value, str) else str(value)

    def _get_blocking(self):
        """Return the keys of the findings that hold the reminder."""
        self.ensure_one()
        return {
            self._finding_key(found["line"], found["code"], found["params"])
            for found in self.preflight or ()
            if found["severity"] == BLOCKING
        }

    def _get_blocking_codes(self):
        """Return the codes of the checks that hold the reminder."""
        found = self.preflight or ()
        return {one["code"] for one in found if one["severity"] == BLOCKING}

    @api.model
    def _finding_key(self, line_id, code, params):
        """Return what tells a finding: another line, credit or bounce is a new one."""
        about = sorted((name, self._plain(value)) for name, value in params.items())
        return " ".join(map(str, (line_id, code, *(f"{k}={v}" for k, v in about))))

    def action_release(self):
        """Set aside what the checks found: the reminder may be approved all the same.

        :return: the reminders released
        :raise UserError: for a debtor who cannot be reached, saying what to do
        """
        for reminder in self:
            if reminder.state == "held" and not reminder._get_blocking():
                raise UserError(
                    self.env._(
                        "%(name)s: %(why)s",
                        name=reminder.display_name,
                        why=reminder._say_held(),
                    )
                )
        return self._move("_release")

    def _release(self):
        held = self.filtered(lambda r: r.state == "held" and r._get_blocking())
        for reminder in held:
            known = sorted(reminder._get_blocking() | set(reminder.released or ()))
            reminder.write({"state": "proposed", "released": known})
        held._drop_activities([OWN_SIDE_ACTIVITY])
        held._message_log_batch(
            {r.id: self.env._("Our own side: set aside.") for r in held}
        )
        return held

    def _hold_if_wrong(self, findings):
        """Hold an approved reminder for what has come up on our side since.

        :param findings: ``{line id: findings}`` of the debtor
        :return: whether it is held
        """
        self.ensure_one()
        lines = self.line_ids
        found = {
            line.move_line_id.id: findings.get(line.move_line_id.id, ())
            for line in lines
        }
        new = {
            self._finding_key(line_id, finding.code, finding.params)
            for line_id, of_line in found.items()
            for finding in of_line
            if finding.severity == BLOCKING
        } - set(self.released or ())
        if not new:
            return False
        numbers = {line.move_line_id.id: line.move_name for line in lines}
        every = [finding for of_line in found.values() for finding in of_line]
        self._drop_activities(list(CALL_ACTIVITIES.values()))
        self.write(
            {
                "state": "held",
                "approved_by_id": False,
                "fingerprint": False,  # the next run brings it up to date in any case
                "preflight": self._prepare_preflight(found, numbers),
                "preflight_state": verdict(every),
            }
        )
        self._ask_own_side()
        return True

    def _ask_own_side(self):
        """Give our side the task to put right what holds the reminders, once.

        An answer to read is a task already.
        """
        others = self.filtered(lambda r: r._get_blocking_codes() != {"unread"})
        others._schedule_once(OWN_SIDE_ACTIVITY, "_prepare_own_side_vals")

    def _prepare_own_side_vals(self, activity_type_id):
        """Return the values of the activity that asks to put our side right."""
        self.ensure_one()
        return {
            "activity_type_id": activity_type_id,
            "summary": self.env._(
                "Our side first: %(debtor)s", debtor=self.partner_id.name
            ),
            "note": self.preflight_text,
            "date_deadline": self.date_planned,
        }
