from odoo import api, fields, models
from odoo.exceptions import UserError

from ..core import dispute
from ..core.amounts import ZERO
from .relance_groups import OFFICER_GROUP


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
        """Return ``{invoice: its part of an amount}``.

        First what this dispute contests of each; then what else is open; then what was
        invoiced: the customer, who paid what they did not owe, is owed the rest.

        :raise UserError: when less was invoiced, or credited already
        """
        rooms = self._load_credit_rooms()
        parts, left = dispute.divide_credit(self._to_decimal(amount), *rooms)
        if not parts or self.currency_id.compare_amounts(float(left), 0) > 0:
            raise UserError(
                self.env._(
                    "%(name)s: less than %(amount)s of its invoices is not credited "
                    "yet. Choose a credit note that exists.",
                    name=self.display_name,
                    amount=self._money(amount),
                )
            )
        moves = self.env["account.move"].sudo()  # sudo: drafts are made from them
        return {moves.browse(key): float(part) for key, part in parts.items()}

    def _load_credit_rooms(self):
        """Return how much each invoice may be credited, as the core divides it.

        :return: ``[{invoice id: amount}]``: contested here, open, not credited yet
        """
        own, lines = self._load_own_parts(), self._get_posted_lines()
        contested, is_open, billed = {}, {}, {}
        for line in lines.filtered(lambda li: li.move_id.is_invoice()):
            key, residual = line.move_id.id, line.amount_residual_currency
            for room, amount in (
                (contested, own.get(line.id, 0)),
                (is_open, max(self._to_decimal(residual), 0)),
            ):
                room[key] = room.get(key, 0) + amount
        given = self._load_credit_given(lines)
        for move in lines.move_id.filtered(lambda m: m.id in contested):
            billed[move.id] = self._to_decimal(move.amount_total) - given[move]
        least = {key: min(is_open[key], most) for key, most in billed.items()}
        own = {key: min(contested[key], least[key]) for key in contested}
        return own, least, billed

    @api.model
    def _load_credit_given(self, lines):
        """Return ``{invoice: what credit notes give back of it}``, drafts included."""
        receipts, given = self._load_receipts(lines.ids), {}
        for move, mine in lines.grouped("move_id").items():
            matched = (r for line in mine for _id, r in receipts[line.id])
            given[move] = sum((r.amount for r in matched if r.is_credit_note), ZERO)
            for note in move.reversal_move_ids:
                waits = note.amount_total if note.state == "draft" else 0
                if note.state == "posted":
                    waits = note.amount_residual
                given[move] += self._to_decimal(waits)
        return given

    def _get_posted_lines(self):
        """Return the instalments of posted invoices, paid or not, the oldest first."""
        # sudo: called by transitions, whose rights were checked.
        lines = self.sudo().move_line_ids.filtered(
            lambda li: li.parent_state == "posted"
        )
        return lines.sorted(lambda li: (li.date_maturity or li.date, li.id))

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
