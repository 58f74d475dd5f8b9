from odoo import fields, models
from odoo.tools import SQL

from .relance_kpi_books import MONEY_JOURNALS

INVOICED, RECEIVED = "invoiced", "received"
KINDS = [(INVOICED, "Sales invoiced"), (RECEIVED, "Received")]


class RelanceMovement(models.Model):
    """What was invoiced to a customer, or received from one: an entry of the ledger.

    What the figures of the same names are made of: their sums are the same.
    """

    _name = "relance.movement"
    _inherit = ["relance.analysis.rates"]
    _description = "Invoiced or received"
    _auto = False
    _rec_name = "move_name"
    _order = "date desc, id desc"

    kind = fields.Selection(KINDS, readonly=True)
    move_id = fields.Many2one("account.move", string="Entry", readonly=True)
    move_name = fields.Char(string="Number", readonly=True)
    journal_id = fields.Many2one("account.journal", readonly=True)
    date = fields.Date(readonly=True)
    amount = fields.Monetary(
        currency_field="figures_currency_id",
        readonly=True,
        help="In the currency of the current company, at the rate of the month's end. "
        "Credit notes and refunds are negative.",
    )

    @property
    def _table_query(self):
        lines = self._search_posted_lines()
        return SQL(
            """
            SELECT l.id, l.move_id, l.move_name, l.journal_id, l.date,
                   CASE WHEN j.type = 'sale' THEN %(invoiced)s ELSE %(received)s END
                       AS kind,
                   CASE WHEN j.type = 'sale' THEN l.balance ELSE -l.balance END
                       * COALESCE(w.rate, 1) AS amount, %(debtor)s
              FROM account_move_line l
              JOIN account_journal j ON j.id = l.journal_id AND j.type IN %(types)s
              JOIN res_company c ON c.id = l.company_id
              %(worth)s
              LEFT JOIN res_partner p ON p.id = l.partner_id
              LEFT JOIN res_partner d ON d.id = p.commercial_partner_id
             WHERE l.id IN (%(lines)s)
            """,
            invoiced=INVOICED,
            received=RECEIVED,
            types=("sale", *MONEY_JOURNALS),
            debtor=self._debtor_columns(),
            worth=self._worth_join(SQL("l.date")),
            lines=lines.select(),
        )

    def action_open_entry(self):
        """Open the invoice or the entry of the payment."""
        self.ensure_one()
        return self.move_id._get_records_action()
