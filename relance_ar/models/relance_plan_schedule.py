from odoo import fields, models


class RelancePlanSchedule(models.AbstractModel):
    """What the debtor acknowledges by signing: as it was when it was drawn up."""

    _name = "relance.plan.schedule"
    _description = "Schedule of a payment plan, to be signed"

    stated = fields.Json(
        readonly=True,
        copy=False,
        help="What was owed when the plan was drawn up, and contested of it.",
    )

    def _set_stated(self):
        """Note what is owed on each instalment, and contested of it.

        The schedule says it for good: what is printed later is what was signed.
        """
        for record in self:
            lines = record.move_line_ids.sorted(
                lambda li: (li.date_maturity or li.date, li.id)
            )
            found = zip(
                lines,
                lines._relance_open_amounts(),
                lines._relance_undisputed_amounts(),
                strict=True,
            )
            record.stated = [
                {
                    "name": line.move_name,
                    "due": fields.Date.to_string(line.date_maturity or line.date),
                    "owed": undisputed,
                    "contested": line.currency_id.round(is_open - undisputed),
                }
                for line, is_open, undisputed in found
            ]

    def _get_stated(self):
        """Return ``[{"name", "due": date, "owed", "contested"}]`` of the schedule."""
        self.ensure_one()
        return [
            {**row, "due": fields.Date.to_date(row["due"])} for row in self.stated or ()
        ]

    def _get_contested(self):
        """Return what the debtor contested when the plan was drawn up."""
        self.ensure_one()
        return sum(row["contested"] for row in self.stated or ())
