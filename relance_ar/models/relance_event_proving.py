from markupsafe import Markup

from odoo import api, models
from odoo.tools import SQL, html2plaintext

from odoo.addons.base.models.ir_qweb_fields import nl2br

from ..core.chain import CHANGED, CUT, MISSING, MOVED, digest_of_file, find_break

READ_AT_ONCE = 500


class RelanceEventProving(models.AbstractModel):
    """Proves a chain of contacts: its links, the files, the messages, the reminders."""

    _name = "relance.event.proving"
    _inherit = ["relance.event.untold"]
    _description = "Proof of a chain of contacts"

    def _find_break(self):
        """Return where the chain is not what it was, and in words what is wrong there.

        :return: ``(position, sentence)``; ``(0, False)`` when it is proven
        """
        self.ensure_one()
        self.env.flush_all()
        [(length, head)] = self.env.execute_query(
            SQL(
                "SELECT event_count, head FROM relance_event_chain WHERE id = %s",
                self.id,
            )
        )
        found = find_break(self._iterate_links(), length, head)
        if found:
            return found.position, self._say_break(found)
        return self._find_changed_beside() or self._find_untold() or (0, False)

    def _iterate_links(self):
        """Yield the links as they are in the database, in order."""
        events = self.env["relance.event"]
        position = 0
        while rows := events.search(
            [("chain_id", "=", self.id), ("position", ">", position)],
            order="position",
            limit=READ_AT_ONCE,
        ):
            for event in rows:
                yield event._to_link()
            position = rows[-1].position
            rows.invalidate_recordset()

    def _say_break(self, found):
        """Return a ``core.chain.Break`` in words."""
        position = found.position
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
        """Return the first contact whose files or message are not what they were."""
        events = self.env["relance.event"].search(
            [("chain_id", "=", self.id)], order="position"
        )
        for event in events:
            if note := event._find_changed_file() or event._find_changed_message():
                return event.position, note
        return None


class RelanceEventEvidence(models.AbstractModel):
    """What a contact says, compared with what is there now."""

    _name = "relance.event.evidence"
    _description = "Evidence beside a contact"

    def _find_changed_file(self):
        """Return in words the first file that is not as it was, or ""."""
        self.ensure_one()
        known = {attachment.id: attachment for attachment in self.attachment_ids}
        for file in self.files or ():
            attachment = known.get(file["id"])
            if not attachment:
                return self.env._(
                    "Contact %(position)s: the file %(name)s is gone.",
                    position=self.position,
                    name=file["name"],
                )
            current = digest_of_file(attachment.raw or b"")
            attachment.invalidate_recordset(["raw"], flush=False)
            if current != file["sha256"]:
                return self.env._(
                    "Contact %(position)s: the file %(name)s was changed.",
                    position=self.position,
                    name=file["name"],
                )
        return ""

    def _find_changed_message(self):
        """Return in words that the message in the history was rewritten, or ""."""
        self.ensure_one()
        message = self.message_id
        if message and str(message.body or "") != (self.body or ""):
            return self.env._(
                "Contact %(position)s: the message in the history was rewritten.",
                position=self.position,
            )
        return ""

    def _get_plain_body(self):
        """Return what was said, as text."""
        self.ensure_one()
        return html2plaintext(self.body or "")

    @api.model
    def _to_html(self, facts):
        """Return ``[(label, text)]`` as HTML, without what is empty."""
        row = Markup("<p><b>%s</b> %s</p>")
        said = [(label, text) for label, text in facts if text]
        return Markup().join(row % (f"{label}:", nl2br(text)) for label, text in said)
