import logging

import psycopg2
from markupsafe import Markup

from odoo import api, models
from odoo.tools import SQL, html2plaintext, split_every

from odoo.addons.base.models.ir_qweb_fields import nl2br

from ..core.chain import (
    CHANGED,
    CUT,
    MISSING,
    MOVED,
    OUTSIDE,
    digest_of_file,
    find_breaks,
)
from .relance_channel import EMAIL
from .relance_event_untold import Finding

_logger = logging.getLogger(__name__)
READ_AT_ONCE = 500
# The steps of the check, in their order; each stands alone.
CHECKS = (
    "_find_broken_links",
    "_find_misplaced",
    "_find_unmerged",
    "_find_changed_beside",
    "_find_untold",
    "_find_moved_slips",
    "_find_lost_heads",
)


class RelanceEventProving(models.AbstractModel):
    """Proves a chain of contacts: its links, the files, the messages, the reminders."""

    _name = "relance.event.proving"
    _inherit = [
        "relance.event.untold",
        "relance.event.slips",
        "relance.event.compared",
    ]
    _description = "Proof of a chain of contacts"

    def _find_breaks(self):
        """Return all that is not what it was, ``Finding`` in the order of the checks.

        None hides another one; none at all: the chain is proven.
        """
        self.ensure_one()
        self.env.flush_all()
        return [found for name in CHECKS for found in self._try_check(name)]

    def _try_check(self, name):
        """Return what one step of the check finds; that it cannot read is a finding.

        Who writes to the database would stop the check of all chains otherwise, by
        what the reader does not expect in one.
        """
        try:
            with self.env.cr.savepoint():
                return getattr(self, name)()
        except (psycopg2.OperationalError, psycopg2.InterfaceError, MemoryError):
            raise  # of the server, not of what is recorded
        except Exception as error:
            _logger.info("%s of the chain %s: %r", name, self.id, error)
            words = self.env._("What is recorded here cannot be read: it was changed.")
            return [Finding(1, f"unreadable:{name}", words)]

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
        # All of them, whatever their position says: none stands where nobody looks.
        events = self.env["relance.event"].search(
            [("chain_id", "=", self.id)], order="position, id"
        )
        for ids in split_every(READ_AT_ONCE, events.ids):
            rows = events.browse(ids)
            yield from rows
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
            OUTSIDE: self.env._(
                "Contact %(position)s is none of the chain: it was put in.",
                position=position,
            ),
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
        """Return the contacts that are noted with another debtor than their chain."""
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
        return [
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


class RelanceEventEvidence(models.AbstractModel):
    """What a contact says, compared with what is there now."""

    _name = "relance.event.evidence"
    _inherit = ["relance.event.reading"]
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
        files = self._read_files()
        if files is None:
            words = self.env._(
                "Contact %(position)s: what it says of its files cannot be read.",
                position=self.position,
            )
            return [("files", words)]
        known = {attachment.id: attachment for attachment in self.attachment_ids}
        found = []
        for file in files:
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
            if attachment.name != file["name"]:
                said = self.env._(
                    "Contact %(position)s: the file %(name)s is called %(other)s now.",
                    other=attachment.name,
                    **words,
                )
                found.append((f"name:{file['id']}", said))
        return found

    def _get_unchanged_files(self):
        """Return the files that are as they were sealed."""
        sealed = {file["id"]: file["sha256"] for file in self._read_files() or ()}
        return self.attachment_ids.filtered(
            lambda file: sealed.get(file.id) == digest_of_file(file.raw or b"")
        )

    def _find_added_files(self):
        """Return the files that were put beside it afterwards."""
        sealed = {file["id"] for file in self._read_files() or ()}
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
        return self.kind == EMAIL or self._read_headers().get("type") == "email"

    def _is_reminder(self):
        """Say whether it is the e-mail of a reminder, as the sending made it."""
        self.ensure_one()
        own = self.reminder_id.message_id
        return self.kind == EMAIL and bool(own) and self.message_id == own

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
