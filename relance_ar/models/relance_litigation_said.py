from odoo import fields, models
from odoo.tools import format_date, formatLang

from ..core.insolvency import is_before_opening


class RelanceLitigationSaid(models.AbstractModel):
    """What is contested, promised or agreed about a case: facts that a court, or who
    handles it, will ask about."""

    _name = "relance.litigation.said"
    _description = "What was said about a litigation"

    said_note = fields.Text(
        string="Contested, promised or agreed", compute="_compute_said_note"
    )
    notices_note = fields.Text(string="Formal notices", compute="_compute_notices_note")

    def _compute_said_note(self):
        for case in self:
            case.said_note = "\n".join(case._get_said())

    def _compute_notices_note(self):
        # sudo: what became of letters about instalments that the reader of the case
        # sees.
        letters = self.env["relance.registered.letter"].sudo()
        for case in self:
            notices = letters._say_notices(case.move_line_ids.ids)
            case.notices_note = "\n".join(notices)

    def _get_said(self):
        """Return in sentences what stands today about the instalments."""
        self.ensure_one()
        return [
            *self._say_insolvency(),
            *self._say_disputes(),
            *map(self._say_promise, self._find_said("relance.promise", "open")),
            *map(self._say_plan, self._find_said("relance.plan", "active")),
        ]

    def _find_said(self, model, state):
        about = [("move_line_ids", "in", self.move_line_ids.ids)]
        # sudo: what was agreed about instalments that the reader of the case sees.
        return self.env[model].sudo().search([*about, ("state", "=", state)])

    def _get_disputed(self):
        """Return ``{line id: what is disputed of it today}``."""
        # sudo: as in _find_said.
        disputes = self.env["relance.dispute"].sudo()
        return disputes._load_disputed_parts(self.move_line_ids.ids)

    def _say_insolvency(self):
        """Say which instalments the opening of proceedings has frozen, by the rule of
        the reminders; those born since are pursued as usual."""
        debtor = self.partner_id
        openings = self.env["relance.proceeding"]._load_openings(
            debtor.ids, self.company_id
        )
        if not (opened_on := openings.get(debtor.id)):
            return []
        frozen = self.move_line_ids.filtered(
            lambda line: is_before_opening(line._get_relance_birth(), opened_on)
        )
        if not frozen:
            return []
        words = self.env._(
            "Born before the judgment of %(day)s, which stops individual actions (Code "
            "de commerce, L622-21): %(numbers)s.",
            day=format_date(self.env, opened_on),
            numbers=", ".join(dict.fromkeys(line.move_name or "" for line in frozen)),
        )
        return [words]

    def _say_disputes(self):
        parts = self._get_disputed()
        return [
            self.env._(
                "%(amount)s of %(number)s are disputed.",
                amount=self._say_money(parts[line.id]),
                number=line.move_name,
            )
            for line in self.move_line_ids
            if line.id in parts
        ]

    def _say_promise(self, promise):
        return self.env._(
            "%(amount)s are promised for %(day)s (%(name)s).",
            amount=self._say_money(promise.amount),
            day=format_date(self.env, promise.date),
            name=promise.reference,
        )

    def _say_plan(self, plan):
        following = plan.instalment_ids.filtered(lambda i: i.state != "paid")[:1]
        day = following.date and format_date(self.env, following.date)
        return self.env._(
            "The payment plan %(name)s is under way, its next instalment falls due on "
            "%(day)s: it ends when the case is handed over.",
            name=plan.reference,
            day=day or "–",
        )

    def _say_money(self, amount):
        return formatLang(self.env, float(amount), currency_obj=self.currency_id)

    def _end_plans(self):
        """End the plans about the case: one claim does not follow two ways at once.

        Before what is owed is noted: what a plan gave up is due again.
        """
        self.ensure_one()
        plans = self._find_said("relance.plan", "active")
        plans._cancel()
        body = self.env._("Ended: %(name)s was handed over.", name=self.reference)
        plans._message_log_batch({plan.id: body for plan in plans})
