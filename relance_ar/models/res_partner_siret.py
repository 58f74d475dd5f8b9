from odoo import api, fields, models
from odoo.fields import Domain

from ..core import identity


class RelanceDebtorSiret(models.AbstractModel):
    """Keeps the SIRET of each establishment, over which Odoo copies its parent's."""

    _name = "relance.debtor.siret"
    _description = "SIRET of establishments"

    @api.model_create_multi
    def create(self, vals_list):
        partners = super().create(vals_list)
        for partner, vals in zip(partners, vals_list, strict=True):
            partner._relance_keep_siret(vals.get("company_registry"))
            partner._relance_keep_nested_sirets(vals.get("child_ids"))
        return partners

    def _load_records_create(self, vals_list):
        # EXTENDS 'base': the import synchronises addresses after creating them.
        partners = super()._load_records_create(vals_list)
        for partner, vals in zip(partners, vals_list, strict=True):
            partner._relance_keep_siret(vals.get("company_registry"))
        return partners

    def write(self, vals):
        siret_of = {}
        if {"company_registry", "parent_id"} & vals.keys():
            siret_of = self._relance_own_sirets(vals)
        result = super().write(vals)
        for partner, siret in siret_of.items():
            partner._relance_keep_siret(siret)
        return result

    def _relance_own_sirets(self, vals):
        """Return ``{address: SIRET}`` of those that have one of their own.

        Odoo copies the parent's company ID to its addresses, but each French
        establishment has its own SIRET, by which electronic invoices are routed.
        """
        addresses = self.env["res.partner"]
        if "parent_id" in vals and "company_registry" not in vals:
            addresses |= self
        if "company_registry" in vals:
            addresses |= self.search(
                Domain("id", "child_of", self.ids)
                & Domain("id", "not in", self.ids)
                & Domain("is_company", "=", False)
            )
        return {
            address: address.company_registry
            for address in addresses
            if address.company_registry
            and address.company_registry
            != (address.commercial_partner_id - address).company_registry
        }

    def _relance_keep_siret(self, siret):
        """Put an address's own SIRET back after Odoo copied its parent's over it."""
        self.ensure_one()
        if (
            siret
            and self.company_registry != siret
            and self.commercial_partner_id != self
            and identity.is_siret(identity.normalise(siret))
        ):
            self.company_registry = siret

    def _relance_keep_nested_sirets(self, commands):
        """Do the same for addresses created together with their company."""
        nested = [
            command[2]
            for command in commands or ()
            if command[0] == fields.Command.CREATE
        ]
        # Addresses are created in the order of the commands.
        for child, vals in zip(self.child_ids.sorted("id"), nested, strict=False):
            child._relance_keep_siret(vals.get("company_registry"))
