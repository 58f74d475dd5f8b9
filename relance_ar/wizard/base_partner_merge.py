from odoo import api, models
from odoo.tools import SQL

# Kept once per debtor and reckoned again: what the merged account had is dropped.
RECKONED = ("relance_payer_assessment", "relance_exposure", "relance_identity_finding")


class BasePartnerMergeAutomaticWizard(models.TransientModel):
    _inherit = "base.partner.merge.automatic.wizard"

    @api.model
    def _update_foreign_keys(self, src_partners, dst_partner):
        # EXTENDS 'base': a unique index, unlike a constraint, is not foreseen there.
        self.env.flush_all()
        for table in RECKONED:
            self.env.cr.execute(
                SQL(
                    "DELETE FROM %s WHERE partner_id IN %s",
                    SQL.identifier(table),
                    tuple(src_partners.ids),
                )
            )
        # Both accounts were told of the same judgment: each keeps what was done.
        self.env.cr.execute(
            SQL(
                "UPDATE relance_proceeding SET number = NULL WHERE partner_id IN %s",
                tuple(src_partners.ids),
            )
        )
        self.env.invalidate_all(flush=False)
        return super()._update_foreign_keys(src_partners, dst_partner)
