from odoo import api, models
from odoo.tools import SQL

from ..core.witness import MOST
from .relance_event_kinds import MERGED
from .relance_event_untold import Finding


class RelanceEventCompared(models.AbstractModel):
    """Compares a chain with what the other chain of the debtor says, after accounts
    were merged, and with what their proof files said of it."""

    _name = "relance.event.compared"
    _description = "Chain compared with what is said of it"

    def _find_unmerged(self):
        """Return that a chain is closed and no contact tells of a merged account.

        Such contacts lead from the open chain of the debtor to the closed ones: a chain
        that tells of itself, or two of each other, are told by nobody.
        """
        rows = self.env.execute_query(
            SQL(
                """
                WITH RECURSIVE told AS (
                    SELECT k.id
                      FROM relance_event_chain c
                      JOIN relance_event_chain k
                        ON (k.partner_id, k.company_id) = (c.partner_id, c.company_id)
                     WHERE c.id = %(chain)s AND k.is_open
                     UNION
                    SELECT c.id
                      FROM told
                      JOIN relance_event_chain k ON k.id = told.id
                      JOIN relance_event e ON e.chain_id = k.id AND e.kind = %(kind)s
                      JOIN relance_event_chain c
                        ON (c.partner_id, c.company_id) = (k.partner_id, k.company_id)
                       AND c.code = e.reference
                )
                SELECT c.id FROM relance_event_chain c
                 WHERE c.id = %(chain)s AND c.id NOT IN (SELECT id FROM told)
                """,
                chain=self.id,
                kind=MERGED,
            )
        )
        words = self.env._(
            "The chain was closed, and no contact tells of a merged account."
        )
        return [Finding(self.event_count + 1, "unmerged", words) for _row in rows]

    def _find_lost_heads(self):
        """Return the proof files, which have left, that knew another last contact."""
        proofs = self.env.execute_query(
            SQL(
                """
                SELECT p.id, p.name, p.heads
                  FROM relance_event_chain c
                  JOIN relance_proof p
                    ON (p.partner_id, p.company_id) = (c.partner_id, c.company_id)
                 WHERE c.id = %s AND p.heads IS NOT NULL
                 ORDER BY p.id
                """,
                self.id,
            )
        )
        known = self._load_digests()
        found = []
        for proof_id, name, heads in proofs:
            if not self._is_heads(heads):
                words = self.env._(
                    "What %(name)s says of the contacts cannot be read.", name=name
                )
                found.append(Finding(1, f"unreadable:proof:{proof_id}", words))
                continue
            found += [
                Finding(
                    head["count"],
                    f"proof:{proof_id}",
                    self.env._(
                        "Contact %(position)s is not what %(name)s says it was.",
                        position=head["count"],
                        name=name,
                    ),
                )
                for head in heads
                if head["code"] == self.code
                and head["count"] > 0
                and known.get(head["count"]) != head["head"]
            ]
        return found

    def _load_digests(self):
        """Return ``{position: digest}`` of the contacts."""
        rows = self.env.execute_query(
            SQL(
                "SELECT position, digest FROM relance_event WHERE chain_id = %s",
                self.id,
            )
        )
        return dict(rows)

    @api.model
    def _is_heads(self, heads):
        """Say whether a value is what proof files keep of the chains."""
        kinds = {"code": str, "count": int, "head": str}
        return isinstance(heads, list) and all(
            isinstance(head, dict)
            and all(type(head.get(key)) is kind for key, kind in kinds.items())
            and 0 <= head["count"] <= MOST
            for head in heads
        )
