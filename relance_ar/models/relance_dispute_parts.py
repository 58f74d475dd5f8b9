from collections import defaultdict
from decimal import Decimal

from odoo import api, models
from odoo.tools import SQL

from ..core import dispute
from .ids_array import ids_array
from .relance_dispute_entering import OPEN_STATES


class RelanceDisputeParts(models.AbstractModel):
    """Which part of each instalment is disputed today, set by set."""

    _name = "relance.dispute.parts"
    _description = "Disputed parts of instalments"

    def _get_undisputed(self):
        """Return what is open on the instalments and that no other dispute contests."""
        self.ensure_one()
        lines = self.move_line_ids._origin
        disputed = self._load_disputed_parts(lines.ids, ignore=self._origin.ids)
        amounts = lines._relance_open_amounts()
        return sum(amounts) - float(sum(disputed.values()))

    @api.model
    def _load_disputed_parts(self, line_ids, ignore=()):
        """Return ``{line id: what is disputed of it today}``.

        :param ignore: ids of disputes to leave out
        """
        if not line_ids:
            return {}
        parts = dispute.disputed_parts(*self._load_wanted(line_ids, ignore))
        asked = set(line_ids)
        return {i: part for i, part in parts.items() if i in asked}

    def _load_own_parts(self):
        """Return ``{line id: what this dispute contests of it today}``."""
        self.ensure_one()
        line_ids = self._line_ids_by_record()[self.id]
        parts = dispute.parts_by_dispute(*self._load_wanted(line_ids))
        return parts.get(self.id, {})

    @api.model
    def _load_wanted(self, line_ids, ignore=()):
        """Return what the disputes on some lines contest, and what is open.

        :return: as the core wants it: ``([(key, amount, ids of lines)], residuals)``
        """
        known = self._group_rows(self._load_open_disputes(line_ids, self._line_table()))
        known = [found for found in known if found[0] not in ignore]
        every = {i for *_names, ids in known for i in ids}
        credited = self._credit(known, every)
        wanted = [
            (key, amount - credited.get(key, 0), ids)
            for key, amount, _before, ids in known
        ]
        return wanted, self._load_open_amounts(every)

    @api.model
    def _group_rows(self, rows):
        """Return ``[(key, amount, what was matched earlier, ids of lines)]``."""
        found = {}
        for key, amount, matched, line_id in rows:
            if key not in found:
                earlier = {k: self._to_decimal(v) for k, v in (matched or {}).items()}
                found[key] = (key, self._to_decimal(amount), earlier, [])
            found[key][3].append(line_id)
        return list(found.values())

    @api.model
    def _credit(self, known, line_ids):
        """Return ``{key: what credit notes matched since have taken off it}``."""
        of_disputes = [found for found in known if found[0] > 0]
        receipts = self._load_receipts(line_ids) if of_disputes else {}
        credits = defaultdict(lambda: defaultdict(Decimal))
        for line_id, found in receipts.items():
            for _partial_id, receipt in found:
                if receipt.is_credit_note:
                    note = self._receipt_key(line_id, receipt)
                    credits[line_id][note] += receipt.amount
        return dispute.credited(of_disputes, credits)

    def _load_credited(self):
        """Return ``{dispute id: what credit notes matched since took off it}``."""
        line_ids = list({i for ids in self._line_ids_by_record().values() for i in ids})
        if not line_ids:
            return {}
        rows = self._load_open_disputes(line_ids, self._line_table())
        return self._credit(self._group_rows(rows), line_ids)

    @api.model
    def _load_open_disputes(self, line_ids, table):
        """Return rows of the open disputes on some lines, with all their lines.

        And of those that share other lines with them, and so on: what one leaves of a
        line is the other's. And of the draft credit notes with which disputes were
        concluded: their amount is not asked for either, until they are posted or
        deleted.

        :return: ``[(id, amount as text, what was matched earlier, line id)]``, in
            the order to take them; the id of a credit note is negative
        """
        self.flush_model()
        return self.env.execute_query(
            SQL(
                """
                WITH RECURSIVE live AS NOT MATERIALIZED (
                    SELECT d.id, d.amount, d.matched_earlier, d.state
                      FROM relance_dispute d
                     WHERE d.state IN %(open)s
                        OR d.state = 'resolved' AND EXISTS (
                           SELECT FROM relance_dispute_credit_rel k
                             JOIN account_move c ON c.id = k.account_move_id
                            WHERE k.relance_dispute_id = d.id AND c.state = 'draft')
                ), about AS (
                    SELECT live.id FROM live JOIN %(rel)s o ON o.%(record)s = live.id
                     WHERE o.%(line)s = ANY(%(ids)s)
                     UNION
                    SELECT live.id FROM about
                      JOIN %(rel)s mine ON mine.%(record)s = about.id
                      JOIN %(rel)s shared ON shared.%(line)s = mine.%(line)s
                      JOIN live ON live.id = shared.%(record)s
                ), found AS (
                    SELECT d.id AS key, d.amount, d.matched_earlier, d.id AS dispute_id,
                           NULL::int AS move_id
                      FROM live d JOIN about ON about.id = d.id
                     WHERE d.state IN %(open)s
                     UNION ALL
                    SELECT -c.id, c.amount_total, NULL, d.id, c.reversed_entry_id
                      FROM about
                      JOIN live d ON d.id = about.id AND d.state = 'resolved'
                      JOIN relance_dispute_credit_rel k ON k.relance_dispute_id = d.id
                      JOIN account_move c
                        ON c.id = k.account_move_id AND c.state = 'draft'
                )
                SELECT found.key, found.amount::text, found.matched_earlier, l.id
                  FROM found
                  JOIN %(rel)s r ON r.%(record)s = found.dispute_id
                  JOIN account_move_line l ON l.id = r.%(line)s
                 WHERE found.move_id IS NULL OR found.move_id = l.move_id
                 ORDER BY found.key, COALESCE(l.date_maturity, l.date), l.id
                """,
                **table,
                open=OPEN_STATES,
                ids=ids_array(line_ids),
            )
        )
