from odoo import api, fields, models
from odoo.tools import format_date, formatLang

from .relance_penalty_states import SETTLED, WAIVED


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

    @api.model
    def _say_settled(self, lines, day):
        """Return which claims of instalments were settled by ``day``, and how."""
        claims = self.search(
            [
                ("line_ids.move_line_id", "in", lines.ids),
                ("state", "in", SETTLED),
                ("settled_on", "<=", day),
            ],
            order="settled_on, id",
        )
        return [claim._say_how_settled() for claim in claims]

    def _say_how_settled(self):
        """Return how the claim was settled, when, for how much."""
        self.ensure_one()
        values = {
            "name": self.reference,
            "day": format_date(self.env, self.settled_on),
            "amount": formatLang(
                self.env, self.amount_total, currency_obj=self.currency_id
            ),
        }
        if self.state == WAIVED:
            return self.env._(
                "Left out: %(name)s of %(amount)s, waived on %(day)s.", **values
            )
        return self.env._(
            "Left out: %(name)s of %(amount)s, invoiced on %(day)s by %(document)s.",
            document=self.invoice_id.display_name,
            **values,
        )

    # ------------------------------------------------------------------ difference

    def _get_difference(self):
        """Return that the same days would bear another interest now, or "".

        A payment undone, a credit note or another date of payment changes what was
        owed; what was claimed stays as it was made.
        """
        self.ensure_one()
        until, since = {}, {}
        for line in self.line_ids.filtered("date_from"):
            key = line.move_line_id.id
            since[key] = min(since.get(key, line.date_from), line.date_from)
            until[key] = max(until.get(key, line.date_to), line.date_to)
        now, disputed = 0, self._get_disputed(list(filter(None, until)))
        for day in set(until.values()):
            ids = [key for key in until if until[key] == day and key]
            # sudo: sums of the invoices of the claim.
            facts = self.env["relance.penalty.facts"].sudo()
            found, missing = facts._compute(ids, day, since, disputed=disputed)
            if missing:
                error = next(iter(missing.values()))
                return self.env["relance.interest.rate"]._say_missing(error)
            now += float(sum(penalty.interest for penalty in found.values()))
        if self.currency_id.compare_amounts(now, self.amount_interest) == 0:
            return ""
        return self.env._(
            "Payments or credit notes have changed since: the same days would now bear "
            "%(amount)s of interest.",
            amount=formatLang(self.env, now, currency_obj=self.currency_id),
        )

    # --------------------------------------------------------------------- actions

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
