from odoo import api, fields, models
from odoo.exceptions import UserError

from ..core import identity
from ..registers.http import RegisterError
from .relance_groups import OFFICER_GROUP
from .relance_register import OFF


class RelanceDebtorRegister(models.AbstractModel):
    """What the public registers say of a customer: the part of partners about it."""

    _name = "relance.debtor.register"
    _description = "A customer in the public registers"

    relance_legal_form = fields.Char(
        string="Legal form",
        copy=False,
        groups=OFFICER_GROUP,
        help="INSEE's code of four digits: 5710 is a SAS, 7 and following public.",
    )
    relance_activity = fields.Char(
        string="Activity", copy=False, groups=OFFICER_GROUP, help="NAF code."
    )
    relance_size = fields.Selection(
        [("PME", "Small or medium"), ("ETI", "Intermediate"), ("GE", "Large")],
        string="Size",
        copy=False,
        groups=OFFICER_GROUP,
    )
    relance_staff = fields.Char(string="Staff", copy=False, groups=OFFICER_GROUP)
    relance_closed_on = fields.Date(
        string="Closed down on", copy=False, groups=OFFICER_GROUP
    )
    relance_proceeding_ids = fields.One2many(
        "relance.proceeding",
        "partner_id",
        string="Insolvency proceedings",
        groups=OFFICER_GROUP,
    )
    relance_open_proceeding_id = fields.Many2one(
        "relance.proceeding",
        string="Proceedings to follow",
        compute="_compute_relance_open_proceeding_id",
        groups=OFFICER_GROUP,
    )

    @api.depends("relance_proceeding_ids.state")
    @api.depends_context("company")
    def _compute_relance_open_proceeding_id(self):
        found = self.env["relance.proceeding"].search(
            [
                ("partner_id", "in", self.commercial_partner_id.ids),
                ("company_id", "=", self.env.company.id),
                ("state", "in", ("to_confirm", "confirmed")),
            ]
        )
        by_partner = found.grouped("partner_id")
        for partner in self:
            theirs = by_partner.get(
                partner.commercial_partner_id._origin, found.browse()
            )
            partner.relance_open_proceeding_id = theirs[:1]

    def _get_insolvency_opening(self, date):
        """Return the judgments that stop the payment of earlier debts, on a date.

        Confirmed proceedings of the current company alone count.

        :return: ``{debtor: day of the opening judgment}`` for commercial partners
        """
        rows = self.env["relance.proceeding"]._load_openings(
            self.commercial_partner_id.ids, self.env.company, date
        )
        return {self.browse(partner_id): day for partner_id, day in rows.items()}

    def _relance_number(self):
        """Return the SIRET of the customer, else the SIREN.

        :raise UserError: when there is neither
        """
        self.ensure_one()
        siren = self.relance_siren
        registry = identity.normalise(self.company_registry)
        if siren and identity.is_siret(registry) and registry.startswith(siren):
            return registry
        if siren and not identity.siren_error(siren):
            return siren
        raise UserError(
            self.env._("%(name)s has no SIREN: enter it first.", name=self.display_name)
        )

    def action_relance_lookup(self):
        """Ask the register about the customer, and open what it says.

        :raise UserError: when it gives no usable answer
        """
        self.ensure_one()
        return self.env["relance.lookup"]._open_for(self)

    def action_relance_check_solvency(self):
        """Ask both registers about the customers now; what they say is noted.

        :raise UserError: when one of them gives no usable answer
        """
        self.check_access("write")
        sirens = {p._relance_number()[: identity.SIREN_LENGTH] for p in self}
        # sudo: what registers say is written by look-ups alone, on customers that the
        # user may write.
        listed = self.env["relance.register.company"].sudo()._of_sirens(sorted(sirens))
        try:
            listed._read_bulletin()
            if listed._get_service() != OFF:
                listed._read_register()
        except RegisterError as error:
            listed._raise_failure(error)
        return True
