from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tools import plaintext2html

from .relance_dispute_entering import OPEN_STATES
from .relance_dispute_owner import ANSWER_TASK
from .relance_groups import OFFICER_GROUP

CONCLUDE_TASK = "relance_ar.mail_activity_type_dispute_conclude"
OUTCOMES = [
    ("credited", "Credit note"),
    ("partly", "Settled in part"),
    ("confirmed", "Debt confirmed"),
    ("paid", "Paid meanwhile"),
    ("withdrawn", "Withdrawn"),
]


class RelanceDisputeSettling(models.AbstractModel):
    """How a dispute ends: its owner answers, an officer concludes."""

    _name = "relance.dispute.settling"
    _description = "Settling of a dispute"

    currency_id = fields.Many2one("res.currency")
    answer = fields.Text(help="What the owner found out.")
    proposal = fields.Selection(
        [
            ("answer", "Answered"),
            ("credit", "Credit note proposed"),
            ("confirm", "The debt stands"),
        ],
        readonly=True,
        copy=False,
        tracking=True,
    )
    amount_proposed = fields.Monetary(
        string="Credit proposed",
        compute="_compute_amount_proposed",
        store=True,
        readonly=False,
        precompute=True,
        copy=False,
        help="All that is disputed, unless less is proposed.",
    )
    answered_on = fields.Date(string="Answered on", readonly=True, copy=False)
    answered_by_id = fields.Many2one(
        "res.users", string="Answered by", readonly=True, copy=False
    )
    outcome = fields.Selection(OUTCOMES, readonly=True, copy=False, tracking=True)
    amount_upheld = fields.Monetary(
        string="Upheld",
        readonly=True,
        copy=False,
        help="The part of the disputed amount in which the customer was right.",
    )
    conclusion = fields.Text(readonly=True, copy=False)
    resolved_on = fields.Date(string="Resolved on", readonly=True, copy=False)
    days_to_resolve = fields.Integer(
        string="Days to resolve",
        compute="_compute_figures",
        store=True,
        aggregator="avg",
    )
    upheld_rate = fields.Float(
        string="Upheld (%)",
        compute="_compute_figures",
        store=True,
        aggregator="avg",
        help="Share of the disputed amount in which customers were right.",
    )
    is_mine = fields.Boolean(compute="_compute_is_mine")
    is_officer = fields.Boolean(compute="_compute_is_mine")

    @api.depends("amount")
    def _compute_amount_proposed(self):
        for record in self:
            known = record.amount_proposed
            is_answered = record.answered_on and known <= record.amount
            record.amount_proposed = known if is_answered else record.amount

    @api.depends("resolved_on", "date_open", "amount_upheld", "amount", "state")
    def _compute_figures(self):
        for record in self:
            is_over = record.state == "resolved" and record.resolved_on
            spent = record.resolved_on - record.date_open if is_over else None
            record.days_to_resolve = spent.days if spent else 0
            upheld = record.amount_upheld if is_over else 0
            record.upheld_rate = record.amount and 100 * upheld / record.amount

    @api.depends("user_id", "escalated_to_id", "leader_id")
    @api.depends_context("uid")
    def _compute_is_mine(self):
        is_officer = self.env.user.has_group(OFFICER_GROUP)
        for record in self:
            people = record.user_id | record.escalated_to_id | record.leader_id
            record.is_mine = self.env.user in people
            record.is_officer = is_officer

    def _may_answer(self):
        """Say whether the user answers for the dispute: an officer may for others."""
        self.ensure_one()
        return self.is_mine or self.is_officer

    # ---------------------------------------------------------------- by the owner

    def action_answer(self):
        """Give the answer to the officer; return the disputes answered.

        :raise UserError: without words, which the customer will be told
        """
        return self._answer_as("answer")

    def action_propose_credit(self):
        """Propose a credit note, of all that is disputed unless an amount is given."""
        return self._answer_as("credit")

    def action_confirm_debt(self):
        """Tell the officer that the customer owes what they dispute."""
        return self._answer_as("confirm")

    def _answer_as(self, proposal):
        for record in self:
            if not record._may_answer():
                raise AccessError(
                    self.env._("%(name)s: its owner answers.", name=record.display_name)
                )
            if not (record.answer or "").strip():
                raise UserError(
                    self.env._(
                        "%(name)s: write what you found out, then answer.",
                        name=record.display_name,
                    )
                )
        return self._move("_note_proposal", proposal)

    def _note_proposal(self, proposal):
        """Note the answer, and have the officer conclude."""
        answered = self.filtered(lambda r: r.state in OPEN_STATES)
        for record in answered:
            record._check_credit(record.amount_proposed or 0)
            record.write(
                {
                    "proposal": proposal,
                    "amount_proposed": record._get_proposed(proposal),
                    "answered_on": fields.Date.context_today(self),
                    "answered_by_id": self.env.uid,
                }
            )
            record._set_conclude_by(fields.Date.context_today(self))
            record.activity_feedback([ANSWER_TASK])
            record._ask_officer()
            record.message_post(body=record.answer, subtype_xmlid="mail.mt_note")
        return answered

    def _get_proposed(self, proposal):
        """Return the credit that an answer proposes."""
        self.ensure_one()
        asked = self.amount_proposed or self.amount
        return asked if proposal == "credit" else 0

    def _check_credit(self, amount):
        """Refuse a credit above what is disputed, or below zero."""
        self.ensure_one()
        if not amount >= 0 or self.currency_id.compare_amounts(amount, self.amount) > 0:
            raise ValidationError(
                self.env._(
                    "%(name)s: a credit lies between 0 and the %(amount)s disputed.",
                    name=self.display_name,
                    amount=self._money(self.amount),
                )
            )

    def _ask_officer(self, why=""):
        """Have the officer conclude: the customer waits.

        :param why: why it is asked again
        """
        self.ensure_one()
        who = self._get_concluder()
        record = self.with_context(lang=who.lang or self.env.lang)
        kinds = dict(record._fields["proposal"]._description_selection(record.env))
        summary = record.env._(
            "%(debtor)s: conclude the dispute (%(proposal)s)",
            debtor=record.partner_id.name,
            proposal=kinds[record.proposal],
        )
        today = fields.Date.context_today(self)
        note = plaintext2html("\n".join(filter(None, (why, record.answer))))
        record._give_task(CONCLUDE_TASK, who, today, summary, note)

    # -------------------------------------------------------------- by the officer

    def action_conclude(self):
        """Open what the officer decides."""
        self.ensure_one()
        self._check_officer()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Conclude the dispute"),
            "res_model": "relance.dispute.conclude",
            "view_mode": "form",
            "target": "new",
            "context": {"default_dispute_id": self.id},
        }

    def action_cancel(self):
        """Take disputes back that were opened by mistake; return them.

        The whole of the instalments is chased again.
        """
        self._check_officer()
        return self._move("_close", "cancelled", "withdrawn")

    def _conclude(self, outcome, upheld, credits=(), words=""):
        """Settle open disputes; return those settled.

        :param upheld: amount in which the customer is right, in the currency
        :param credits: ids of the credit notes that say so
        """
        settled = self.filtered(lambda r: r.state in OPEN_STATES)
        for record in settled:
            record._check_credit(upheld)
            record.write(
                {
                    "amount_upheld": upheld,
                    "credit_move_ids": [(4, move_id) for move_id in credits],
                    "conclusion": words,
                }
            )
        return settled._close("resolved", outcome)

    def _close(self, state, outcome):
        """End disputes: nobody has anything left to do about them."""
        closed = self.filtered(lambda r: r.state in OPEN_STATES)
        today = fields.Date.context_today(self)
        closed.write({"state": state, "outcome": outcome, "resolved_on": today})
        closed._drop_tasks(ANSWER_TASK, CONCLUDE_TASK)
        return closed

    # --------------------------------------------------------------------- sealing

    def _get_stage(self):
        # OVERRIDES relance.agreement.sealing: who is asked among us is not for a seal.
        return "open" if self.state == "escalated" else self.state or ""

    @api.model
    def _get_sealed_fields(self):
        return super()._get_sealed_fields() | {"amount", "reason_id", "description"}

    def _get_sealed_facts(self):
        names = ["amount", "reason_id", "source", "description"]
        if self.state in ("resolved", "cancelled"):
            names += ["outcome", "amount_upheld", "conclusion", "credit_move_ids"]
        return [self._to_fact(name) for name in names]

    def _get_proof_files(self):
        # EXTENDS relance.agreement.sealing: what was chosen for the customer, no more.
        return super()._get_proof_files() | self.proof_ids

    def _get_proof_credits(self):
        # OVERRIDES relance.agreement.sealing
        return self.credit_move_ids.filtered(lambda move: move.state == "posted")
