from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..core import identity

BATCH = 20_000
WRONG, MISSING, INCOHERENT, DUPLICATE = "wrong", "missing", "incoherent", "duplicate"
# What ``core.identity`` finds, by the heading under which the report shows it.
HEADINGS = {
    "siren": WRONG,
    "registry": WRONG,
    "vat": WRONG,
    "local": WRONG,
    "missing": MISSING,
    "siret_differs": INCOHERENT,
    "vat_differs": INCOHERENT,
    "branch_differs": INCOHERENT,
    "same_siren": DUPLICATE,
    "same_siret": DUPLICATE,
}


class RelanceIdentityFinding(models.Model):
    """What is wrong in the identifiers of a customer, as of the last check of all.

    Written by checks alone, in one set-based pass over all partners.
    """

    _name = "relance.identity.finding"
    _description = "Identifier to correct"
    _order = "heading, siren, partner_id"
    _rec_name = "partner_id"

    partner_id = fields.Many2one(
        "res.partner", required=True, readonly=True, index=True, ondelete="cascade"
    )
    heading = fields.Selection(
        [
            (WRONG, "Wrong"),
            (MISSING, "Missing"),
            (INCOHERENT, "Incoherent"),
            (DUPLICATE, "Duplicate"),
        ],
        required=True,
        readonly=True,
    )
    code = fields.Selection(
        [
            ("siren", "The SIREN is wrong"),
            ("registry", "The company ID is neither a SIRET nor a SIREN"),
            ("vat", "The VAT number is wrong"),
            ("local", "The RIDET or Tahiti number has a wrong form"),
            ("missing", "The SIREN is missing"),
            ("siret_differs", "The SIRET belongs to another SIREN"),
            ("vat_differs", "The VAT number belongs to another SIREN"),
            ("branch_differs", "The SIRET of an address belongs to another company"),
            ("same_siren", "Other accounts have this SIREN"),
            ("same_siret", "Other accounts have this SIRET"),
        ],
        string="Finding",
        required=True,
        readonly=True,
    )
    siren = fields.Char(string="SIREN", readonly=True)
    company_registry = fields.Char(
        string="Company ID", related="partner_id.company_registry"
    )
    vat = fields.Char(string="VAT number", related="partner_id.vat")
    checked_at = fields.Datetime(string="Checked", readonly=True)

    # ----------------------------------------------------------------------- actions

    def action_check_now(self):
        """Check the identifiers of all partners, whatever is selected.

        :return: an action that shows the list again
        """
        self.check_access("read")
        # sudo: findings are written by checks alone; the rule on them hides those of
        # partners of other companies.
        self.sudo()._check_all()
        return {"type": "ir.actions.client", "tag": "soft_reload"}

    def action_merge(self):
        """Open Odoo's merge of contacts on the accounts chosen.

        :raise UserError: unless they are accounts of one company
        """
        partners = self.partner_id
        if (
            len(partners) == 1
            and self.siren
            and self.code in ("same_siren", "same_siret")
        ):
            partners = self.search(
                [("siren", "=", self[0].siren), ("heading", "=", DUPLICATE)]
            ).partner_id
        sirens = set(partners.mapped("relance_siren"))
        if len(partners) < 2 or len(sirens) > 1:
            raise UserError(
                self.env._("Choose two or more accounts with the same SIREN to merge.")
            )
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "base.action_partner_merge"
        )
        context = {"active_model": "res.partner", "active_ids": partners.ids}
        return {**action, "context": context}

    # ---------------------------------------------------------------------- checking

    @api.model
    def _check_all(self):
        """Check all active partners and replace the report; return how many findings.

        The number of queries depends on the number of partners by a batch of
        ``BATCH``, and the memory does not.
        """
        self.env.flush_all()
        cr, now = self.env.cr, fields.Datetime.now()
        cr.execute("DELETE FROM relance_identity_finding")
        last_id = 0
        while rows := self._next_partners(last_id):
            last_id = rows[-1][0]
            found = [
                (partner_id, HEADINGS[code], code, siren or None, now)
                for partner_id, siren, *about in rows
                for code in self._problems(siren, *about)
            ]
            if found:
                cr.execute_values(
                    """
                    INSERT INTO relance_identity_finding
                        (partner_id, heading, code, siren, checked_at)
                    VALUES %s
                    """,
                    found,
                    page_size=BATCH,
                )
        self._insert_duplicates(now)
        self.invalidate_model(flush=False)
        return self.search_count([])

    @api.model
    def _next_partners(self, last_id):
        """Return the next partners with the SIREN of the company they belong to."""
        return self.env.execute_query(
            SQL(
                """
                SELECT p.id, p.relance_siren, p.company_registry, p.vat, c.code,
                       p.is_company, p.parent_id IS NOT NULL AND NOT p.is_company,
                       m.relance_siren
                  FROM res_partner p
                  LEFT JOIN res_country c ON c.id = p.country_id
                  LEFT JOIN res_partner m ON m.id = p.commercial_partner_id
                       AND m.id != p.id
                 WHERE p.id > %s AND p.active
                 ORDER BY p.id
                 LIMIT %s
                """,
                last_id,
                BATCH,
            )
        )

    @api.model
    def _problems(self, siren, registry, vat, country, is_company, is_address, parent):
        """Return the codes of what is wrong with one partner."""
        if is_address:
            return (
                ["branch_differs"] if identity.branch_differs(registry, parent) else []
            )
        found = identity.problems(siren, registry, vat, country or "FR")
        if not siren and not is_company:
            found = []  # a person: what is written there may be anything
        if identity.is_local_number_wrong(registry, country):
            found.append("local")
        state = identity.siren_state(siren, registry, vat, country, bool(is_company))
        if state == identity.MISSING:
            found.append("missing")
        return found

    @api.model
    def _insert_duplicates(self, now):
        """List the accounts that share a SIREN, or a SIRET, within a company.

        Addresses and contacts are no accounts; accounts of two companies that do not
        see one another are no duplicates.
        """
        shared = SQL(
            """
            EXISTS (SELECT FROM res_partner o
                     WHERE o.%(column)s = p.%(column)s AND o.id != p.id
                       AND o.parent_id IS NULL AND o.active
                       AND (o.company_id IS NULL OR p.company_id IS NULL
                            OR o.company_id = p.company_id))
            """,
            column=SQL.identifier("relance_siren"),
        )
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO relance_identity_finding
                    (partner_id, heading, code, siren, checked_at)
                SELECT p.id, 'duplicate',
                       CASE WHEN count(*) OVER (
                                PARTITION BY p.relance_siren, p.company_registry) > 1
                                 AND length(p.company_registry) >= 14
                            THEN 'same_siret' ELSE 'same_siren' END,
                       p.relance_siren, %(now)s
                  FROM res_partner p
                 WHERE p.relance_siren IS NOT NULL AND p.parent_id IS NULL
                   AND p.active AND %(shared)s
                """,
                now=now,
                shared=shared,
            )
        )
