from odoo import api, fields, models
from odoo.fields import Domain

from ..core.limitation import limitation_date
from ..core.penalty import CONSUMER
from .relance_groups import OFFICER_GROUP


class AccountMoveLine(models.Model):
    _name = "account.move.line"
    _inherit = ["relance.line.penalty", "account.move.line"]

    # Nothing is stored here: installing must not rewrite a million journal items.
    relance_line_ids = fields.One2many(
        "relance.reminder.line",
        "move_line_id",
        string="Reminders",
        groups=OFFICER_GROUP,
    )
    relance_level_id = fields.Many2one(
        "relance.level",
        string="Level reached",
        compute="_compute_relance_level_id",
        search="_search_relance_level_id",
        groups=OFFICER_GROUP,
    )
    relance_days_late = fields.Integer(
        string="Days late", compute="_compute_relance_days_late"
    )

    relance_penalty_interest = fields.Monetary(
        string="Late-payment interest",
        compute="_compute_relance_penalty",
        currency_field="currency_id",
        groups=OFFICER_GROUP,
        help="Accrued until today, in the currency of the invoice.",
    )
    relance_penalty_indemnity = fields.Monetary(
        string="Recovery indemnity",
        compute="_compute_relance_penalty",
        currency_field="currency_id",
        groups=OFFICER_GROUP,
        help="Due once for an invoice that was not paid in full when it fell due.",
    )

    relance_penalty_error = fields.Char(
        string="Penalties not known",
        compute="_compute_relance_penalty",
        groups=OFFICER_GROUP,
        help="Why what has accrued cannot be stated.",
    )

    relance_limitation_on = fields.Date(
        string="Limitation",
        compute="_compute_relance_limitation_on",
        groups=OFFICER_GROUP,
        help="The day after which a court could find it too old, unless something "
        "interrupts the limitation.",
    )

    @api.depends("date_maturity")
    def _compute_relance_limitation_on(self):
        days = self._origin._get_relance_limitation()
        for line in self:
            line.relance_limitation_on = days.get(line._origin.id, False)

    def _compute_relance_level_id(self):
        lines = self.env["relance.reminder.line"]
        confirmed = lines.search_fetch(
            lines._get_confirmed_domain() & Domain("move_line_id", "in", self.ids),
            ["move_line_id", "level_id"],
        )
        by_line = confirmed.grouped("move_line_id")
        for line in self:
            found = by_line.get(line._origin, lines)
            line.relance_level_id = found.level_id._firmest()

    @api.model
    def _search_relance_level_id(self, operator, value):
        lines = self.env["relance.reminder.line"]
        confirmed = lines._get_confirmed_domain()
        if operator in Domain.NEGATIVE_OPERATORS:
            return NotImplemented
        chased = Domain(
            "relance_line_ids", "any", confirmed & Domain("level_id", operator, value)
        )
        if operator == "in" and False in value:
            return chased | Domain("relance_line_ids", "not any", confirmed)
        return chased

    @api.depends("date_maturity")
    def _compute_relance_days_late(self):
        today = fields.Date.context_today(self)
        for line in self:
            maturity = line.date_maturity or today
            line.relance_days_late = max((today - maturity).days, 0)

    # ---------------------------------------------------------------- for the rules

    def _get_relance_birth(self):
        """Return the day on which the debt was born: delivery, or invoice if earlier.

        Of an entry that is no invoice, its date.
        """
        self.ensure_one()
        move = self.move_id
        invoiced = move.invoice_date or self.date
        return min(invoiced, move.delivery_date or invoiced)

    def _get_relance_limitation(self):
        """Return ``{line id: the day after which a court finds it too old}``.

        See ``core.limitation``: what interrupts it is not counted.
        """
        # sudo: what the debtors are, for whoever may read the lines.
        lines = self.sudo()
        regimes = self.env["relance.penalty.facts"].sudo()._get_regimes(self.ids)
        days = {}
        for line in lines.filtered("date_maturity"):
            move, debtor = line.move_id, line.partner_id.commercial_partner_id
            performed = move.delivery_date or move.invoice_date
            is_consumer = regimes.get(line.id) == CONSUMER or (
                debtor and not debtor._relance_is_professional()
            )
            days[line.id] = limitation_date(line.date_maturity, performed, is_consumer)
        return days

    def _to_event_line(self):
        """Return what a sealed contact says of the instalment; amounts as text."""
        self.ensure_one()
        return {
            "number": self.move_name or self.move_id.name or "",
            "due": fields.Date.to_string(self.date_maturity) or "",
            "owed": f"{self.amount_residual_currency:.2f}",
            "currency": self.currency_id.name,
        }

    # ------------------------------------------------------------------- agreements

    def _relance_open_amounts(self):
        """Return what is open on each posted line, in its currency, never below 0."""
        return [
            max(line.amount_residual_currency, 0)
            if line.parent_state == "posted"
            else 0
            for line in self
        ]

    def _relance_undisputed_amounts(self):
        """Return what is open on each line and not disputed, in its currency."""
        # sudo: amounts of these lines; salespeople see their own disputes only.
        parts = self.env["relance.dispute"].sudo()._load_disputed_parts(self.ids)
        found = zip(self, self._relance_open_amounts(), strict=True)
        return [
            line.currency_id.round(is_open - float(parts.get(line._origin.id, 0)))
            for line, is_open in found
        ]

    def action_relance_dispute(self):
        """Open a new dispute about the chosen instalments."""
        return self._relance_open_new("relance.dispute", self.env._("New dispute"))

    def action_relance_promise(self):
        """Open a new promise to pay the chosen instalments."""
        return self._relance_open_new("relance.promise", self.env._("New promise"))

    def action_relance_plan(self):
        """Open a new payment plan about the chosen instalments."""
        return self._relance_open_new("relance.plan", self.env._("New payment plan"))

    def _relance_open_new(self, model, name):
        # Only what is still owed: an invoice may be paid in part.
        lines = self.filtered(lambda line: line.balance > 0 and not line.reconciled)
        return {
            "type": "ir.actions.act_window",
            "name": name,
            "res_model": model,
            "view_mode": "form",
            "context": {"default_move_line_ids": [(6, 0, lines.ids)]},
        }

    # --------------------------------------------------------------------- actions

    def action_relance_litigate(self):
        """Prepare a litigation about the chosen lines."""
        return self.env["relance.litigation"]._make_for(self)

    def action_relance_proof(self):
        """Make the proof file of the invoices of the chosen lines."""
        return self.env["relance.proof"]._make_for(self.move_id)

    def action_relance_explain(self):
        """Open the explanation of the chosen lines: why, or why not."""
        return self.env["relance.explain"]._open_for(self)

    def action_relance_hold(self):
        """Open what holds the chosen instalments: until when, and why."""
        return self.env["relance.line.hold.wizard"]._open_for(self)
