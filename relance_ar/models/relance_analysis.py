from odoo import api, fields, models
from odoo.tools import SQL


class RelanceAnalysis(models.AbstractModel):
    """What the analyses share: of which debtor a row is, and who looks after it.

    Their tables are queries over the ledger, through the ORM's own on the entries: what
    a user may not read there is not read here.
    """

    _name = "relance.analysis"
    _inherit = ["relance.kpi.scope"]
    _description = "Analysis of collections"
    _auto = False

    partner_id = fields.Many2one("res.partner", string="Debtor", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    company_currency_id = fields.Many2one("res.currency", readonly=True)
    officer_id = fields.Many2one(
        "res.users", string="Collections officer", readonly=True
    )
    salesperson_id = fields.Many2one(
        "res.users", string="Salesperson of the customer", readonly=True
    )
    profile_id = fields.Many2one(
        "relance.payer.profile", string="Payer profile", readonly=True
    )

    @api.model
    def _debtor_columns(self, debtor="d", company="c"):
        """Return the SQL of the columns above; they are as they are today.

        :param debtor: alias of ``res_partner`` for the debtor; ``company`` likewise
        """
        names = {"d": SQL.identifier(debtor), "c": SQL.identifier(company)}
        # The company-dependent values of each row's own company, as the ORM keeps them.
        return SQL(
            """
            %(d)s.id AS partner_id, %(c)s.id AS company_id,
            %(c)s.currency_id AS company_currency_id,
            COALESCE((%(d)s.relance_user_id ->> %(c)s.id::text)::int,
                     (%(officers)s::jsonb ->> %(c)s.id::text)::int) AS officer_id,
            %(d)s.user_id AS salesperson_id,
            (%(d)s.payer_profile_id ->> %(c)s.id::text)::int AS profile_id
            """,
            **names,
            officers=self._default_officers(),
        )

    @api.model
    def _default_officers(self):
        """Return, as JSON, who looks after the debtors without an officer."""
        found = (
            f'"{company.id}": {company._get_relance_officer().id or "null"}'
            for company in self.env.companies
        )
        return f"{{{', '.join(found)}}}"
