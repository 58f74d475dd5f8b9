from collections import defaultdict
from datetime import date as Date
from decimal import Decimal

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ..core import penalty
from .res_partner_policy import OFFICER_GROUP


class AccountMoveLine(models.Model):
    _inherit = "account.move.line"

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

    # ------------------------------------------------------------------ penalties

    def relance_penalty(self, date):
        """Return what the law makes due on this instalment at ``date``.

        :param date: date, or its ISO form
        :return: a dict: ``interest``, ``indemnity``, ``total`` in the currency of the
            line, and ``segments``, each with ``start``, ``end``, ``days``, ``base``,
            ``rate`` (% per year) and ``amount``
        :raise UserError: naming the half-year whose rate is not known
        """
        self.ensure_one()
        self.check_access("read")
        try:
            day = self.env["relance.run"]._to_date(date)
            found = self._relance_penalties(day)
        except penalty.MissingRateError as missing:
            message = self.env["relance.reminder"]._say_missing_rate(missing)
            raise UserError(message) from missing
        return self._relance_penalty_dict(found.get(self.id, penalty.NOTHING))

    @staticmethod
    def _relance_penalty_dict(found):
        """Return a ``core.penalty.Penalty`` as plain values, for callers by RPC."""
        return {
            "interest": float(found.interest),
            "indemnity": float(found.indemnity),
            "total": float(found.total),
            "segments": [
                {
                    "start": segment.start,
                    "end": segment.end,
                    "days": segment.days,
                    "base": float(segment.base),
                    "rate": float(segment.rate),
                    "amount": float(segment.amount),
                }
                for segment in found.segments
            ],
        }

    def _relance_penalties(self, day: Date):
        """Return ``{line id: core.penalty.Penalty}`` at ``day``, in one pass.

        All the instalments of the invoices concerned are reckoned together, because the
        indemnity is due once per invoice: the first late instalment carries it.

        :raise core.penalty.MissingRateError: when a half-year has no rate
        """
        lines = self.move_id.line_ids.filtered(
            lambda line: (
                line.account_id.account_type == "asset_receivable"
                and line.balance > 0
                and line.date_maturity
            )
        )
        rates = self.env["relance.interest.rate"].sudo()._get_table()
        credits, payments = lines._relance_settlements()
        found, with_indemnity = {}, set()
        for line in lines.sorted(lambda li: (li.date_maturity, li.id)):
            due_once = line.move_id not in with_indemnity
            result = penalty.compute(
                Decimal(str(line.amount_currency)) - credits[line.id],
                line.date_maturity,
                day,
                payments=payments[line.id],
                rates=rates,
                indemnity=line._relance_indemnity(day) if due_once else penalty.ZERO,
                rounding=Decimal(str(line.currency_id.rounding)),
                **line._relance_penalty_terms(),
            )
            if result.indemnity:
                with_indemnity.add(line.move_id)
            found[line.id] = result
        wanted = set(self.ids)
        return {key: value for key, value in found.items() if key in wanted}

    def _relance_settlements(self):
        """Return what reduced the lines: credit notes, and payments with their days.

        :return: ``({line id: Decimal}, {line id: [(day, Decimal)]})``
        """
        partials = self.env["account.partial.reconcile"].search(
            [("debit_move_id", "in", self.ids)]
        )
        credits, payments = defaultdict(Decimal), defaultdict(list)
        for partial in partials:
            line, amount = partial.debit_move_id, partial.debit_amount_currency
            settled = Decimal(str(amount))
            if partial.credit_move_id.move_id.move_type == "out_refund":
                credits[line.id] += settled
            else:
                payments[line.id].append((partial.credit_move_id.date, settled))
        return credits, payments

    def _relance_penalty_terms(self):
        """Return ``regime`` and ``contract_rate`` of the line, for the core."""
        self.ensure_one()
        rate = self.company_id.relance_penalty_rate
        return {
            "regime": self.partner_id.commercial_partner_id._relance_penalty_regime(),
            "contract_rate": Decimal(str(rate)) if rate else None,
        }

    def _relance_indemnity(self, day):
        """Return the lump sum of 40 euros in the currency of the line."""
        self.ensure_one()
        if self.currency_id.name == "EUR":  # asking for its record is a query each time
            return penalty.LUMP_SUM_INDEMNITY
        if not self.currency_id.rate_ids:
            return penalty.ZERO  # nothing is claimed at a rate that nobody has entered
        amount = float(penalty.LUMP_SUM_INDEMNITY)
        euro = self.env.ref("base.EUR")
        converted = euro._convert(amount, self.currency_id, self.company_id, day)
        return Decimal(str(converted))

    # ------------------------------------------------------------------- agreements

    def _relance_open_amounts(self):
        """Return what is open on each posted line, in its currency, never below 0."""
        return [
            max(line.amount_residual_currency, 0)
            if line.parent_state == "posted"
            else 0
            for line in self
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

    def action_relance_explain(self):
        """Open the explanation of the chosen lines: why, or why not."""
        return self.env["relance.explain"]._open_for(self)
