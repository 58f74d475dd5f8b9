from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from .account_move_penalty_document import READERS
from .relance_interest_rate import RATE_DIGITS
from .res_partner_penalty import RATE_HELP, REGIMES


class RelanceInvoicePenalty(models.AbstractModel):
    """The penalties of an invoice: terms of its own, what has accrued, its claims.

    Extends ``account.move``. The two columns are plain and without default: installing
    rewrites no invoice.
    """

    _name = "relance.invoice.penalty"
    _inherit = ["relance.invoice.mentions", "relance.penalty.document"]
    _description = "Late-payment penalties of an invoice"

    relance_penalty_regime = fields.Selection(
        REGIMES,
        string="Regime of penalties",
        copy=False,
        help="Empty: that of the customer.",
    )
    relance_penalty_regime_applied = fields.Selection(
        REGIMES,
        string="Regime that applies",
        compute="_compute_relance_penalty_regime_applied",
        groups=READERS,
    )
    relance_penalty_rate = fields.Float(
        string="Penalty rate (%)",
        digits=RATE_DIGITS,
        copy=False,
        help=RATE_HELP,
    )
    relance_penalty_rate_note = fields.Char(
        compute="_compute_relance_penalty_rate_note"
    )
    relance_penalty_table = fields.Html(
        string="Late-payment penalties",
        compute="_compute_relance_penalty_table",
        sanitize=False,
        groups=READERS,
    )
    relance_claim_ids = fields.One2many(
        "relance.penalty.claim",
        "invoice_id",
        string="Claims invoiced",
        groups=READERS,
        help="The claims that this document invoices.",
    )
    relance_claim_count = fields.Integer(
        string="Penalty claims", compute="_compute_relance_claim_count", groups=READERS
    )

    @api.depends("relance_penalty_regime", "commercial_partner_id", "company_id")
    def _compute_relance_penalty_regime_applied(self):
        for move in self:
            debtor = move.commercial_partner_id.with_company(move.company_id)
            move.relance_penalty_regime_applied = move.relance_penalty_regime or (
                debtor and debtor._get_relance_regime()
            )

    @api.depends("relance_penalty_rate", "relance_penalty_regime", "invoice_date")
    def _compute_relance_penalty_rate_note(self):
        today = fields.Date.context_today(self)
        rates = self.env["relance.interest.rate"]
        for move in self:
            rate = move.relance_penalty_rate
            # sudo: the regime, for whoever reads the warning.
            regime = move.sudo().relance_penalty_regime_applied
            # Which half-year binds a clause is not settled: the invoice's, then ours.
            move.relance_penalty_rate_note = rates._warn_void(
                rate, move.invoice_date or today, regime
            ) or rates._warn_void(rate, today, regime)

    def _compute_relance_penalty_table(self):
        today = fields.Date.context_today(self)
        shown = self.filtered(
            lambda move: move.state == "posted" and move.move_type == "out_invoice"
        )
        lines = shown._get_relance_lines()
        found, missing = self.env["relance.penalty.facts"]._compute(lines.ids, today)
        sheets = self.env["relance.penalty.sheet"]
        for move in self:
            mine = move._get_relance_lines() & lines
            sheet = sheets._sheet_of_lines(mine, today, found, missing)
            has_rows = sheet["groups"] or sheet["errors"]
            move.relance_penalty_table = (
                sheets._render_sheet(sheet) if has_rows else Markup()
            )

    def _compute_relance_claim_count(self):
        counts = dict(
            self.env["relance.penalty.claim.line"]._read_group(
                [("move_id", "in", self.ids), ("is_live", "=", True)],
                ["move_id"],
                ["claim_id:count_distinct"],
            )
        )
        for move in self:
            about = counts.get(move._origin, 0)
            move.relance_claim_count = about + len(move.relance_claim_ids)

    @api.constrains("relance_penalty_rate")
    def _check_relance_penalty_rate(self):
        for move in self.filtered(lambda m: not 0 <= m.relance_penalty_rate <= 100):
            raise ValidationError(
                self.env._(
                    "The penalty rate of %(name)s must lie between 0 and 100 %%.",
                    name=move.display_name,
                )
            )

    # --------------------------------------------------------------------- actions

    def action_relance_claims(self):
        """Open the claims of this invoice, or those that this document invoices."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "relance_ar.relance_penalty_claim_action"
        )
        domain = [
            "|",
            ("line_ids.move_id", "=", self.id),
            ("invoice_id", "=", self.id),
        ]
        return {**action, "domain": domain, "context": {}}

    def action_relance_penalties(self):
        """Open what has accrued on these invoices, at any date."""
        return self.env["relance.penalty.statement"]._open_for(
            {"move_line_ids": self._get_relance_lines().ids}
        )
