from odoo import api, fields, models
from odoo.exceptions import UserError


class RelanceProofJoining(models.TransientModel):
    """Asks which papers to join to a proof file: nothing of an invoice that may be for
    us alone goes to others by itself."""

    _name = "relance.proof.joining"
    _description = "Papers to join to a proof file"

    proof_id = fields.Many2one("relance.proof", required=True)
    candidate_ids = fields.Many2many(
        "ir.attachment",
        "relance_proof_joining_candidate_rel",
        compute="_compute_candidate_ids",
    )
    chosen_ids = fields.Many2many(
        "ir.attachment",
        "relance_proof_joining_chosen_rel",
        string="Files of the invoices",
        domain="[('id', 'in', candidate_ids)]",
    )
    upload_ids = fields.Many2many(
        "ir.attachment", "relance_proof_joining_upload_rel", string="Other papers"
    )

    @api.depends("proof_id")
    def _compute_candidate_ids(self):
        for wizard in self:
            wizard.candidate_ids = wizard._find_candidates()

    def _find_candidates(self):
        """Return the files beside the invoices that the user may read."""
        self.ensure_one()
        return self.env["ir.attachment"].search(
            [
                ("res_model", "=", "account.move"),
                ("res_id", "in", self.proof_id.move_ids.ids),
                ("res_field", "=", False),
            ],
            order="id",
        )

    def action_make(self):
        """Make another proof file, with these papers, and open it."""
        self.ensure_one()
        papers = (self.chosen_ids & self.candidate_ids) + self.upload_ids
        if not papers:
            raise UserError(self.env._("Choose at least one paper."))
        proof = self.proof_id
        # sudo: those joined before, of which the user gets what they may read.
        before = proof.sudo().paper_ids.with_env(self.env)
        papers |= before._filtered_access("read")
        return proof._make_for(
            proof.move_ids, litigation=proof.litigation_id, papers=papers
        )
