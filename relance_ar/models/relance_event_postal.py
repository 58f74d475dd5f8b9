from odoo import api, models
from odoo.tools import SQL


class RelanceEventPostal(models.AbstractModel):
    """Compares registered letters with what the last contact about each tells."""

    _name = "relance.event.postal"
    _description = "Registered letters that are not as they were sealed"

    def _find_changed_letters(self):
        """Return ``[(key, sentence)]`` of letters that were rewritten, or never told.

        Posting, number, provider, days and deadline: what was put right by a button
        has a contact of its own, what was rewritten in the database has none.
        """
        rows = self.env.execute_query(
            SQL(
                """
                SELECT r.id, to_jsonb(g), told.facts
                  FROM relance_registered_letter g
                  JOIN relance_reminder r ON r.id = g.reminder_id
                  LEFT JOIN LATERAL (SELECT e.facts
                                       FROM relance_event e
                                      WHERE e.reminder_id = r.id
                                        AND e.facts IS NOT NULL
                                      ORDER BY e.id DESC
                                      LIMIT 1) told ON TRUE
                 WHERE r.company_id = %s AND r.partner_id = %s
                 ORDER BY g.id
                """,
                self.company_id.id,
                self.partner_id.id,
            )
        )
        found = []
        for reminder_id, letter, facts in rows:
            names = self._get_changed(letter, facts)
            if names:
                words = self._say_changed_letter(reminder_id, facts, names)
                found.append((f"letter:{reminder_id}:{','.join(names)}", words))
        return found

    @api.model
    def _get_changed(self, letter, facts):
        """Return the columns of a letter that are not as they were sealed.

        :param letter: ``{column: value}``, days in ISO form
        :param facts: what the last contact about it tells; None: there is none
        """
        if not isinstance(facts, dict):
            return ["facts"]
        return [name for name in facts if (letter.get(name) or "") != facts[name]]

    @api.model
    def _say_changed_letter(self, reminder_id, facts, names):
        letters = self.env["relance.registered.letter"]
        name = self.env["relance.reminder"]._reference_of(reminder_id)
        if facts is None:
            return self.env._(
                "%(name)s: no contact tells of the posting of its registered letter.",
                name=name,
            )
        labels = [
            letters._fields[column]._description_string(self.env)
            for column in names
            if column in letters._fields
        ]
        return self.env._(
            "%(name)s: its registered letter is not what was sealed (%(fields)s).",
            name=name,
            fields=", ".join(labels),
        )

    def _find_lost_letters(self):
        """Return ``[(key, sentence)]`` of letters whose record somebody removed."""
        rows = self.env.execute_query(
            SQL(
                """
                SELECT DISTINCT e.reminder_id
                  FROM relance_event e
                 WHERE e.chain_id = %s AND e.facts IS NOT NULL
                   AND NOT EXISTS (SELECT FROM relance_registered_letter g
                                    WHERE g.reminder_id = e.reminder_id)
                 ORDER BY e.reminder_id
                """,
                self.id,
            )
        )
        name_of = self.env["relance.reminder"]._reference_of
        return [
            (
                f"no letter:{reminder_id}",
                self.env._(
                    "%(name)s: its registered letter is gone.",
                    name=name_of(reminder_id or 0),
                ),
            )
            for [reminder_id] in rows
        ]
