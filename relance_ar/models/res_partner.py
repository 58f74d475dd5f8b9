from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..core import identity
from .relance_groups import OFFICER_GROUP


class ResPartner(models.Model):
    _name = "res.partner"
    # Ours first: what it extends of partners must come before what they have.
    _inherit = [
        "relance.debtor.siret",
        "relance.debtor.profile",
        "relance.debtor.agreements",
        "relance.debtor.policy",
        "relance.debtor.penalty",
        "relance.debtor.register",
        "relance.debtor.duplicate",
        "relance.debtor.terms",
        "relance.debtor.billing",
        "relance.debtor.score",
        "relance.debtor.link",
        "relance.debtor.handed.over",
        "res.partner",
    ]

    relance_siren = fields.Char(
        string="SIREN",
        compute="_compute_relance_siren",
        store=True,
        readonly=False,
        index="btree_not_null",
        help="Nine digits that identify a French company. Taken from the SIRET or the "
        "VAT number when one of them is valid.",
    )
    relance_siren_state = fields.Selection(
        [
            (identity.VALID, "Valid"),
            (identity.INVALID, "Invalid"),
            (identity.MISSING, "Missing"),
            (identity.NOT_APPLICABLE, "Not applicable"),
        ],
        string="Identifiers",
        compute="_compute_relance_siren_state",
        store=True,
    )
    relance_siren_note = fields.Char(
        string="What is wrong in the identifiers", compute="_compute_relance_siren_note"
    )
    relance_same_siren_ids = fields.Many2many(
        "res.partner",
        string="Customers with the same SIREN",
        compute="_compute_relance_same_siren_ids",
        context={"active_test": False},
    )

    # Here and not in the mixin: deleting what a company-dependent link points to
    # rewrites the table of each model that has the field.
    relance_scenario_id = fields.Many2one(
        "relance.scenario",
        string="Dunning scenario",
        company_dependent=True,
        check_company=True,
        groups=OFFICER_GROUP,
        help="Empty: the scenario of the payer profile, else of the company.",
    )
    relance_user_id = fields.Many2one(
        "res.users",
        string="Collections officer",
        company_dependent=True,
        groups=OFFICER_GROUP,
        domain=[("share", "=", False)],
    )
    payer_profile_id = fields.Many2one(
        "relance.payer.profile",
        string="Payer profile",
        company_dependent=True,
        groups=OFFICER_GROUP,
        help="Decided by a person. It sets how the customer is reminded.",
    )
    payer_profile_strategy = fields.Text(
        string="Strategy", related="payer_profile_id.strategy", groups=OFFICER_GROUP
    )

    @api.depends("company_registry", "vat", "country_id")
    def _compute_relance_siren(self):
        for partner in self:
            found = identity.find_siren(
                partner.company_registry, partner.vat, partner.country_id.code
            )
            partner.relance_siren = found or partner.relance_siren

    @api.depends("relance_siren", "company_registry", "vat", "country_id", "is_company")
    def _compute_relance_siren_state(self):
        for partner in self:
            partner.relance_siren_state = identity.siren_state(
                partner.relance_siren,
                partner.company_registry,
                partner.vat,
                partner.country_id.code,
                partner.is_company,
            )

    @api.depends("relance_siren_state")
    def _compute_relance_siren_note(self):
        words = self._relance_identity_words()
        for partner in self:
            found = identity.problems(
                partner.relance_siren,
                partner.company_registry,
                partner.vat,
                partner.country_id.code or "FR",
            )
            is_wrong = partner.relance_siren_state == identity.INVALID
            partner.relance_siren_note = is_wrong and " ".join(words[c] for c in found)

    @api.depends("relance_siren", "company_registry", "vat", "company_id")
    @api.depends_context("allowed_company_ids")
    def _compute_relance_same_siren_ids(self):
        sirens = {partner.relance_siren for partner in self} - {False}
        # sudo, and archived ones too: like Odoo's own warning on VAT numbers, an
        # account that the user may not read is still a duplicate. Only names show.
        found = (
            self.sudo()
            .with_context(active_test=False)
            .search([("relance_siren", "in", list(sirens)), ("parent_id", "=", False)])
        )
        by_siren = found.grouped("relance_siren")
        for partner in self:
            same = by_siren.get(partner.relance_siren, self.browse())
            same = same.filtered(partner._relance_is_other_account)
            partner.relance_same_siren_ids = same if not partner.parent_id else False

    def _relance_is_other_account(self, other):
        """Say whether ``other`` is another account that the user may be shown."""
        companies = self.company_id | other.company_id
        is_visible = not other.company_id or other.company_id in self.env.companies
        return other.id != self._origin.id and len(companies) <= 1 and is_visible

    @api.model_create_multi
    def create(self, vals_list):
        return super().create([self._relance_normalise(vals) for vals in vals_list])

    def _convert_records(self, records, *, log=lambda message: None, savepoint):
        # EXTENDS 'base': a wrong SIREN is told on its own row of the imported file.
        sirens = set()
        for xid, dbid, vals, info in super()._convert_records(
            records, log=log, savepoint=savepoint
        ):
            siren = identity.normalise(vals.get("relance_siren"))
            if error := siren and identity.siren_error(siren):
                message = self._relance_siren_message(error, siren)
                log(
                    {
                        **info,
                        "type": "error",
                        "field": "relance_siren",
                        "message": message,
                    }
                )
                vals.pop("relance_siren")
            elif message := self._relance_refused_row(vals, dbid, siren, sirens):
                log({**info, "type": "error", "message": message})
                continue
            yield xid, dbid, vals, info

    def write(self, vals):
        return super().write(self._relance_normalise(vals))

    @api.model
    def _relance_normalise(self, vals):
        """Return ``vals`` with a checked SIREN of nine digits, if it has one.

        :raise ValidationError: when the SIREN is wrong, saying in what
        """
        if not vals.get("relance_siren"):
            return vals
        siren = identity.normalise(vals["relance_siren"])
        error = identity.siren_error(siren)
        if error:
            raise ValidationError(self._relance_siren_message(error, siren))
        return {**vals, "relance_siren": siren}

    @api.model
    def _relance_siren_message(self, error, siren):
        if error == "siret":
            return self.env._(
                "%(number)s has 14 digits: it is a SIRET. The SIREN is made of its "
                "first nine digits, %(siren)s.",
                number=siren,
                siren=siren[: identity.SIREN_LENGTH],
            )
        if error == "checksum":
            return self.env._(
                "%(number)s is not a SIREN: its last digit, the key, does not fit the "
                "others. Check each digit on an invoice or on the company's extract.",
                number=siren,
            )
        if error == "length":
            return self.env._(
                "%(number)s is not a SIREN: it has %(count)s digits instead of nine.",
                number=siren,
                count=len(siren),
            )
        return self.env._(
            "%(number)s is not a SIREN: a SIREN is made of nine digits only.",
            number=siren,
        )

    def _relance_identity_words(self):
        return {
            "siren": self.env._("The SIREN is wrong."),
            "registry": self.env._("The company ID is neither a SIRET nor a SIREN."),
            "vat": self.env._("The VAT number is wrong."),
            "siret_differs": self.env._("The SIRET belongs to another SIREN."),
            "vat_differs": self.env._("The VAT number belongs to another SIREN."),
        }

    def _relance_is_professional(self):
        """Say whether the customer acts for a business: a company or a sole trader."""
        self.ensure_one()
        return bool(self.is_company or self.relance_siren or self.vat)
