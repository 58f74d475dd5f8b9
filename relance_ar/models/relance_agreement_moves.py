from odoo import api, fields, models
from odoo.tools import SQL

from .ids_array import ids_array
from .relance_facts import RECEIVABLE
from .relance_groups import OFFICER_GROUP


class RelanceAgreementMoves(models.AbstractModel):
    """Keeps an agreement about a whole invoice to all its instalments.

    Who corrects an invoice may change its payment terms: instalments come and go, the
    debt is the same.
    """

    _name = "relance.agreement.moves"
    _description = "Invoices that agreements are about in whole"

    whole_move_ids = fields.Many2many(
        "account.move",
        string="Whole invoices",
        readonly=True,
        copy=False,
        groups=OFFICER_GROUP,
        help="Invoices all whose open instalments it is about: if an invoice is "
        "corrected, its new instalments belong to it as well.",
    )

    @api.model_create_multi
    def create(self, vals_list):
        records = super().create(vals_list)
        records._note_whole()
        return records

    def write(self, vals):
        result = super().write(vals)
        if "move_line_ids" in vals:
            self._note_whole()
        return result

    def _note_whole(self):
        """Note the invoices of which nothing open is left out."""
        for record in self.sudo():  # sudo: what follows from the instalments chosen
            lines = record.move_line_ids
            posted = lines.move_id.filtered(lambda move: move.state == "posted")
            whole = posted.filtered(
                lambda move, of=lines: (
                    move._get_relance_lines().filtered(lambda li: not li.reconciled)
                    <= of
                )
            )
            drafts = record.whole_move_ids & (lines.move_id - posted)
            record.whole_move_ids = whole | drafts

    @api.model
    def _take_over_lines(self, moves):
        """Add the new instalments of corrected invoices to what they belong to.

        :param moves: invoices just posted
        """
        # sudo: an accountant who posts an invoice knows nothing of promises.
        found = self.sudo().search(
            [("whole_move_ids", "in", moves.ids), ("state", "!=", "cancelled")]
        )
        if not found:
            return
        self.env.flush_all()
        # As it is: the amounts agreed stay, and posting is refused for no such reason.
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO %(rel)s (%(record)s, %(line)s)
                SELECT t.id, l.id
                  FROM %(table)s t
                  JOIN res_partner d ON d.id = t.partner_id
                  JOIN %(whole)s w ON w.%(of)s = t.id AND w.%(move)s = ANY(%(moves)s)
                  JOIN account_move_line l ON l.move_id = w.%(move)s AND l.balance > 0
                  JOIN account_account a ON a.id = l.account_id
                  JOIN res_partner p ON p.id = l.partner_id
                 WHERE t.id = ANY(%(ids)s) AND a.account_type = %(type)s
                   AND p.commercial_partner_id = d.commercial_partner_id
                   AND l.currency_id = t.currency_id
                    ON CONFLICT DO NOTHING
                """,
                **self._line_table(),
                table=SQL.identifier(self._table),
                **self._whole_table(),
                moves=ids_array(moves.ids),
                ids=ids_array(found.ids),
                type=RECEIVABLE,
            )
        )
        found.invalidate_recordset(["move_line_ids"])
        found._note_taken_over()

    @api.model
    def _whole_table(self):
        field = self._fields["whole_move_ids"]
        return {
            "whole": SQL.identifier(field.relation),
            "of": SQL.identifier(field.column1),
            "move": SQL.identifier(field.column2),
        }

    def _note_taken_over(self):
        """Do what follows from new instalments. To be extended."""
