from odoo import models
from odoo.tools import SQL

from .relance_event_kinds import POSTAL
from .relance_event_untold import Finding

# The files that a contact was sealed with; whatever somebody wrote there is read.
SEALED_FILES = SQL(
    "jsonb_array_elements("
    "CASE jsonb_typeof(e.files) WHEN 'array' THEN e.files ELSE '[]' END)"
)


class RelanceEventSlips(models.AbstractModel):
    """Compares the slips of registered letters with those that contacts tell of."""

    _name = "relance.event.slips"
    _description = "Slips beside contacts"

    def _find_moved_slips(self):
        """Return the slips taken off their letters, and those put there untold."""
        self.ensure_one()
        return [*self._find_lost_slips(), *self._find_untold_slips()]

    def _find_lost_slips(self):
        """Return the slips that contacts tell of, and that no letter has any more."""
        rows = self.env.execute_query(
            SQL(
                """
                SELECT e.position, f->>'id', f->>'name'
                  FROM relance_event e
                 CROSS JOIN LATERAL %(files)s f
                 WHERE e.chain_id = %(chain)s AND e.kind = %(postal)s
                   AND NOT EXISTS (SELECT
                                     FROM relance_registered_letter g
                                     JOIN relance_registered_slip_rel s
                                       ON s.relance_registered_letter_id = g.id
                                    WHERE g.reminder_id = e.reminder_id
                                      AND s.ir_attachment_id::text = f->>'id')
                 ORDER BY e.position
                """,
                files=SEALED_FILES,
                chain=self.id,
                postal=POSTAL,
            )
        )
        return [
            Finding(
                position,
                f"slip:{position}:{file_id}",
                self.env._(
                    "Contact %(position)s: the slip %(name)s was taken off the "
                    "registered letter.",
                    position=position,
                    name=name,
                ),
            )
            for position, file_id, name in rows
        ]

    def _find_untold_slips(self):
        """Return the slips of letters that no contact tells of."""
        rows = self.env.execute_query(
            SQL(
                """
                SELECT g.reminder_id, a.id, a.name
                  FROM relance_registered_letter g
                  JOIN relance_registered_slip_rel s
                    ON s.relance_registered_letter_id = g.id
                  JOIN ir_attachment a ON a.id = s.ir_attachment_id
                 WHERE g.company_id = %(company)s AND g.partner_id = %(debtor)s
                   AND NOT EXISTS (SELECT
                                     FROM relance_event e
                                    CROSS JOIN LATERAL %(files)s f
                                    WHERE e.reminder_id = g.reminder_id
                                      AND e.kind = %(postal)s
                                      AND f->>'id' = a.id::text)
                 ORDER BY a.id
                """,
                files=SEALED_FILES,
                company=self.company_id.id,
                debtor=self.partner_id.id,
                postal=POSTAL,
            )
        )
        name_of = self.env["relance.reminder"]._reference_of
        return [
            Finding(
                self.event_count + 1,
                f"untold:slip:{file_id}",
                self.env._(
                    "%(letter)s: no contact tells of the slip %(name)s.",
                    letter=name_of(reminder_id),
                    name=name,
                ),
            )
            for reminder_id, file_id, name in rows
        ]
