from odoo import api, models
from odoo.tools import SQL


class BasePartnerMergeAutomaticWizard(models.TransientModel):
    _inherit = "base.partner.merge.automatic.wizard"

    @api.model
    def _update_foreign_keys(self, src_partners, dst_partner):
        # EXTENDS 'base': one assessment for each company remains, the latest.
        merged = src_partners + dst_partner
        self._relance_keep_latest_assessment(merged)
        self._relance_keep_policy(merged, dst_partner)
        return super()._update_foreign_keys(src_partners, dst_partner)

    @api.model
    def _relance_keep_latest_assessment(self, merged):
        """Delete all but the latest assessment in each company.

        Left to itself, Odoo would delete those of the contacts that disappear, in all
        companies as soon as one of them has two.
        """
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                """
                DELETE FROM relance_payer_assessment a
                 USING relance_payer_assessment b
                 WHERE a.company_id = b.company_id
                   AND a.partner_id IN %(ids)s AND b.partner_id IN %(ids)s
                   AND (a.assessed_on, a.id) < (b.assessed_on, b.id)
                """,
                ids=tuple(merged.ids),
            )
        )
        self.env["relance.payer.assessment"].invalidate_model(flush=False)

    @api.model
    def _relance_keep_policy(self, merged, kept):
        """Keep what protects the customers: the longest hold, open proceedings."""
        # sudo: who may merge contacts may not be an officer; nothing of it is shown.
        for company in self.env["res.company"].sudo().search([("active", "=", True)]):
            here = merged.sudo().with_company(company)
            held = here.filtered("relance_hold_until").sorted("relance_hold_until")[-1:]
            if held and held != kept:
                values = ("relance_hold_until", "relance_hold_reason")
                kept.sudo().with_company(company).write(
                    {name: held[name] for name in values}
                )
        gravest = merged.sudo().sorted(lambda p: p._relance_get_gravity())[-1:]
        if gravest.solvency_state != kept.sudo().solvency_state:
            kept.sudo().write(
                {
                    "solvency_state": gravest.solvency_state,
                    "solvency_checked_on": gravest.solvency_checked_on,
                }
            )
