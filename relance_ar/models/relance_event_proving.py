from markupsafe import Markup

from odoo import api, models
from odoo.tools import SQL, html2plaintext

from odoo.addons.base.models.ir_qweb_fields import nl2br

from ..core.chain import (
    CHANGED,
    CUT,
    MISSING,
    MOVED,
    digest_of_file,
    find_breaks,
)
from .relance_channel import EMAIL
from .relance_event_kinds import MERGED
from .relance_event_untold import Finding

READ_AT_ONCE = 500
# The kind of the contact that tells of an account merged into this one.


class RelanceEventProving(models.AbstractModel):
    """Proves a chain of contacts: its links, the files, the messages, the reminders."""

    _name = "relance.event.proving"
    _inherit = ["relance.event.untold", "relance.event.slips"]
    _description = "Proof of a chain of contacts"

    def _find_breaks(self):
        """Return all that is not what it was, ``Finding`` in the order of the checks.

        None hides another one; none at all: the chain is proven.
        """
        self.ensure_one()
        self.env.flush_all()
        return [
            *self._find_broken_links(),
            *self._find_misplaced(),
            *self._find_changed_beside(),
            *self._find_untold(),
            *self._find_moved_slips(),
            *self._find_lost_heads(),
        ]

    def _find_broken_links(self):
        """Return the places at which the digests do not follow."""
        [(length, head)] = self.env.execute_query(
            SQL(
                "SELECT event_count, head FROM relance_event_chain WHERE id = %s",
                self.id,
            )
        )
        links = (event._to_link() for event in self._iterate_events())
        return [
            Finding(
                found.position,
                f"{found.why}:{found.position}:{found.until}",
                self._say_break(found),
            )
            for found in find_breaks(links, length, head)
        ]

    def _iterate_events(self):
        """Yield the contacts as they are in the database, in order, a batch in memory
        at a time."""
        events = self.env["relance.event"]
        position = 0
        while rows := events.search(
            [("chain_id", "=", self.id), ("position", ">", position)],
            order="position",
            limit=READ_AT_ONCE,
        ):
            yield from rows
            position = rows[-1].position
            rows.invalidate_recordset()

    def _say_break(self, found):
        """Return a ``core.chain.Break`` in words."""
        position = found.position
        if found.until:
            return self.env._(
                "Contacts %(position)s to %(until)s are missing.",
                position=position,
                until=found.until,
            )
        words = {
            MISSING: self.env._("Contact %(position)s is missing.", position=position),
            MOVED: self.env._(
                "Contact %(position)s does not follow the one before it.",
                position=position,
            ),
            CHANGED: self.env._("Contact %(position)s was changed.", position=position),
            CUT: self.env._(
                "The chain was cut: contact %(position)s and later ones are missing.",
                position=position,
            ),
        }
        return words[found.why]

    # ------------------------------------------------- what the contacts tell of

    def _find_changed_beside(self):
        """Return the contacts whose files or message are not what they were."""
        return [
            Finding(event.position, f"{key}:{event.position}", words)
            for event in self._iterate_events()
            for key, words in event._find_changed()
        ]

    def _find_misplaced(self):
        """Return the contacts that are noted with another debtor than their chain, and
        whether the chain was closed without a merged account."""
        rows = self.env.execute_query(
            SQL(
                """
                SELECT e.position
                  FROM relance_event e
                  JOIN relance_event_chain c ON c.id = e.chain_id
                 WHERE c.id = %s
                   AND ((e.partner_id, e.company_id) <> (c.partner_id, c.company_id)
                        OR c.is_open AND e.origin_id <> c.partner_id)
                 ORDER BY e.position
                """,
                self.id,
            )
        )
        found = [
            Finding(
                position,
                f"misplaced:{position}",
                self.env._(
                    "Contact %(position)s is noted with another debtor or company.",
                    position=position,
                ),
            )
            for [position] in rows
        ]
        return found + self._find_unmerged()

    def _find_unmerged(self):
        """Return that a chain is closed and no contact tells of a merged account."""
        rows = self.env.execute_query(
            SQL(
                """
                SELECT c.event_count + 1
                  FROM relance_event_chain c
                 WHERE c.id = %s AND NOT c.is_open
                   AND NOT EXISTS (SELECT
                                     FROM relance_event e
                                     JOIN relance_event_chain k ON k.id = e.chain_id
                                    WHERE e.kind = %s AND e.reference = c.code
                                      AND (k.partner_id, k.company_id)
                                          = (c.partner_id, c.company_id))
                """,
                self.id,
                MERGED,
            )
        )
        words = self.env._(
            "The chain was closed, and no contact tells of a merged account."
        )
        return [Finding(position, "unmerged", words) for [position] in rows]

    def _find_lost_heads(self):
        """Return the proof files, which have left, that knew another last contact."""
        rows = self.env.execute_query(
            SQL(
                """
                SELECT p.id, p.name, (h->>'count')::int
                  FROM relance_event_chain c
                  JOIN relance_proof p
                    ON (p.partner_id, p.company_id) = (c.partner_id, c.company_id)
                 CROSS JOIN jsonb_array_elements(p.heads) h
                  LEFT JOIN relance_event e
                    ON e.chain_id = c.id AND e.position = (h->>'count')::int
                 WHERE c.id = %s AND h->>'code' = c.code AND (h->>'count')::int > 0
                   AND e.digest IS DISTINCT FROM h->>'head'
                 ORDER BY p.id
                """,
                self.id,
            )
        )
        return [
            Finding(
                position,
                f"proof:{proof_id}",
                self.env._(
                    "Contact %(position)s is not what %(name)s says it was.",
                    position=position,
                    name=name,
                ),
            )
            for proof_id, name, position in rows
        ]


