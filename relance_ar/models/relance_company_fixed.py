from odoo import fields, models
from odoo.exceptions import UserError


class RelanceCompanyFixed(models.AbstractModel):
    """A record that people do not move to another company.

    Odoo checks the rules on the record as it was, not on the company it is moved to.
    """

    _name = "relance.company.fixed"
    _description = "Record of one company"

    company_id = fields.Many2one("res.company")

    def write(self, vals):
        if "company_id" in vals and not self.env.su:
            self._check_company_kept(vals["company_id"] or False)
        return super().write(vals)

    def _may_move_to(self, company):
        """Say whether people may give the record to ``company``, maybe none."""
        return False

    def _check_company_kept(self, company_id):
        """Refuse to move records to a company.

        :raise UserError: naming the record
        """
        company = self.env["res.company"].browse(company_id)
        for record in self:
            if record.company_id != company and not record._may_move_to(company):
                raise UserError(
                    self.env._(
                        "%(name)s stays in its company: make another one in the other "
                        "company instead.",
                        name=record.display_name,
                    )
                )


class RelanceCompanyShared(models.AbstractModel):
    """A record of one company or of all: people move it where they work."""

    _name = "relance.company.shared"
    _inherit = "relance.company.fixed"
    _description = "Record of one company or of all"

    def _may_move_to(self, company):
        """Allow the companies that the user works in, and sharing what is theirs."""
        ours = self.env.companies
        return company in ours if company else self.company_id in ours
