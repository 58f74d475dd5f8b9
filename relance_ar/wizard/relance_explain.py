from markupsafe import Markup

from odoo import api, fields, models


class RelanceExplain(models.TransientModel):
    """Shows why instalments are due or not at a date. Writes nothing."""

    _name = "relance.explain"
    _description = "Why, or why not"

    date = fields.Date(
        string="At",
        required=True,
        default=fields.Date.context_today,
        help="Choose another date to see what the run of that day would do.",
    )
    move_line_ids = fields.Many2many("account.move.line", readonly=True)
    explanation = fields.Html(compute="_compute_explanation", sanitize=False)

    @api.depends("date", "move_line_ids")
    def _compute_explanation(self):
        for wizard in self:
            lines = wizard.move_line_ids._origin
            if not (lines and wizard.date):
                wizard.explanation = Markup()
                continue
            rows = self.env["relance.run"].explain(lines, wizard.date)
            wizard.explanation = self.env["ir.qweb"]._render(
                "relance_ar.explanation", {"rows": list(zip(lines, rows, strict=True))}
            )

    @api.model
    def _open_for(self, lines):
        """Return the action that explains ``lines``."""
        wizard = self.create({"move_line_ids": lines.ids})
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Why, or why not"),
            "res_model": self._name,
            "res_id": wizard.id,
            "view_mode": "form",
            "target": "new",
        }