class RelanceEventEvidence(models.AbstractModel):
    """What a contact says, compared with what is there now."""

    _name = "relance.event.evidence"
    _description = "Evidence beside a contact"

    def _find_changed(self):
        """Return ``[(key, sentence)]`` of what is not as it was beside the contact."""
        self.ensure_one()
        found = [*self._find_changed_files(), *self._find_added_files()]
        message = self.message_id
        if message and str(message.body or "") != (self.body or ""):
            words = self.env._(
                "Contact %(position)s: the message in the history was rewritten.",
                position=self.position,
            )
            found.append(("message", words))
        return found

    def _find_changed_files(self):
        """Return the files that are gone, or not as they were."""
        known = {attachment.id: attachment for attachment in self.attachment_ids}
        found = []
        for file in self.files or ():
            attachment = known.get(file["id"])
            words = {"position": self.position, "name": file["name"]}
            if not attachment:
                said = self.env._(
                    "Contact %(position)s: the file %(name)s is gone.", **words
                )
                found.append((f"gone:{file['id']}", said))
                continue
            current = digest_of_file(attachment.raw or b"")
            attachment.invalidate_recordset(["raw"], flush=False)
            if current != file["sha256"]:
                said = self.env._(
                    "Contact %(position)s: the file %(name)s was changed.", **words
                )
                found.append((f"file:{file['id']}", said))
        return found

    def _get_unchanged_files(self):
        """Return the files that are as they were sealed."""
        sealed = {file["id"]: file["sha256"] for file in self.files or ()}
        return self.attachment_ids.filtered(
            lambda file: sealed.get(file.id) == digest_of_file(file.raw or b"")
        )

    def _find_added_files(self):
        """Return the files that were put beside it afterwards."""
        sealed = {file["id"] for file in self.files or ()}
        return [
            (
                f"added:{attachment.id}",
                self.env._(
                    "Contact %(position)s: the file %(name)s was added afterwards.",
                    position=self.position,
                    name=attachment.name,
                ),
            )
            for attachment in self.attachment_ids
            if attachment.id not in sealed
        ]

    def _is_email(self):
        """Say whether an e-mail is behind it: what people enter on a page is none."""
        self.ensure_one()
        headers = self.headers or {}
        return self.kind == EMAIL or headers.get("type") == "email"

    def _get_plain_body(self):
        """Return what was said, as text."""
        self.ensure_one()
        return html2plaintext(self.body or "")

    @api.model
    def _to_html(self, facts):
        """Return ``[(label, text)]`` as HTML, without what is empty."""
        row = Markup("<p><b>%s</b> %s</p>")
        said = [
            # A label before what it names: the space before the colon is French.
            (self.env._("%(label)s:", label=label), text)
            for label, text in facts
            if text
        ]
        return Markup().join(row % (label, nl2br(text)) for label, text in said)
