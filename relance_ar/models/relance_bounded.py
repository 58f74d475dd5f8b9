from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import format_date

# No debt of a debtor is larger; above it, cents are lost.
LARGEST = 1e12


class RelanceBounded(models.AbstractModel):
    """Refuses, in words, days and amounts that nobody can mean.

    A day that is far away would silence a debtor for as long.
    """

    _name = "relance.bounded"
    _description = "Record with bounds of days and amounts"

    @api.model
    def _check_day(self, day, ahead, past=0):
        """Refuse a day out of bounds; none is in bounds.

        :param ahead: months that it may lie ahead
        :param past: months that it may lie back
        :raise ValidationError: naming the bound
        """
        if not day:
            return
        today = fields.Date.context_today(self)
        first = fields.Date.subtract(today, months=past)
        last = fields.Date.add(today, months=ahead)
        if day < first:
            raise ValidationError(
                self.env._(
                    "%(day)s is past: choose a day from %(first)s.",
                    day=format_date(self.env, day),
                    first=format_date(self.env, first),
                )
            )
        if day > last:
            raise ValidationError(
                self.env._(
                    "%(day)s is too far away: choose a day until %(last)s.",
                    day=format_date(self.env, day),
                    last=format_date(self.env, last),
                )
            )

    @api.model
    def _check_amounts(self, vals):
        """Refuse amounts that are no numbers, or larger than any debt.

        :raise ValidationError: naming the field
        """
        for name, value in vals.items():
            field = self._fields.get(name)
            if field and field.type == "monetary" and not self._is_amount(value):
                raise ValidationError(
                    self.env._(
                        "%(name)s: %(value)s is no amount that somebody owes.",
                        name=field._description_string(self.env),
                        value=value,
                    )
                )

    @api.model
    def _is_amount(self, value):
        try:
            return abs(float(value or 0)) <= LARGEST  # False for what is no number
        except (OverflowError, TypeError, ValueError):
            return False

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._check_amounts(vals)
        return super().create(vals_list)

    def write(self, vals):
        self._check_amounts(vals)
        return super().write(vals)
