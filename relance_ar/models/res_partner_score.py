from odoo import api, fields, models

from .relance_groups import OFFICER_GROUP


class RelanceDebtorScore(models.AbstractModel):
    """The risk of a customer or prospect: the part of partners about it."""

    _name = "relance.debtor.score"
    _description = "Credit score of a customer"

    relance_score = fields.Float(
        string="Score (0 to 100)",
        compute="_compute_relance_score",
        digits=(5, 1),
        groups=OFFICER_GROUP,
    )
    relance_score_on = fields.Date(
        string="Score of", compute="_compute_relance_score", groups=OFFICER_GROUP
    )
    relance_advised_limit = fields.Float(
        string="Advised limit", compute="_compute_relance_score", groups=OFFICER_GROUP
    )
    relance_risk_class_id = fields.Many2one(
        "relance.risk.class",
        string="Class of risk",
        compute="_compute_relance_score",
        groups=OFFICER_GROUP,
    )
    relance_proposed_term_id = fields.Many2one(
        "account.payment.term",
        string="Proposed terms",
        compute="_compute_relance_score",
        groups=OFFICER_GROUP,
    )

    @api.depends("commercial_partner_id")
    @api.depends_context("company")
    def _compute_relance_score(self):
        last = self._relance_last_scores()
        nothing = self.env["relance.score"]
        for partner in self:
            score = last.get(partner.commercial_partner_id._origin, nothing)
            partner.relance_score = score.level
            partner.relance_score_on = score.date
            partner.relance_advised_limit = score.limit
            partner.relance_risk_class_id = score.class_id
            partner.relance_proposed_term_id = score.class_id.payment_term_id

    def _relance_last_scores(self):
        """Return ``{company: its last score}`` in the current company."""
        scores = self.env["relance.score"].search(
            [
                ("partner_id", "in", self.commercial_partner_id.ids),
                ("company_id", "=", self.env.company.id),
            ],
            order="date, id",
        )
        return {score.partner_id: score for score in scores}

    def action_relance_apply_score(self):
        """Give the customers the limit and the terms that their score advises.

        What the score says nothing about stays; return the customers changed.
        """
        changed = self.browse()
        for partner in self.commercial_partner_id:
            values = {}
            if partner.relance_advised_limit:
                values["credit_limit"] = partner.relance_advised_limit
            if partner.relance_proposed_term_id:
                term = partner.relance_proposed_term_id
                values["property_payment_term_id"] = term.id
            if values:
                partner.write(values)
                changed += partner
        return changed

    def action_relance_fetch_score(self):
        """Ask the providers that are installed about the customers or prospects."""
        self.check_access("write")
        self.env["relance.score.provider"]._bring(self.commercial_partner_id)
        return True

    def action_relance_scores(self):
        """Open the history of the scores, as a curve."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "relance_ar.relance_score_action"
        )
        debtor = self.commercial_partner_id
        return {
            **action,
            "domain": [("partner_id", "=", debtor.id)],
            "context": {"default_partner_id": debtor.id},
            "views": [(False, "graph"), (False, "list"), (False, "form")],
        }
