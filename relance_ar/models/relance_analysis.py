import json

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
    figures_currency_id = fields.Many2one(
        "res.currency",
        string="Currency of the figures",
        readonly=True,
        help="That of the current company: amounts of several companies add up in it.",
    )

    @api.model
    def _get_day(self):
        """Return the day of the context, today without one."""
        today = fields.Date.context_today(self)
        asked = self.env.context.get("relance_day")
        return self.env["relance.run"]._to_date(asked) if asked else today

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
            %(currency)s AS figures_currency_id,
            CASE WHEN %(officers)s::jsonb -> %(c)s.id::text
                      @> (%(d)s.relance_user_id -> %(c)s.id::text)
                 THEN (%(d)s.relance_user_id ->> %(c)s.id::text)::int
                 ELSE (%(default)s::jsonb ->> %(c)s.id::text)::int END AS officer_id,
            %(d)s.user_id AS salesperson_id,
            (%(d)s.payer_profile_id ->> %(c)s.id::text)::int AS profile_id
            """,
            **names,
            currency=self.env.company.currency_id.id,
            **self._officers_by_company(),
        )

    @api.model
    def _officers_by_company(self):
        """Return who may look after debtors, and who does after those of nobody.

        A debtor whose officer is none any more is nobody's, as the planner has it.

        :return: ``officers`` and ``default``, JSON by company id, as SQL takes them
        """
        officers, default = {}, {}
        for company in self.env.companies:
            found = company._get_relance_officers()
            officers[company.id] = found.ids
            default[company.id] = company._pick_relance_officer(found).id or None
        return {"officers": json.dumps(officers), "default": json.dumps(default)}
