from odoo import api, models
from odoo.tools import SQL

from ..models.relance_event_kinds import MERGED

# Kept once per debtor and reckoned again: what the merged account had is dropped.
RECKONED = ("relance_exposure", "relance_identity_finding")
# What is kept of the customer whose solvency is the gravest.
SOLVENCY = ("solvency_state", "solvency_checked_on", "solvency_judgment_on")


class BasePartnerMergeAutomaticWizard(models.TransientModel):
    _inherit = "base.partner.merge.automatic.wizard"

    @api.model
    def _update_foreign_keys(self, src_partners, dst_partner):
        # EXTENDS 'base': a unique index, unlike a constraint, is not foreseen there.
        merged = src_partners + dst_partner
        self.env.flush_all()
        self._relance_keep_latest_assessment(merged)
        self._relance_drop_reckoned(src_partners)
        self._relance_keep_one_score(merged, dst_partner)
        self._relance_keep_proceedings(src_partners)
        self._relance_keep_chains(src_partners, dst_partner)
        self._relance_revoke_links(src_partners)
        self.env.invalidate_all(flush=False)
        self._relance_keep_policy(merged, dst_partner)
        return super()._update_foreign_keys(src_partners, dst_partner)

    @api.model
    def _relance_keep_latest_assessment(self, merged):
        """Delete all but the latest assessment in each company.

        Left to itself, Odoo would delete those of the contacts that disappear, in all
        companies as soon as one of them has two.
        """
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

    @api.model
    def _relance_drop_reckoned(self, gone):
        """Delete what is reckoned again for the account that stays."""
        for table in RECKONED:
            self.env.cr.execute(
                SQL(
                    "DELETE FROM %s WHERE partner_id IN %s",
                    SQL.identifier(table),
                    tuple(gone.ids),
                )
            )

    @api.model
    def _relance_keep_one_score(self, merged, kept):
        """Keep one score of each provider and day: that of the account that stays."""
        self.env.cr.execute(
            SQL(
                """
                DELETE FROM relance_score a
                 USING relance_score b
                 WHERE a.company_id = b.company_id
                   AND a.provider = b.provider AND a.date = b.date
                   AND a.partner_id IN %(ids)s AND b.partner_id IN %(ids)s
                   AND (a.partner_id = %(kept)s, a.id) < (b.partner_id = %(kept)s, b.id)
                """,
                ids=tuple(merged.ids),
                kept=kept.id,
            )
        )

    @api.model
    def _relance_keep_proceedings(self, gone):
        """Keep what was done in each account when both were told of one judgment."""
        self.env.cr.execute(
            SQL(
                "UPDATE relance_proceeding SET number = NULL WHERE partner_id IN %s",
                tuple(gone.ids),
            )
        )

    @api.model
    def _relance_keep_chains(self, gone, kept):
        """Keep the contacts of each account in a chain of their own, closed; the chain
        of the account that stays tells of it, or the check would ask why."""
        # sudo: who may merge contacts may not be an officer; nothing of it is shown.
        closed = self.env["relance.event.chain"].sudo()
        closed = closed.search([("partner_id", "in", gone.ids)])
        debtor = kept.sudo()
        events = self.env["relance.event"]
        events._record(
            [
                {
                    "company_id": chain.company_id.id,
                    "partner_id": debtor.id,
                    "kind": MERGED,
                    "subject": self.env._(
                        "The account %(name)s was merged into this one",
                        name=chain.partner_id.display_name,
                    ),
                    "reference": chain.code,
                    "debtor": " ".join(
                        filter(None, (debtor.name, debtor.relance_siren))
                    ),
                }
                for chain in closed
            ]
        )
        closed.write({"is_open": False})
        closed.flush_recordset()

    @api.model
    def _relance_revoke_links(self, gone):
        """Let no link of an account that disappears open the one that stays."""
        self.env.cr.execute(
            SQL(
                """
                UPDATE relance_link SET revoked_on = now() AT TIME ZONE 'UTC'
                 WHERE revoked_on IS NULL
                   AND (partner_id IN %(ids)s OR contact_id IN %(ids)s)
                """,
                ids=tuple(gone.ids),
            )
        )

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
            kept.sudo().write({name: gravest[name] for name in SOLVENCY})
