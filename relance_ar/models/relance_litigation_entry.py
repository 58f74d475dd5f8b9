from odoo import api, fields, models
from odoo.exceptions import UserError

from .relance_uninstalling import without_force

# Months that a fee or a return may lie ahead, and back: proceedings last for years.
AHEAD, BACK = 1, 240


class RelanceLitigationEntry(models.Model):
    """A fee paid, or an amount that came back, in a litigation."""

    _name = "relance.litigation.entry"
    _description = "Fee or return of a litigation"
    _inherit = ["relance.bounded"]
    _order = "date, id"

    litigation_id = fields.Many2one(
        "relance.litigation", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(
        related="litigation_id.company_id", store=True, index=True
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    date = fields.Date(
        required=True, default=lambda self: fields.Date.context_today(self)
    )
    kind = fields.Selection(
        [
            ("fee", "Fee of who handles it"),
            ("cost", "Cost of proceedings"),
            ("returned", "Amount received"),
        ],
        required=True,
        default="fee",
    )
    amount = fields.Monetary(required=True)
    note = fields.Char()

    _amount_positive = models.Constraint(
        # What is no number is larger than any number there.
        "CHECK (amount > 0 AND amount <= 1000000000000)",
        "An amount is more than zero: its kind says which way.",
    )

    @api.model_create_multi
    def create(self, vals_list):
        entries = super().create(vals_list)
        entries._check_open()
        entries._check_date()
        return entries

    def write(self, vals):
        self._check_open()
        result = super().write(vals)
        self._check_open()
        if "date" in vals:
            self._check_date()
        return result

    def _check_date(self):
        for entry in self:
            self._check_day(entry.date, AHEAD, BACK)

    def unlink(self):
        return super(RelanceLitigationEntry, without_force(self)).unlink()

    @api.ondelete(at_uninstall=False)
    def _unlink_except_over(self):
        self._check_open()

    def _check_open(self):
        """Refuse to change the account of a case that is over.

        :raise UserError: naming the case
        """
        for litigation in self.litigation_id.filtered("is_over"):
            raise UserError(
                self.env._(
                    "%(name)s is over: its fees and returns are not changed.",
                    name=litigation.display_name,
                )
            )
