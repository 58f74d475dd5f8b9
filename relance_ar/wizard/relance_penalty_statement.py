from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ..models.relance_penalty_states import SETTLED


class RelancePenaltyStatement(models.TransientModel):
    """Shows what has accrued at any date, on a customer or on chosen invoices."""

    _name = "relance.penalty.statement"
    _inherit = ["relance.penalty.sheet"]
    _description = "Late-payment penalties at a date"

    date = fields.Date(
        string="At", required=True, default=lambda self: fields.Date.context_today(self)
    )
    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    partner_id = fields.Many2one("res.partner", string="Debtor", readonly=True)
    move_line_ids = fields.Many2many("account.move.line", readonly=True)
    paid_late = fields.Boolean(
        string="Also what was paid late",
        default=lambda self: self.env.company.relance_penalty_paid_late,
    )
    sheet = fields.Html(compute="_compute_sheet", sanitize=False)
    has_rows = fields.Boolean(compute="_compute_sheet")
    has_errors = fields.Boolean(compute="_compute_sheet")

    @api.depends("date", "paid_late", "partner_id", "move_line_ids")
    def _compute_sheet(self):
        for wizard in self:
            sheet = wizard._get_penalty_sheet() if wizard._has_day() else {}
            wizard.has_rows = bool(sheet and sheet["groups"])
            wizard.has_errors = bool(sheet and sheet["errors"])
            wizard.sheet = wizard._render_sheet(sheet) if sheet else Markup()

    @api.constrains("date")
    def _check_date(self):
        for wizard in self:
            self.env["relance.run"]._check_day(wizard.date)

    def _has_day(self):
        """Say whether a day was chosen that somebody can mean."""
        try:
            self._check_date()
        except ValidationError:
            return False
        return bool(self.date)

    @api.model
    def _open_for(self, vals):
        """Return the action that shows the penalties of a customer or of lines."""
        wizard = self.create(vals)
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Late-payment penalties"),
            "res_model": self._name,
            "res_id": wizard.id,
            "view_mode": "form",
            "target": "new",
        }

    def _get_lines(self):
        """Return the instalments concerned: those chosen, else the customer's."""
        self.ensure_one()
        lines = self.env["account.move.line"]
        late = lines._relance_late_domain(self.date, paid_late=True)
        if self.move_line_ids:
            # Chosen by a person: also when they have been paid.
            return self.move_line_ids._origin.filtered_domain(late)
        found = lines.search(
            late
            & fields.Domain("partner_id", "child_of", self.partner_id.id)
            & fields.Domain("company_id", "=", self.company_id.id)
        )
        if self.paid_late:
            return found
        # What has been paid since was still owed on that day.
        owed = self.env["relance.penalty.facts"]._get_owed(found.ids, self.date)
        return found.filtered(lambda line: line.id in owed)

    def _get_sheet_partner(self):
        return self.partner_id or self.move_line_ids.partner_id[:1]

    def _get_report_filename(self):
        """Return the name of the printed statement."""
        self.ensure_one()
        return self.env._("Penalties %(day)s", day=self.date)

    def _get_penalty_sheet(self):
        """Return the sheet of what has accrued, but for what was waived or invoiced."""
        self.ensure_one()
        lines = self._get_lines()
        # sudo: what was settled of the invoices shown, whoever may read claims.
        claims = self.env["relance.penalty.claim"].sudo()
        found, missing = claims._get_unclaimed(lines, self.date, SETTLED)
        sheet = self._sheet_of_lines(lines, self.date, found, missing)
        company = lines.company_id[:1] or self.company_id
        debtor = self.partner_id or sheet["partner"]
        return {
            **sheet,
            "company": company,
            "partner": debtor.with_company(company),
            "notes": [*sheet["notes"], *claims._say_settled(lines, self.date)],
        }

    def _get_printed_sheet(self):
        # EXTENDS: a statement speaks to one debtor, of what is owed to one company.
        lines = self._get_lines()
        debtors = lines.partner_id.commercial_partner_id
        if len(debtors) > 1 or len(lines.company_id) > 1:
            raise UserError(
                self.env._(
                    "A statement is for one debtor of one company: print one for each "
                    "of %(names)s.",
                    names=", ".join(debtors.mapped("display_name")),
                )
            )
        return super()._get_printed_sheet()

    def action_print(self):
        """Print the statement.

        :raise UserError: when a part is not known, or it has several debtors
        """
        self.ensure_one()
        self._get_printed_sheet()
        report = self.env.ref("relance_ar.relance_penalty_statement_report")
        return report.report_action(self)

    def action_prepare(self):
        """Make draft claims of what is shown and was not claimed yet; open them.

        :raise UserError: when nothing is left to claim
        """
        self.ensure_one()
        claims = self.env["relance.penalty.claim"].prepare(
            self._get_lines().ids, self.date
        )
        if not claims:
            raise UserError(
                self.env._(
                    "Nothing is left to claim: it was claimed, waived or invoiced."
                )
            )
        return claims._open()
