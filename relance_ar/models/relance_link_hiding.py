from contextlib import suppress
from email.message import EmailMessage

from markupsafe import Markup

from odoo import api, models

from ..core.keys import hide_keys
from .relance_link_making import MARKER


class RelanceLinkHiding(models.AbstractModel):
    """Keeps the keys of personal pages out of messages that quote a reminder.

    A debtor who replies sends the link back: whoever reads the history, the sealed
    contacts or a proof file could answer in their name.
    """

    _name = "relance.link.hiding"
    _description = "Hiding of personal links"

    @api.model
    def _hide_in_text(self, text):
        """Return a text without keys; HTML that was marked as such stays so."""
        if not text or "relance" not in text:
            return text
        found = hide_keys(str(text), MARKER)
        return Markup(found) if isinstance(text, Markup) else found

    @api.model
    def _hide_in_content(self, content):
        """Return the content of a file without keys, if it is a text or an e-mail."""
        if isinstance(content, EmailMessage):
            return self._hide_in_mail(content)
        if isinstance(content, str):
            return self._hide_in_text(content)
        is_text = isinstance(content, bytes) and b"\0" not in content
        if not is_text or b"relance" not in content:
            return content
        return hide_keys(content, MARKER)

    @api.model
    def _hide_in_mail(self, mail):
        """Take the keys out of an e-mail that is attached to another, however coded."""
        for part in mail.walk():
            if part.get_content_maintype() != "text":
                continue
            with suppress(LookupError):  # a coding that nobody knows
                said = part.get_content()
                kept = self._hide_in_text(said)
                if kept != said:
                    part.set_content(kept, subtype=part.get_content_subtype())
        return mail

    @api.model
    def _hide_in_parsed(self, parsed):
        """Take the keys out of an e-mail that has arrived, before it is kept."""
        parsed["body"] = self._hide_in_text(parsed.get("body"))
        parsed["attachments"] = [
            attachment._replace(content=self._hide_in_content(attachment.content))
            for attachment in parsed.get("attachments") or []
        ]
        return parsed
