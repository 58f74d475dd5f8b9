from odoo import api, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain


class RelanceDebtorDuplicate(models.AbstractModel):
    """One account per customer: the part of partners that keeps to it."""

    _name = "relance.debtor.duplicate"
    _description = "One account per customer"

    @api.constrains("relance_siren", "parent_id", "company_id", "active")
    def _check_relance_duplicate(self):
        """Refuse a second account of a company, where the company wants it so.

        :raise ValidationError: naming the account that exists
        """
        checked = self.filtered(
            lambda p: (
                p.relance_siren
                and not p.parent_id
                and p.active
                and (p.company_id or self.env.company).relance_block_duplicates
            )
        )
        if not checked:
            return
        # sudo: an account that the user may not read is still a duplicate.
        found = self.sudo().search(
            Domain("relance_siren", "in", checked.mapped("relance_siren"))
            & Domain("parent_id", "=", False)
        )
        for partner in checked:
            twin = found.filtered(
                lambda other, partner=partner: (
                    other.id != partner.id
                    and other.relance_siren == partner.relance_siren
                    and len(other.company_id | partner.company_id) <= 1
                )
            )[:1]
            if twin:
                raise ValidationError(
                    self.env._(
                        "%(name)s: the SIREN %(siren)s has an account already, "
                        "%(other)s. Use it, or merge the two.",
                        name=partner.name,
                        siren=partner.relance_siren,
                        other=twin.display_name,
                    )
                )
