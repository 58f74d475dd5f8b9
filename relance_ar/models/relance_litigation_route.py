from odoo import fields, models


class RelanceLitigationRoute(models.Model):
    """A way out of the amicable phase, shown with its texts: facts, never advice."""

    _name = "relance.litigation.route"
    _description = "Route of a litigation"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    active = fields.Boolean(default=True)
    sequence = fields.Integer(default=10)
    kind = fields.Selection(
        [
            ("court", "Court"),
            ("bailiff", "Commissaire de justice"),
            ("agency", "Collection agency"),
            ("factor", "Factor"),
        ],
        required=True,
    )
    conditions = fields.Text(translate=True, help="For which claims, by the texts.")
    court = fields.Text(string="Before whom", translate=True)
    time_limits = fields.Text(translate=True)
    costs = fields.Text(translate=True)
    texts = fields.Text(string="Texts and rulings", translate=True)
    read_on = fields.Date(
        string="Texts read on", help="When somebody last compared this with the texts."
    )
