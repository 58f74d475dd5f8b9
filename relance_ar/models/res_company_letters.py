from odoo import fields, models

from .relance_postal_provider import MANUAL

RIGHT, LEFT = "right", "left"
ONE_SIDE, BOTH_SIDES = "one", "both"


class RelanceCompanyLetters(models.AbstractModel):
    """How a company writes letters. Extends ``res.company``."""

    _name = "relance.company.letters"
    _description = "Letters of a company"

    relance_letter_window = fields.Selection(
        [(RIGHT, "On the right (France)"), (LEFT, "On the left (DIN 5008)")],
        string="Window of the envelopes",
        default=RIGHT,
        required=True,
    )
    relance_letter_sides = fields.Selection(
        [(ONE_SIDE, "On one side"), (BOTH_SIDES, "On both sides")],
        string="Printing of the post",
        default=ONE_SIDE,
        required=True,
        help="On both sides, a blank page ends each letter whose pages are odd in "
        "number: no sheet has two letters.",
    )
    relance_letter_identity = fields.Char(
        string="Legal form and registration",
        translate=True,
        help="Legal form, capital, RCS and its town: they belong on every letter (Code "
        "de commerce, R123-237 and R123-238).",
    )
    relance_postal_provider = fields.Selection(
        selection="_selection_relance_postal_provider",
        string="Registered letters",
        default=MANUAL,
    )
    relance_limitation_margin = fields.Integer(
        string="Warn before the limitation",
        default=6,
        help="Months before the day from which a claim can no longer be brought to "
        "court.",
    )
    relance_link_days = fields.Integer(
        string="Life of personal links",
        default=60,
        help="Days for which the page of a reminder is open to whom it was sent. No "
        "page with 0.",
    )

    def _selection_relance_postal_provider(self):
        return self.env["relance.postal.provider"]._get_providers()

    def _get_relance_identity(self):
        """Return the lines that say who writes: at the foot of each page."""
        self.ensure_one()
        # sudo: the company's own name, address and numbers, which its letters show.
        company = self.sudo()
        address = filter(
            None, (company.street, " ".join(filter(None, (company.zip, company.city))))
        )
        numbers = filter(
            None,
            (
                company.company_registry and f"SIRET {company.company_registry}",
                company.vat,
            ),
        )
        return [
            " · ".join(filter(None, (company.name, company.relance_letter_identity))),
            " · ".join([*address, *numbers]),
        ]
