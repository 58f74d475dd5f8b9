from odoo import api, models
from odoo.tools import SQL


class RelanceOwnSideDocuments(models.AbstractModel):
    """Reads which documents are not in order: invoices that came back, drafts."""

    _name = "relance.own.side.documents"
    _description = "Checks of our own side: documents"

    @api.model
    def _load_bounced(self, move_ids):
        """Return ``{invoice id: (address, message id)}`` of last e-mails come back."""
        rows = self.env.execute_query(
            SQL(
                """
                SELECT DISTINCT ON (m.res_id) m.res_id, n.notification_status,
                       COALESCE(p.email, n.mail_email_address, '?'), m.id
                  FROM mail_notification n
                  JOIN mail_message m ON m.id = n.mail_message_id
                  JOIN account_move i ON i.id = m.res_id
                  LEFT JOIN res_partner p ON p.id = n.res_partner_id
                 WHERE m.model = 'account.move' AND n.notification_type = 'email'
                   AND (p.id IS NULL
                        OR p.commercial_partner_id = i.commercial_partner_id)
                   AND m.res_id IN (
                       SELECT fm.res_id
                         FROM mail_notification fn
                         JOIN mail_message fm ON fm.id = fn.mail_message_id
                        WHERE fn.notification_status IN ('bounce', 'exception')
                          AND fm.model = 'account.move' AND fm.res_id = ANY(%s))
                 ORDER BY m.res_id, m.id DESC, n.notification_status
                """,
                move_ids,
            )
        )
        return {
            move_id: (address, message_id)
            for move_id, status, address, message_id in rows
            if status in ("bounce", "exception")
        }

    @api.model
    def _load_draft_credits(self, move_ids):
        """Return ``{invoice id: (name, id) of its credit note in draft}``."""
        rows = self.env.execute_query(
            SQL(
                """
                SELECT reversed_entry_id, COALESCE(NULLIF(name, '/'), ref, ''), id
                  FROM account_move
                 WHERE state = 'draft' AND move_type = 'out_refund'
                   AND reversed_entry_id = ANY(%s)
                   AND NOT EXISTS (  -- what a dispute is concluded with is not asked
                       SELECT 1 FROM relance_dispute_credit_rel k
                        WHERE k.account_move_id = account_move.id)
                """,
                move_ids,
            )
        )
        return {
            move_id: (name or self.env._("draft"), draft_id)
            for move_id, name, draft_id in rows
        }

    @api.model
    def _load_loose_credits(self, ids, company):
        """Return ``{partner id: credit note in draft that reverses no invoice}``."""
        rows = self.env.execute_query(
            SQL(
                """
                SELECT commercial_partner_id, COALESCE(NULLIF(name, '/'), ref, '')
                  FROM account_move
                 WHERE state = 'draft' AND move_type = 'out_refund'
                   AND reversed_entry_id IS NULL AND company_id = %s
                   AND commercial_partner_id = ANY(%s)
                   AND journal_id IN (  -- led by it, core has an index on drafts
                       SELECT id FROM account_journal
                        WHERE type = 'sale' AND company_id = ANY(%s))
                 ORDER BY id DESC
                """,
                company.id,
                ids,
                company.parent_ids.ids,
            )
        )
        return {partner_id: name or self.env._("draft") for partner_id, name in rows}
