from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ..core.penalty import CONSUMER, EXEMPT
from .relance_penalty_states import DRAFT

# No costs of recovery come near it; a slip of the keyboard does.
COST_LIMIT = 10**9


class RelancePenaltyClaimCosts(models.AbstractModel):
    """Costs of recovery above the indemnity, on proof: what people write on a claim."""

    _name = "relance.penalty.claim.costs"
    _inherit = ["relance.guarded"]
    _description = "Further costs of a claim of penalties"

    currency_id = fields.Many2one("res.currency", required=True, readonly=True)
    amount_cost = fields.Monetary(
        string="Further costs",
        copy=False,
        tracking=True,
        help="Costs of recovery above the indemnity of €40, on proof only.",
    )
    cost_note = fields.Char(string="What the costs are for", copy=False)
    cost_attachment_ids = fields.Many2many(
        "ir.attachment",
        "relance_penalty_claim_proof_rel",
        "relance_penalty_claim_id",
        "ir_attachment_id",
        string="Proof of the costs",
        copy=False,
    )

    @api.constrains("amount_cost")
    def _check_amount_cost(self):
        for claim in self.filtered("amount_cost"):
            if claim._get_regimes() & {CONSUMER, EXEMPT}:
                raise ValidationError(
                    self.env._(
                        "No costs of recovery may be asked from %(name)s (Code des "
                        "procédures civiles d'exécution, L111-8).",
                        name=claim.partner_id.display_name,
                    )
                )

    @api.model
    def _get_writable_fields(self):
        return {"amount_cost", "cost_note", "cost_attachment_ids"}

    def _check_writable(self, vals):
        if self._get_writable_fields() & vals.keys() and not self.env.su:
            for claim in self:
                if claim.state != DRAFT:
                    raise UserError(
                        self.env._(
                            "%(name)s is no longer a draft: what was claimed is not "
                            "rewritten.",
                            name=claim.display_name,
                        )
                    )
        self._check_cost(vals.get("amount_cost"))
        return super()._check_writable(vals)

    @api.model
    def _check_cost(self, amount):
        """Refuse what is no amount, before the currency has to round it.

        :raise ValidationError: in words
        """
        # Not a number is less than nothing, nor more.
        if amount and not abs(float(amount)) < COST_LIMIT:
            raise ValidationError(
                self.env._(
                    "%(amount)s is no amount of costs: enter one below %(limit)s.",
                    amount=amount,
                    limit=COST_LIMIT,
                )
            )

    def write(self, vals):
        result = super().write(vals)
        if "cost_attachment_ids" in vals:
            self._own_proofs()
        return result

    def _own_proofs(self):
        """Let whoever reads a claim read the proofs that the user has just added."""
        for claim in self:
            # sudo: files of nothing else, of the user's own.
            proofs = claim.sudo().cost_attachment_ids.filtered(
                lambda file: not file.res_id and file.create_uid == self.env.user
            )
            proofs.write({"res_model": claim._name, "res_id": claim.id})
