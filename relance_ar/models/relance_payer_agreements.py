from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.tools import SQL

from ..core.payer_evidence import MONTHS


class RelancePayerEvidence(models.AbstractModel):
    """How promises and disputes ended, as evidence for the profiles."""

    _inherit = "relance.payer.evidence"

    @api.model
    def _load_agreements(self, ids, company):
        # EXTENDS: two queries for a whole company.
        found = super()._load_agreements(ids, company)
        if not ids:
            return found
        self.env.flush_all()
        since = fields.Date.context_today(self) - relativedelta(months=MONTHS)
        for rows in (
            self._count_promises(ids, company, since),
            self._count_disputes(ids, company, since),
        ):
            for row in rows:
                found.setdefault(row.pop("debtor"), {}).update(row)
        return found

    @api.model
    def _count_promises(self, ids, company, since):
        """Count the promises that came to their term, by debtor."""
        return self.env.execute_query_dict(
            SQL(
                """
                SELECT c.commercial_partner_id AS debtor,
                       count(*) FILTER (WHERE p.state = 'kept') AS promises_kept,
                       count(*) FILTER (WHERE p.state = 'broken') AS promises_broken
                  FROM relance_promise p
                  JOIN res_partner c ON c.id = p.partner_id
                 WHERE p.company_id = %s AND c.commercial_partner_id IN %s
                   AND p.state IN ('kept', 'broken') AND p.date_limit >= %s
                 GROUP BY c.commercial_partner_id
                """,
                company.id,
                tuple(ids),
                since,
            )
        )

    @api.model
    def _count_disputes(self, ids, company, since):
        """Count the disputes settled by who was right; in part counts as upheld.

        One that was paid says nothing of it.
        """
        return self.env.execute_query_dict(
            SQL(
                """
                SELECT c.commercial_partner_id AS debtor,
                       count(*) FILTER (WHERE d.outcome IN ('credited', 'partly'))
                           AS disputes_upheld,
                       count(*) FILTER (WHERE d.outcome = 'confirmed')
                           AS disputes_rejected
                  FROM relance_dispute d
                  JOIN res_partner c ON c.id = d.partner_id
                 WHERE d.company_id = %s AND c.commercial_partner_id IN %s
                   AND d.state = 'resolved' AND d.resolved_on >= %s
                 GROUP BY c.commercial_partner_id
                """,
                company.id,
                tuple(ids),
                since,
            )
        )
