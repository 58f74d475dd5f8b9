from odoo import api, fields, models


class RelancePenaltyClaimSheet(models.AbstractModel):
    """A claim laid out row by row, and the invoices it is about."""

    _name = "relance.penalty.claim.sheet"
    _inherit = ["relance.penalty.sheet"]
    _description = "Sheet of a claim of penalties"

    move_ids = fields.Many2many(
        "account.move", string="Invoices", compute="_compute_move_ids"
    )
    move_count = fields.Integer(string="Invoices claimed", compute="_compute_move_ids")
    sheet_html = fields.Html(compute="_compute_sheet_html", sanitize=False)

    @api.depends("line_ids.move_id")
    def _compute_move_ids(self):
        for claim in self:
            claim.move_ids = claim.line_ids.move_id
            claim.move_count = len(claim.move_ids)

    def _compute_sheet_html(self):
        for claim in self:
            claim.sheet_html = self._render_sheet(claim._get_penalty_sheet())

    def _get_penalty_sheet(self):
        """Return the sheet of the claim, with its segments as they were made."""
        self.ensure_one()
        rows = [line._to_sheet_row() for line in self.line_ids]
        group = self._sheet_group(
            self.currency_id, rows, self.amount_cost, self.cost_note or ""
        )
        return {
            **self._make_sheet(self.company_id, self.partner_id, self.date, [group]),
            "reference": self.reference,
            "law": self._say_laws(self._get_regimes()),
        }

    def _get_regimes(self):
        """Return the regimes of the invoices of the claim, else that of its debtor."""
        self.ensure_one()
        # sudo: terms of the invoices of the claim.
        facts = self.env["relance.penalty.facts"].sudo()
        found = set(facts._get_regimes(self.sudo().line_ids.move_line_id.ids).values())
        debtor = self.partner_id.with_company(self.company_id)
        return found or {debtor._get_relance_regime()}

    def action_open_moves(self):
        """Open the invoices whose penalties are claimed."""
        self.ensure_one()
        action = {
            "type": "ir.actions.act_window",
            "name": self.env._("Invoices claimed"),
            "res_model": "account.move",
            "view_mode": "list,form",
            "domain": [("id", "in", self.move_ids.ids)],
            "context": {"create": False},
        }
        if len(self.move_ids) == 1:
            action.update(view_mode="form", res_id=self.move_ids.id)
        return action
