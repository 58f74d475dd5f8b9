import logging
from contextlib import suppress
from email import message_from_bytes, policy
from email.message import EmailMessage

from markupsafe import Markup

from odoo import api, models

from ..core.keys import hide_keys
from .relance_link_making import MARKER

_logger = logging.getLogger(__name__)
# Files that are e-mails, by name or by what they say; in each other so many times.
MAILS, MAIL_HEADER = (".eml", ".mht", ".mhtml"), b"content-transfer-encoding:"
MAX_DEPTH = 5


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
        if not text:
            return text
        found = hide_keys(str(text), MARKER)
        return Markup(found) if isinstance(text, Markup) else found

    @api.model
    def _hide_in_content(self, content, name="", depth=0):
        """Return the content of a file without keys, if it is a text or an e-mail.

        :param content: bytes, str or ``EmailMessage``
        :param name: of the file: an e-mail may come as any type
        """
        if isinstance(content, EmailMessage):
            self._hide_in_mail(content, depth)
            return content
        if isinstance(content, str):
            data = content.encode("utf-8", "surrogateescape")
            kept = self._hide_in_content(data, name, depth)
            return content if kept is data else kept.decode("utf-8", "surrogateescape")
        if not isinstance(content, bytes) or b"\0" in content:
            return content
        is_mail = (name or "").lower().endswith(MAILS) or MAIL_HEADER in content.lower()
        if is_mail and depth < MAX_DEPTH:
            content = self._hide_in_mail_file(content, depth)
        kept = hide_keys(content, MARKER)
        return content if kept == content else kept

    @api.model
    def _hide_in_mail_file(self, content, depth):
        """Return an e-mail as a file without keys; as it is, if it has none."""
        try:
            mail = message_from_bytes(content, policy=policy.default)
            return mail.as_bytes() if self._hide_in_mail(mail, depth) else content
        except Exception:  # whatever a broken e-mail does to its reader
            _logger.info("An attached e-mail cannot be read", exc_info=True)
            return content

    @api.model
    def _hide_in_mail(self, mail, depth):
        """Take the keys out of an e-mail, however its parts are coded.

        :return: whether there were any
        """
        found = False
        for part in mail.walk():
            with suppress(LookupError, KeyError, ValueError):
                found |= self._hide_in_subject(part)
            if not part.is_multipart():
                # A coding that nobody knows, or a part that is none.
                with suppress(LookupError, KeyError, ValueError):
                    found |= self._hide_in_part(part, depth)
        return found

    @api.model
    def _hide_in_subject(self, part):
        """Take the keys out of a subject, however coded; say whether it had any."""
        said = str(part["Subject"] or "")
        kept = self._hide_in_text(said)
        if kept == said:
            return False
        part.replace_header("Subject", kept)
        return True

    @api.model
    def _hide_in_part(self, part, depth):
        """Take the keys out of one part of an e-mail; say whether there were any."""
        said = part.get_content()
        name = part.get_filename() or ""
        if isinstance(said, str):
            kept = self._hide_in_text(said)
            options = {"subtype": part.get_content_subtype()}
        elif isinstance(said, bytes):
            kept = self._hide_in_content(said, name, depth + 1)
            kinds = part.get_content_maintype(), part.get_content_subtype()
            options = {"maintype": kinds[0], "subtype": kinds[1]}
        else:
            return False
        if kept == said:
            return False
        if name:
            options |= {"disposition": "attachment", "filename": name}
        part.set_content(kept, **options)
        return True

    @api.model
    def _hide_in_parsed(self, parsed):
        """Take the keys out of an e-mail that has arrived, before it is kept."""
        for part in {"subject", "body"} & parsed.keys():
            parsed[part] = self._hide_in_text(parsed[part])
        parsed["attachments"] = [
            attachment._replace(
                content=self._hide_in_content(attachment.content, attachment.fname)
            )
            for attachment in parsed.get("attachments") or []
        ]
        return parsed
