from odoo import api, fields, models

from ..core.company import ACTIVE, CLOSED, UNKNOWN
from ..models.relance_register_company import KINDS
from ..registers.http import RegisterError

# Fields of the customer that the register may fill, and what each is taken from.
TAKEN = {
    "name": "name",
    "street": "street",
    "zip": "zip",
    "city": "city",
    "company_registry": "siret",
    "vat": "vat",
    "relance_legal_form": "legal_form",
    "relance_activity": "activity",
    "relance_size": "size",
    "relance_staff": "staff",
    "relance_closed_on": "closed_on",
}


class RelanceLookup(models.TransientModel):
    """What a register says of a customer, beside what is known: the user picks."""

    _name = "relance.lookup"
    _description = "Look-up of a customer in a register"
    _inherit = "relance.register"

    partner_id = fields.Many2one("res.partner", required=True, readonly=True)
    state = fields.Selection(
        [(ACTIVE, "Active"), (CLOSED, "Closed down"), (UNKNOWN, "Unknown")],
        string="The company is",
        readonly=True,
    )
    site_state = fields.Selection(
        [(ACTIVE, "Active"), (CLOSED, "Closed down"), (UNKNOWN, "Unknown")],
        string="The establishment is",
        readonly=True,
    )
    is_shown = fields.Boolean(readonly=True)
    is_partial = fields.Boolean(readonly=True)
    standing_kind = fields.Selection(KINDS, string="Proceedings open", readonly=True)
    checked_at = fields.Datetime(string="Read on", readonly=True)
    line_ids = fields.One2many("relance.lookup.line", "lookup_id")

    @api.model
    def _open_for(self, partner, refresh=False):
        """Ask about a customer, or take the answer kept, and open it.

        :raise UserError: when the register gives no usable answer
        """
        number = partner._relance_number()
        partner.check_access("write")
        # sudo: what registers say is written by look-ups alone.
        listed = self.env["relance.register.company"].sudo()._of_sirens([number[:9]])
        company = listed._get_company()
        if (
            refresh
            or not listed._is_fresh()
            or (len(number) == 14 and company and company.siret != number)
        ):
            company = self._ask(listed, number)
        lookup = self.create(
            {
                "partner_id": partner.id,
                **self._prepare_answer_vals(listed, company),
                "line_ids": [
                    fields.Command.create(vals)
                    for vals in self._prepare_lines(partner, company)
                ],
            }
        )
        return {
            **lookup._get_records_action(name=self.env._("Register"), target="new"),
            "views": [(False, "form")],
        }

    @api.model
    def _ask(self, listed, number):
        try:
            client = self._get_client()
            company = self._fetch_company(number, client)
        except RegisterError as error:
            self._raise_failure(error)
        listed._note_answer(company, client.code)
        listed._apply()
        return company

    @api.model
    def _prepare_answer_vals(self, listed, company):
        return {
            "state": company.state if company else UNKNOWN,
            "site_state": company.site_state if company else UNKNOWN,
            "is_shown": bool(company),
            "is_partial": bool(company and company.is_partial),
            "standing_kind": listed.standing == "open" and listed.standing_kind,
            "checked_at": listed.checked_at,
        }

    @api.model
    def _prepare_lines(self, partner, company):
        """Return the values of the lines: what differs; what was empty is ticked."""
        lines = []
        for name, source in TAKEN.items():
            found = company and getattr(company, source)
            if not found:
                continue
            current = partner[name]
            found = fields.Date.to_string(found) if name.endswith("_on") else found
            now = fields.Date.to_string(current) if name.endswith("_on") else current
            if (now or "").casefold() != found.casefold():
                lines.append(
                    {
                        "field_name": name,
                        "current": now or False,
                        "found": found,
                        "is_taken": not now,
                    }
                )
        return lines

    def action_refresh(self):
        """Ask the register again, whatever is kept."""
        self.ensure_one()
        return self._open_for(self.partner_id, refresh=True)

    def action_take(self):
        """Give the customer what was ticked; return the names of the fields."""
        self.ensure_one()
        taken = self.line_ids.filtered("is_taken")
        values = {
            line.field_name: line.found for line in taken if line.field_name in TAKEN
        }
        if values:
            # As the user: who may not write the customer takes nothing over.
            self.partner_id.write(values)
        return list(values)


class RelanceLookupLine(models.TransientModel):
    """One value that the register gives, and whether to take it over."""

    _name = "relance.lookup.line"
    _description = "Value found in a register"

    lookup_id = fields.Many2one("relance.lookup", required=True, ondelete="cascade")
    field_name = fields.Char(readonly=True)
    label = fields.Char(string="Field", compute="_compute_label")
    current = fields.Char(string="Known", readonly=True)
    found = fields.Char(string="In the register", readonly=True)
    is_taken = fields.Boolean(string="Take over")

    @api.depends("field_name")
    @api.depends_context("lang")
    def _compute_label(self):
        partner_fields = self.env["res.partner"]._fields
        for line in self:
            field = partner_fields.get(line.field_name)
            line.label = field and field._description_string(self.env)
