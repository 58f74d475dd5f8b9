from odoo import api, models
from odoo.tools import SQL

from .ids_array import ids_array
from .relance_facts_types import CONFIRMED

# E-mails in a row refused for what they say, after which a person looks at it.
REFUSALS = 3


class RelanceRefusals(models.AbstractModel):
    """Reads which e-mails mail servers refuse again and again."""

    _name = "relance.refusals"
    _description = "E-mails refused for what they say"

    @api.model
    def _load_refused(self, line_ids):
        """Return ``{line id: e-mails in a row that were refused for what they say}``.

        Fewer than ``REFUSALS`` are tried again; a contact made since starts anew.
        """
        rows = self.env.execute_query(
            SQL(
                """
                SELECT rl.move_line_id, count(*)
                  FROM relance_reminder r
                  JOIN relance_reminder_line rl ON rl.reminder_id = r.id
                 WHERE r.failure_kind = 'content' AND r.state IN ('failed', 'cancelled')
                   AND rl.move_line_id = ANY(%s)
                   AND NOT EXISTS (
                       SELECT FROM relance_reminder_line dl
                         JOIN relance_reminder d ON d.id = dl.reminder_id
                        WHERE dl.move_line_id = rl.move_line_id AND d.id > r.id
                          AND d.state IN %s)
                 GROUP BY rl.move_line_id
                HAVING count(*) >= %s
                """,
                ids_array(line_ids),
                CONFIRMED,
                REFUSALS,
            )
        )
        return dict(rows)
