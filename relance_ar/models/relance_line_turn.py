from odoo import api, fields, models
from odoo.tools import SQL

from .ids_array import ids_array


class RelanceLineTurn(models.Model):
    """Who says something of an instalment takes turns: one transaction at a time.

    Two that run at once cannot see each other's disputes or promises, each of which
    may be about all that is open. Both change this row: the second one begins again,
    and then sees what the first one said.
    """

    _name = "relance.line.turn"
    _description = "Turns to say something of an instalment"
    _log_access = False

    move_line_id = fields.Many2one(
        "account.move.line", required=True, ondelete="cascade"
    )
    turn = fields.Integer(required=True, default=0)

    _line_uniq = models.UniqueIndex("(move_line_id)", "Each has one row.")

    @api.model
    def _take(self, line_ids):
        """Take the turn of some instalments until the end of the transaction.

        :raise psycopg2.errors.SerializationFailure: when another one took it since this
            transaction began; the server then begins the call again
        """
        if not line_ids:
            return
        # In one order for everybody: two that want the same lines do not lock up.
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO %(table)s AS t (move_line_id, turn)
                SELECT id, 1 FROM unnest(%(ids)s) AS id ORDER BY id
                    ON CONFLICT (move_line_id) DO UPDATE SET turn = t.turn + 1
                """,
                table=SQL.identifier(self._table),
                ids=ids_array(sorted(line_ids)),
            )
        )
