from typing import NamedTuple

from odoo import api, models
from odoo.tools import SQL

from .relance_facts_types import CONFIRMED

# For each kind of agreement: the stage that must be sealed, and which need none.
STAGES = {
    "relance.dispute": SQL(
        "CASE t.state WHEN 'escalated' THEN 'open' ELSE t.state END"
    ),
    "relance.promise": SQL("t.state"),
    "relance.plan": SQL(
        "CASE WHEN t.state = 'draft' OR t.activated_by_id IS NULL THEN NULL"
        " ELSE t.state END"
    ),
}


class Finding(NamedTuple):
    """What a check found: where, a key that stays the same, and in words."""

    position: int
    key: str
    words: str


class RelanceEventUntold(models.AbstractModel):
    """Finds what took place with a debtor, and that no contact tells of."""

    _name = "relance.event.untold"
    _inherit = ["relance.event.postal"]
    _description = "What no contact tells of"

    def _find_untold(self):
        """Return all that took place, and was taken out of the chain."""
        self.ensure_one()
        found = [
            *self._find_untold_reminders(),
            *self._find_untold_confirmations(),
            *self._find_changed_letters(),
            *self._find_lost_letters(),
        ]
        for model, stage in STAGES.items():
            for record in self._find_untold_agreements(model, stage):
                words = self.env._(
                    "%(name)s: no contact tells of what became of it.",
                    name=record.reference,
                )
                found.append((f"{model}:{record.id}", words))
        position = self.event_count + 1
        return [Finding(position, f"untold:{key}", words) for key, words in found]

    def _find_untold_reminders(self):
        """Return ``[(key, sentence)]`` of reminders that left without a contact."""
        rows = self.env.execute_query(
            SQL(
                """
                SELECT r.id
                  FROM relance_reminder r
                 WHERE r.company_id = %s AND r.partner_id = %s AND r.state IN %s
                   AND NOT EXISTS (SELECT FROM relance_event e
                                    WHERE e.reminder_id = r.id AND e.kind = r.channel
                                      AND e.stage IS NULL)
                 ORDER BY r.id
                """,
                self.company_id.id,
                self.partner_id.id,
                CONFIRMED,
            )
        )
        return [
            (
                f"reminder:{reminder_id}",
                self.env._("%(name)s has left, and no contact tells of it.", name=name),
            )
            for reminder_id, name in self._name_reminders(rows)
        ]

    def _find_untold_confirmations(self):
        """Return ``[(key, sentence)]`` of calls whose confirmation is not told."""
        rows = self.env.execute_query(
            SQL(
                """
                SELECT r.id
                  FROM relance_reminder r
                 WHERE r.company_id = %s AND r.partner_id = %s
                   AND r.follow_up_message_id IS NOT NULL
                   AND NOT EXISTS (SELECT FROM relance_event e
                                    WHERE e.message_id = r.follow_up_message_id)
                 ORDER BY r.id
                """,
                self.company_id.id,
                self.partner_id.id,
            )
        )
        return [
            (
                f"confirmation:{reminder_id}",
                self.env._(
                    "%(name)s was confirmed in writing, and no contact tells of it.",
                    name=name,
                ),
            )
            for reminder_id, name in self._name_reminders(rows)
        ]

    @api.model
    def _name_reminders(self, rows):
        reminders = self.env["relance.reminder"]
        return [(row[0], reminders._reference_of(row[0])) for row in rows]

    def _find_untold_agreements(self, model, stage):
        """Return the records whose present stage no contact tells of.

        :param stage: SQL of the stage that must be sealed; NULL: none
        """
        records = self.env[model].sudo()  # sudo: which ones, to name them
        rows = self.env.execute_query(
            SQL(
                """
                SELECT t.id
                  FROM %(table)s t
                 WHERE t.company_id = %(company)s AND t.partner_id = %(debtor)s
                   AND %(stage)s IS NOT NULL
                   AND NOT EXISTS (SELECT FROM relance_event e
                                    WHERE e.about_model = %(model)s
                                      AND e.about_id = t.id
                                      AND e.stage = %(stage)s)
                 ORDER BY t.id
                """,
                table=SQL.identifier(records._table),
                company=self.company_id.id,
                debtor=self.partner_id.id,
                stage=stage,
                model=model,
            )
        )
        return records.browse(row[0] for row in rows)

    @api.model
    def _make_lost_chains(self):
        """Make chains for debtors who were contacted and have none: somebody removed
        the whole, and the check tells of it.
        """
        rows = self.env.execute_query(
            SQL(
                """
                SELECT DISTINCT r.company_id, r.partner_id
                  FROM relance_reminder r
                 WHERE r.state IN %s
                   AND NOT EXISTS (SELECT FROM relance_event_chain c
                                    WHERE c.company_id = r.company_id
                                      AND c.partner_id = r.partner_id)
                """,
                CONFIRMED,
            )
        )
        if rows:
            self._make_missing(sorted(rows))
