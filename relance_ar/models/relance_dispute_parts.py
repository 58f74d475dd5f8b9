from odoo import api, models
from odoo.tools import SQL

from ..core import dispute
from .ids_array import ids_array


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
        table = self._line_table()
        rows = self._load_open_disputes(line_ids, table)
        wanted = {}
        for dispute_id, amount, line_id in rows:
            if dispute_id not in ignore:
                wanted.setdefault(dispute_id, (self._to_decimal(amount), []))
                wanted[dispute_id][1].append(line_id)
        every = {i for _amount, ids in wanted.values() for i in ids}
        open_amounts = self._load_open_amounts(every)
        parts = dispute.disputed_parts(wanted.values(), open_amounts)
        asked = set(line_ids)
        return {i: part for i, part in parts.items() if i in asked}

    @api.model
    def _load_open_disputes(self, line_ids, table):
        """Return rows of the open disputes on some lines, with all their lines.

        :return: ``[(dispute id, amount as text, line id)]``, in the order to take them
        """
        self.flush_model()
        return self.env.execute_query(
            SQL(
                """
                SELECT d.id, d.amount::text, r.%(line)s
                  FROM relance_dispute d
                  JOIN %(rel)s r ON r.%(record)s = d.id
                  JOIN account_move_line l ON l.id = r.%(line)s
                 WHERE d.state IN ('open', 'escalated')
                   AND d.id IN (SELECT o.%(record)s FROM %(rel)s o
                                 WHERE o.%(line)s = ANY(%(ids)s))
                 ORDER BY d.id, COALESCE(l.date_maturity, l.date), l.id
                """,
                **table,
                ids=ids_array(line_ids),
            )
        )
