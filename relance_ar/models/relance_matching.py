from collections import defaultdict
from dataclasses import replace
from datetime import date
from decimal import Decimal

from odoo import api, fields, models
from odoo.tools import SQL

from ..core.promise import Receipt
from .ids_array import ids_array


class RelanceMatching(models.AbstractModel):
    """Reads what was matched with the instalments of records, set by set."""

    _name = "relance.matching"
    _description = "Receipts on the instalments of a record"

    matched_before = fields.Integer(
        readonly=True,
        copy=False,
        help="The last reconciliation of its instalments when it was said: earlier "
        "ones have nothing to do with it, even those of the same day.",
    )

    @api.model
    def _line_table(self):
        """Return the table that links records to their instalments, and its columns.

        :return: ``{"rel", "record", "line"}`` of SQL identifiers
        """
        field = self._fields["move_line_ids"]
        return {
            "rel": SQL.identifier(field.relation),
            "record": SQL.identifier(field.column1),
            "line": SQL.identifier(field.column2),
        }

    def _line_ids_by_record(self):
        """Return ``{record id: ids of its lines}`` in one query, oldest first."""
        found = defaultdict(list)
        if not self:
            return found
        self.flush_model(["move_line_ids"])
        for record_id, line_id in self.env.execute_query(
            SQL(
                "SELECT r.%(record)s, r.%(line)s FROM %(rel)s r"
                " JOIN account_move_line l ON l.id = r.%(line)s"
                " WHERE r.%(record)s = ANY(%(ids)s)"
                " ORDER BY COALESCE(l.date_maturity, l.date), l.id",
                **self._line_table(),
                ids=self.ids,
            )
        ):
            found[record_id].append(line_id)
        return found

    @api.model
    def _load_of_lines(self, line_ids):
        """Return ``{line id: records about it}``, drafts and cancelled ones apart.

        One query, however many lines.
        """
        self.flush_model()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT r.%(line)s, array_agg(r.%(record)s ORDER BY r.%(record)s)
                  FROM %(rel)s r
                  JOIN %(table)s p ON p.id = r.%(record)s
                 WHERE r.%(line)s = ANY(%(ids)s)
                   AND p.state NOT IN ('draft', 'cancelled')
                 GROUP BY r.%(line)s
                """,
                **self._line_table(),
                table=SQL.identifier(self._table),
                ids=ids_array(line_ids),
            )
        )
        every = self.browse({i for _line_id, ids in rows for i in ids})
        return {
            line_id: self.browse(ids).with_prefetch(every.ids) for line_id, ids in rows
        }

    def _set_matched_before(self):
        """Note up to which reconciliation nothing counts for the records."""
        line_ids = self._line_ids_by_record()
        last = {}
        if line_ids:
            every = {i for ids in line_ids.values() for i in ids}
            self.env.flush_all()
            last = dict(
                self.env.execute_query(
                    SQL(
                        "SELECT debit_move_id, max(id) FROM account_partial_reconcile"
                        " WHERE debit_move_id = ANY(%s) GROUP BY debit_move_id",
                        ids_array(every),
                    )
                )
            )
        for record in self:
            known = [last.get(i, 0) for i in line_ids.get(record.id, ())]
            record.matched_before = max(known, default=0)

    def _receipts_of(self, line_ids, receipts, day=date.min):
        """Return what came in for one record since it was said, on ``day``.

        Money that was on its way that day, and is dated earlier, counts as of the day.

        :param receipts: as ``_load_receipts`` returns them
        """
        self.ensure_one()
        return [
            replace(receipt, on=max(receipt.on, day))
            for line_id in line_ids
            for partial_id, receipt in receipts[line_id]
            if partial_id > self.matched_before
        ]

    @api.model
    def _load_receipts(self, line_ids):
        """Return what was matched with lines, in their currency.

        Exchange differences carry no amount of it.

        :return: ``{line id: [(reconciliation id, core.promise.Receipt)]}``
        """
        found = defaultdict(list)
        if not line_ids:
            return found
        self.env.flush_all()
        for line_id, partial_id, day, amount, is_credit_note in self.env.execute_query(
            SQL(
                """
                SELECT pr.debit_move_id, pr.id, c.date, pr.debit_amount_currency::text,
                       m.move_type = 'out_refund'
                  FROM account_partial_reconcile pr
                  JOIN account_move_line c ON c.id = pr.credit_move_id
                  JOIN account_move m ON m.id = c.move_id
                 WHERE pr.debit_move_id = ANY(%s) AND pr.debit_amount_currency > 0
                """,
                ids_array(line_ids),
            )
        ):
            receipt = Receipt(day, Decimal(amount), is_credit_note)
            found[line_id].append((partial_id, receipt))
        return found

    @api.model
    def _load_open_amounts(self, line_ids):
        """Return ``{line id: what is open}``, in its currency, for posted ones."""
        if not line_ids:
            return {}
        self.env.flush_all()
        return {
            line_id: Decimal(amount)
            for line_id, amount in self.env.execute_query(
                SQL(
                    "SELECT id, amount_residual_currency::text FROM account_move_line"
                    " WHERE id = ANY(%s) AND parent_state = 'posted'",
                    ids_array(line_ids),
                )
            )
        }
