from collections import defaultdict
from dataclasses import replace
from datetime import date
from decimal import Decimal

from odoo import api, fields, models
from odoo.tools import SQL

from ..core.amounts import ZERO
from ..core.promise import Receipt
from .ids_array import ids_array


class RelanceMatching(models.AbstractModel):
    """Reads what was matched with the instalments of records, set by set."""

    _name = "relance.matching"
    _description = "Receipts on the instalments of a record"

    matched_earlier = fields.Json(
        string="Matched earlier",
        readonly=True,
        copy=False,
        help="What was matched with its instalments when it was said, by entry: it has "
        "nothing to do with it, even if it is undone and matched again.",
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

    @staticmethod
    def _receipt_key(line_id, receipt):
        """Return the name of what an entry has brought to a line."""
        return f"{line_id}:{receipt.document}"

    def _set_matched_before(self):
        """Note what was matched before the records: it does not count for them.

        By entry, not by reconciliation: a payment that is undone and matched again is
        no new money.
        """
        line_ids = self._line_ids_by_record()
        receipts = self._load_receipts({i for ids in line_ids.values() for i in ids})
        for record in self:
            known = defaultdict(Decimal)
            for line_id in line_ids.get(record.id, ()):
                for _partial_id, receipt in receipts[line_id]:
                    known[self._receipt_key(line_id, receipt)] += receipt.amount
            record.matched_earlier = {key: str(sum_) for key, sum_ in known.items()}

    def _receipts_of(self, line_ids, receipts, day=date.min):
        """Return what came in for one record since it was said, on ``day``.

        Money that was on its way that day, and is dated earlier, counts as of the day.

        :param receipts: as ``_load_receipts`` returns them
        """
        self.ensure_one()
        before = {k: Decimal(v) for k, v in (self.matched_earlier or {}).items()}
        found = []
        for line_id in line_ids:
            for _partial_id, receipt in receipts[line_id]:
                key = self._receipt_key(line_id, receipt)
                known = min(before.get(key, ZERO), receipt.amount)
                if known:
                    before[key] -= known
                if receipt.amount > known:
                    on, left = max(receipt.on, day), receipt.amount - known
                    found.append(replace(receipt, on=on, amount=left))
        return found

    @api.model
    def _load_receipts(self, line_ids):
        """Return what was matched with lines, in their currency, oldest first.

        Payments, bank and cash entries are money; an entry of another journal is not:
        it is a loss, a transfer to doubtful debts, a set-off. Exchange differences
        carry no amount.

        :return: ``{line id: [(reconciliation id, core.promise.Receipt)]}``
        """
        found = defaultdict(list)
        if not line_ids:
            return found
        self.env.flush_all()
        for line_id, partial_id, *values, amount in self.env.execute_query(
            SQL(
                """
                SELECT pr.debit_move_id, pr.id, c.date, m.move_type = 'out_refund',
                       m.move_type = 'entry' AND m.origin_payment_id IS NULL
                           AND m.statement_line_id IS NULL AND c.payment_id IS NULL
                           AND j.type NOT IN ('bank', 'cash', 'credit'),
                       m.id, pr.debit_amount_currency::text
                  FROM account_partial_reconcile pr
                  JOIN account_move_line c ON c.id = pr.credit_move_id
                  JOIN account_move m ON m.id = c.move_id
                  JOIN account_journal j ON j.id = m.journal_id
                 WHERE pr.debit_move_id = ANY(%s) AND pr.debit_amount_currency > 0
                 ORDER BY c.date, pr.id
                """,
                ids_array(line_ids),
            )
        ):
            on, is_credit_note, is_other, document = values
            receipt = Receipt(on, Decimal(amount), is_credit_note, is_other, document)
            found[line_id].append((partial_id, receipt))
        return found

    def _load_line_states(self):
        """Return ``{record: set of the states of its entries}``, in two queries.

        One that was deleted is missing: a record without any has an empty set.
        """
        line_ids = self._line_ids_by_record()
        self.env.flush_all()
        states = dict(
            self.env.execute_query(
                SQL(
                    "SELECT id, parent_state FROM account_move_line WHERE id = ANY(%s)",
                    ids_array({i for ids in line_ids.values() for i in ids}),
                )
            )
            if line_ids
            else ()
        )
        return {
            record: {states[i] for i in line_ids[record.id] if i in states}
            for record in self
        }

    def _without_object(self):
        """Return the records whose invoices were all cancelled or deleted."""
        found = self._load_line_states().items()
        return self.browse([r.id for r, states in found if states <= {"cancel"}])

    def _under_correction(self):
        """Return the records with an invoice that somebody corrects: it is a draft.

        Nothing is said of them until it is posted again, or cancelled.
        """
        found = self._load_line_states().items()
        return self.browse([r.id for r, states in found if "draft" in states])

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
