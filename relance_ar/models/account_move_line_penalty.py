from datetime import date as Date

from odoo import fields, models
from odoo.exceptions import UserError

from ..core import penalty


class RelanceLinePenalty(models.AbstractModel):
    """What the law makes due on an instalment. Extends ``account.move.line``.

    Nothing is stored: it grows every day.
    """

    _name = "relance.line.penalty"
    _description = "Late-payment penalties of an instalment"

    def _compute_relance_penalty(self):
        today = fields.Date.context_today(self)
        found, missing = self.env["relance.penalty.facts"]._compute(
            self._origin.ids, today
        )
        rates = self.env["relance.interest.rate"]
        for line in self:
            unknown = missing.get(line._origin.id)
            line.relance_penalty_error = unknown and rates._say_missing(unknown)
            result = found.get(line._origin.id, penalty.NOTHING)
            line.relance_penalty_interest = float(result.interest)
            line.relance_penalty_indemnity = float(result.indemnity)

    def relance_penalty(self, date):
        """Return what the law makes due on this instalment at ``date``.

        :param date: date, or its ISO form
        :return: a dict: ``interest``, ``indemnity``, ``total`` in the currency of the
            line, and ``segments``, each with ``start``, ``end``, ``days``, ``base``,
            ``rate`` (% per year) and ``amount``
        :raise UserError: naming the half-year whose rate is not known, or the debtor
            whose judgment has no day
        """
        self.ensure_one()
        self.check_access("read")
        try:
            day = self.env["relance.run"]._to_date(date)
            found = self._relance_penalties(day)
        except penalty.UnknownPenaltyError as missing:
            rates = self.env["relance.interest.rate"]
            raise UserError(rates._say_missing(missing)) from missing
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

        :raise core.penalty.UnknownPenaltyError: when a half-year has no rate
        """
        found, missing = self.env["relance.penalty.facts"]._compute(self.ids, day)
        if missing:
            raise next(iter(missing.values()))
        return found

    def _get_computed_taxes(self):
        # EXTENDS 'account': neither penalties nor the indemnity bear VAT.
        taxes = super()._get_computed_taxes()
        return self.env["account.tax"] if self.move_id.relance_is_penalty else taxes

    def _relance_late_domain(self, day, paid_late=False):
        """Return the instalments that have borne penalties by ``day``.

        :param paid_late: also what was paid since, but late
        """
        domain = fields.Domain(
            [
                ("account_type", "=", "asset_receivable"),
                ("parent_state", "=", "posted"),
                ("balance", ">", 0),
                ("date_maturity", "<", day),
                # What we paid to a customer is no invoice.
                ("move_id.origin_payment_id", "=", False),
                ("move_id.statement_line_id", "=", False),
            ]
        )
        return domain if paid_late else domain & fields.Domain("reconciled", "=", False)
