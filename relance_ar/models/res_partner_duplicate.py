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
                raise ValidationError(partner._relance_say_twin(twin))

    def _relance_say_twin(self, twin):
        return self.env._(
            "%(name)s: the SIREN %(siren)s has an account already, %(other)s. Use it, "
            "or merge the two.",
            name=self.name,
            siren=self.relance_siren,
            other=twin.display_name,
        )

    @api.model
    def _relance_refused_row(self, vals, dbid, siren, sirens):
        """Return why an imported row is a second account, or "".

        :param siren: in the row, as it is compared
        :param sirens: those of the rows before, completed here
        """
        if not siren or vals.get("parent_id"):
            return ""
        if not self.env.company.relance_block_duplicates:
            return ""
        # sudo: as in _check_relance_duplicate.
        twin = self.sudo().search(
            [
                ("relance_siren", "=", siren),
                ("parent_id", "=", False),
                ("id", "!=", dbid or False),
                ("company_id", "in", (False, self.env.company.id)),
            ],
            limit=1,
        )
        is_again, row = siren in sirens, self.new({"name": vals.get("name")})
        sirens.add(siren)
        if not twin and not is_again:
            return ""
        row.relance_siren = siren
        return row._relance_say_twin(twin or row)
