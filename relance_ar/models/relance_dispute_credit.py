from odoo import api, fields, models
from odoo.exceptions import UserError

from .res_partner_policy import OFFICER_GROUP


class RelanceDisputeCredit(models.AbstractModel):
    """The credit notes that come from a dispute: drafts, which accountants post."""

    _name = "relance.dispute.credit"
    _description = "Credit notes of a dispute"

    credit_move_ids = fields.Many2many(
        "account.move",
        "relance_dispute_credit_rel",
        string="Credit notes",
        readonly=True,
        copy=False,
        groups=OFFICER_GROUP,
    )
    credit_count = fields.Integer(compute="_compute_credit_count", groups=OFFICER_GROUP)

    @api.depends("credit_move_ids")
    def _compute_credit_count(self):
        for record in self:
            record.credit_count = len(record.credit_move_ids)

    def _make_credit_notes(self, amount, words):
        """Return draft credit notes of an amount, one for each invoice concerned.

        Drafts: who may post accounting entries does so.
        """
        self.ensure_one()
        parts = self._divide_by_invoice(amount)
        notes = self.env["account.move"]
        for move, part in parts.items():
            # sudo: a draft only; who concludes need not have rights on accounting.
            wizard = (
                self.env["account.move.reversal"]
                .sudo()
                .with_company(move.company_id)
                .create(
                    {
                        "move_ids": move.ids,
                        "company_id": move.company_id.id,
                        "reason": words or self.reason_id.name,
                        "journal_id": move.journal_id.id,
                    }
                )
            )
            wizard.reverse_moves()
            wizard.new_move_ids._relance_reduce_to(part)
            notes += wizard.new_move_ids
        return notes

    def _divide_by_invoice(self, amount):
        """Return ``{invoice: its part of an amount}``, the oldest first.

        :raise UserError: when nothing is open that could be credited
        """
        left, parts = amount, {}
        lines = self._get_open_lines()
        for line, is_open in zip(lines, lines._relance_open_amounts(), strict=True):
            part = min(left, is_open)
            if part > 0 and line.move_id.is_invoice():
                parts[line.move_id] = parts.get(line.move_id, 0) + part
                left -= part
        if not parts or self.currency_id.compare_amounts(left, 0) > 0:
            raise UserError(
                self.env._(
                    "%(name)s: less than %(amount)s is open on its invoices. Choose a "
                    "credit note that exists.",
                    name=self.display_name,
                    amount=self._money(amount),
                )
            )
        return parts

    def _get_credited(self):
        """Return what credit notes matched since have taken off the dispute."""
        self.ensure_one()
        # sudo: one total, for a transition whose rights were checked.
        return float(self.sudo()._load_credited().get(self.id, 0))

    def _get_credit_of(self, note):
        """Return what an existing credit note takes off what is disputed.

        One in draft, or not matched yet, counts whole; what was matched before the
        dispute, or with other invoices, does not.
        """
        self.ensure_one()
        record = self.sudo()  # sudo: totals, the rights were checked
        left = note.amount_total - record._get_upheld_by(note)
        if note.state == "draft":
            return left
        line_ids = record._line_ids_by_record()[self.id]
        since = record._receipts_of(line_ids, record._load_receipts(line_ids))
        matched = sum(r.amount for r in since if r.document == note.id)
        return min(note.amount_residual + float(matched), left)

    def _get_upheld_by(self, note):
        """Return what other disputes were concluded with a credit note."""
        others = self.search(
            [
                ("credit_move_ids", "in", note.ids),
                ("state", "=", "resolved"),
                ("id", "!=", self.id),
            ]
        )
        return sum(others.mapped("amount_upheld"))

    def _ask_to_post(self, notes):
        """Give somebody who may post them the task to post draft credit notes."""
        for note in notes.sudo():  # sudo: a task on a draft made by the dispute
            if note.state != "draft":
                continue
            who = self._get_accountant(note.company_id)
            record = self.with_context(lang=who.lang or self.env.lang)
            note.activity_schedule(
                "mail.mail_activity_data_todo",
                fields.Date.context_today(self),
                summary=record.env._(
                    "Check and post: %(dispute)s is concluded with it",
                    dispute=self.reference,
                ),
                user_id=who.id,
            )

    def _get_accountant(self, company):
        """Return who may post credit notes: the user if they may, else a colleague."""
        name = "account.group_account_invoice"
        if self.env.user.has_group(name):
            return self.env.user
        # sudo: members of a group, to know whom to ask.
        users = (
            self.env.ref(name)
            .sudo()
            .all_user_ids.filtered(
                lambda u: u.active and not u.share and company in u.company_ids
            )
        )
        return users.sorted("id")[:1] or self.env.user

    def action_credit_notes(self):
        """Open the credit notes that came from the dispute."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Credit notes"),
            "res_model": "account.move",
            "view_mode": "list,form",
            "domain": [("id", "in", self.credit_move_ids.ids)],
            "context": {"create": False},
        }
