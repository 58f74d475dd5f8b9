from odoo import api, fields, models
from odoo.exceptions import UserError

from .relance_penalty_states import CANCELLED, CLAIMED, DRAFT, INVOICED, STATES


class RelancePenaltyClaim(models.Model):
    """Penalties asked from a debtor at a date, with the rates they were made with.

    On the books only once invoiced: the law makes penalties due without any document.
    A day of lateness belongs to one claim at most, the indemnity of an invoice too: the
    database itself refuses to claim either twice.
    """

    _name = "relance.penalty.claim"
    _description = "Claim of late-payment penalties"
    _inherit = [
        "relance.penalty.claim.costs",
        "mail.thread",
        "mail.activity.mixin",
        "relance.guarded",
        "relance.penalty.claim.sheet",
        "relance.penalty.claim.making",
        "relance.penalty.claim.waiver",
        "relance.penalty.claim.invoicing",
        "relance.penalty.claim.cancelling",
    ]
    _order = "date desc, id desc"
    _rec_name = "reference"
    _check_company_auto = True

    reference = fields.Char(compute="_compute_reference", search="_search_reference")
    state = fields.Selection(
        STATES,
        required=True,
        default=DRAFT,
        readonly=True,
        copy=False,
        index=True,
        tracking=True,
    )
    company_id = fields.Many2one("res.company", required=True, readonly=True)
    partner_id = fields.Many2one(
        "res.partner",
        string="Debtor",
        required=True,
        readonly=True,
        index=True,
        check_company=True,
    )
    date = fields.Date(
        string="Reckoned until",
        required=True,
        readonly=True,
        help="The last day of interest, included.",
    )
    line_ids = fields.One2many("relance.penalty.claim.line", "claim_id", readonly=True)
    amount_interest = fields.Monetary(
        string="Interest", compute="_compute_amounts", store=True
    )
    amount_indemnity = fields.Monetary(
        string="Indemnity", compute="_compute_amounts", store=True
    )
    amount_total = fields.Monetary(
        string="Total", compute="_compute_amounts", store=True, tracking=True
    )
    reminder_id = fields.Many2one(
        "relance.reminder",
        string="Last reminder",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
    )
    claimed_by_id = fields.Many2one("res.users", readonly=True, copy=False)
    claimed_on = fields.Date(readonly=True, copy=False)
    settled_on = fields.Date(
        readonly=True, copy=False, help="When it was waived or invoiced."
    )
    difference = fields.Char(compute="_compute_difference")

    _amount_cost_positive = models.Constraint(
        "CHECK (amount_cost IS NULL OR amount_cost >= 0)",
        "Costs of recovery cannot be negative.",
    )

    # ------------------------------------------------------------------ computes

    @api.depends("create_date")
    def _compute_reference(self):
        for claim in self:
            claim.reference = f"PEN{claim._origin.id or 0:06d}"

    def _search_reference(self, operator, value):
        if operator not in ("=", "ilike", "like", "in"):
            return NotImplemented
        values = value if operator == "in" else [value]
        digits = [str(v or "").upper().removeprefix("PEN").lstrip("0") for v in values]
        return [("id", "in", [int(d) for d in digits if d.isdecimal()])]

    @api.depends("partner_id", "reference")
    def _compute_display_name(self):
        for claim in self:
            # sudo: whose it is, as many2one fields say it to who reads the record.
            debtor = claim.sudo().partner_id.name
            claim.display_name = " · ".join(filter(None, (claim.reference, debtor)))

    @api.depends("line_ids.interest", "line_ids.indemnity", "amount_cost")
    def _compute_amounts(self):
        for claim in self:
            claim.amount_interest = sum(claim.line_ids.mapped("interest"))
            claim.amount_indemnity = sum(claim.line_ids.mapped("indemnity"))
            claim.amount_total = (
                claim.amount_interest + claim.amount_indemnity + claim.amount_cost
            )

    @api.depends("line_ids", "state")
    def _compute_difference(self):
        for claim in self:
            asks = claim.state in (DRAFT, CLAIMED, INVOICED)
            claim.difference = claim._get_difference() if asks else False

    @api.ondelete(at_uninstall=False)
    def _unlink_except_claimed(self):
        for claim in self:
            if claim.state not in (DRAFT, CANCELLED):
                raise UserError(
                    self.env._(
                        "%(name)s was claimed: it is kept. Cancel it instead.",
                        name=claim.display_name,
                    )
                )

    # --------------------------------------------------------------- transitions

    def _move(self, transition, *args):
        """Apply a transition to the claims that the user may write.

        :return: the claims that it moved, in the user's environment
        """
        self.check_access("write")
        # sudo: states are written by transitions only, on records just checked.
        moved = getattr(self.sudo(), transition)(*args)
        return moved.with_env(self.env)

    def action_claim(self):
        """Note that the penalties are asked from the debtor; return those claimed.

        :raise UserError: when there is nothing to ask, or no proof of the costs
        """
        return self._move("_claim")

    def _claim(self):
        drafts = self.filtered(lambda claim: claim.state == DRAFT)
        for claim in drafts:
            claim._check_claimable()
        drafts.write(
            {
                "state": CLAIMED,
                "claimed_by_id": self.env.uid,
                "claimed_on": fields.Date.context_today(self),
            }
        )
        return drafts

    def _check_claimable(self):
        """Refuse what cannot be asked.

        :raise UserError: saying why
        """
        self.ensure_one()
        if self.currency_id.compare_amounts(self.amount_total, 0) <= 0:
            raise UserError(
                self.env._("%(name)s asks for nothing.", name=self.display_name)
            )
        if self.amount_cost and not self.cost_attachment_ids:
            raise UserError(
                self.env._(
                    "%(name)s: attach the proof of the costs of recovery.",
                    name=self.display_name,
                )
            )

    def action_refresh(self):
        """Reckon drafts again, until today; return those that changed."""
        return self._move("_refresh", fields.Date.context_today(self))

    def _open(self):
        """Return the action that shows the claims."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "relance_ar.relance_penalty_claim_action"
        )
        action = {**action, "domain": [("id", "in", self.ids)], "context": {}}
        if len(self) == 1:
            form = [view for view in action["views"] if view[1] == "form"]
            action.update(res_id=self.id, view_mode="form", views=form)
        return action
