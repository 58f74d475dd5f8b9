from odoo import fields, models

from .relance_groups import OFFICER_GROUP


class AccountMove(models.Model):
    _name = "account.move"
    _inherit = [
        "relance.invoice.penalty",
        "relance.invoice.billing",
        "relance.invoice.terms",
        "relance.move.credit",
        "relance.move.agreements",
        "account.move",
    ]

    relance_reminder_count = fields.Integer(
        string="Reminders", compute="_compute_relance_status", groups=OFFICER_GROUP
    )
    relance_level_id = fields.Many2one(
        "relance.level",
        string="Level reached",
        compute="_compute_relance_status",
        groups=OFFICER_GROUP,
    )

    relance_preflight = fields.Html(
        string="Our own side first",
        compute="_compute_relance_preflight",
        sanitize=False,
        groups=OFFICER_GROUP,
        help="What to look at before this invoice is chased.",
    )

    relance_checks = fields.Html(
        string="Checks before a contact",
        compute="_compute_relance_checks",
        sanitize=False,
        groups=OFFICER_GROUP,
        help="All that is checked before this invoice is chased.",
    )

    def _compute_relance_checks(self):
        for company, moves in self.grouped("company_id").items():
            lines = moves._get_relance_open_lines()
            panels = self.env["relance.run"]._panels_of(lines, company) if lines else {}
            for move in moves:
                move.relance_checks = panels.get(move.id, "")

    def _compute_relance_preflight(self):
        for company, moves in self.grouped("company_id").items():
            lines = moves._get_relance_open_lines()
            found = self.env["relance.run"]._check_lines(lines, company)
            for move in moves:
                move.relance_preflight = found.get(move.id, "")

    def _relance_read_sections(self):
        """Have it known in which section each line is, before invoices are printed.

        Read line by line, Odoo writes it to the other lines, and so the invoice: those
        who print it at once would hinder each other, and whoever is working on it.
        """
        for move in self:
            lines = move.line_ids
            lines._fields["parent_id"].compute_value(lines)

    def _get_relance_open_lines(self):
        """Return what is still owed on the posted invoices."""
        posted = self.filtered(lambda move: move.state == "posted")
        return posted._get_relance_lines().filtered(lambda line: not line.reconciled)

    def _compute_relance_status(self):
        lines = self.env["relance.reminder.line"]
        counts = dict(
            lines._read_group(
                [
                    ("move_line_id.move_id", "in", self.ids),
                    ("reminder_id.state", "!=", "cancelled"),
                ],
                ["move_line_id"],
                ["reminder_id:recordset"],
            )
        )
        for move in self:
            listed = move.line_ids.filtered(lambda line: line in counts)
            reminders = {counts[line] for line in listed}
            move.relance_reminder_count = len(
                self.env["relance.reminder"].union(*reminders)
            )
            move.relance_level_id = move.line_ids.relance_level_id._firmest()

    def _get_relance_lines(self):
        """Return the instalments of the invoice: its lines on receivable accounts."""
        return self.line_ids.filtered(
            lambda line: line.account_id.account_type == "asset_receivable"
        )

    def action_relance_reminders(self):
        """Open the reminders that list this invoice."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "relance_ar.relance_reminder_action_all"
        )
        domain = [("line_ids.move_line_id.move_id", "=", self.id)]
        return {**action, "domain": domain, "context": {}}

    def action_relance_hold(self):
        """Open what holds the open instalments of the invoices."""
        return self._get_relance_open_lines().action_relance_hold()

    def action_relance_litigate(self):
        """Prepare a litigation about what is owed on the invoices."""
        return self._get_relance_lines().action_relance_litigate()

    def action_relance_proof(self):
        """Make the proof file of the invoices."""
        return self.env["relance.proof"]._make_for(self)

    def action_relance_explain(self):
        """Open the explanation: which step comes when on this invoice, and why."""
        return self._get_relance_lines().action_relance_explain()
