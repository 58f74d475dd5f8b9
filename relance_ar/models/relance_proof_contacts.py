from email.message import EmailMessage
from email.policy import SMTP

from odoo import models
from odoo.tools import html2plaintext

from .relance_channel import EMAIL, LETTERS
from .relance_event_kinds import ANSWER

WRITTEN = (EMAIL, ANSWER)


class RelanceProofContacts(models.AbstractModel):
    """The contacts of a proof file: e-mails, letters with slips, notes of calls."""

    _name = "relance.proof.contacts"
    _description = "Contacts of a proof file"

    def _get_events(self):
        """Return the contacts about the invoices, and those about none, in order."""
        events = self.env["relance.event"]._of_debtors(
            self.partner_id.ids, self.company_id
        )[self.partner_id.id]
        numbers = set(self.move_ids.mapped("name"))
        return events.filtered(
            lambda event: (
                not event.lines or numbers & {line["number"] for line in event.lines}
            )
        )

    def _collect_contacts(self):
        """Return the journal of the contacts, then each e-mail with its headers."""
        events = self._get_events()
        if not events:
            return []
        section = self.env._("Contacts")
        title = self.env._("Journal of the contacts")
        journal = self._print_page("relance_ar.relance_proof_contacts_report")
        pieces = [self._piece(section, title, f"{title}.pdf", journal)]
        for event in events.filtered(lambda e: e.kind in WRITTEN):
            name = f"{event.date:%Y-%m-%d} {event.subject or event.kind}"
            pieces.append(
                self._piece(
                    section,
                    event.subject or event.kind,
                    f"{name[:80]}.eml",
                    self._to_eml(event),
                    date=event.date.date(),
                    mimetype="message/rfc822",
                )
            )
        return pieces

    def _to_eml(self, event):
        """Return an e-mail as it can be opened: headers, text; files are beside it."""
        headers = event.headers or {}
        message = EmailMessage(policy=SMTP)
        values = {
            "From": headers.get("from") or event.author,
            "To": event.recipient,
            "Reply-To": headers.get("reply_to"),
            "Subject": event.subject,
            "Message-ID": headers.get("message_id"),
            "In-Reply-To": headers.get("in_reply_to"),
            "Date": f"{event.date:%a, %d %b %Y %H:%M:%S +0000}",
            "X-Contact": f"{event.position} {event.digest}",
        }
        for name, value in values.items():
            if value:  # a line break in a value must not become another header
                message[name] = " ".join(str(value).split())
        files = [
            f"{file['name']} (SHA-256 {file['sha256']})" for file in event.files or ()
        ]
        body = event.body or ""
        message.set_content("\n".join([html2plaintext(body), "", *files]))
        message.add_alternative(body or "<p/>", subtype="html")
        return message.as_bytes()

    def _collect_letters(self):
        """Return the letters as they were printed, each with what proves its fate."""
        section = self.env._("Letters")
        pieces = []
        for event in self._get_events().filtered(lambda e: e.kind in LETTERS):
            pieces += self._collect_attachments(
                section, event.attachment_ids, event.date, event.reference
            )
            slips = self.env["relance.registered.letter"].search(
                [("reminder_id", "=", event.reminder_id.id)]
            )
            pieces += self._collect_attachments(
                section, slips.slip_ids, slips.posted_on, slips.display_name
            )
        return pieces

    def _collect_files(self):
        """Return the other files that contacts carried, each once; not the invoices."""
        known = self.move_ids.invoice_pdf_report_id
        files = self._get_written_files() - known
        return self._collect_attachments(self.env._("Files of the contacts"), files)

    def _get_written_files(self):
        """Return the files that e-mails and answers carried."""
        events = self._get_events().filtered(lambda e: e.kind in WRITTEN)
        return events.attachment_ids

    def _collect_attachments(self, section, attachments, date=None, words=""):
        """Return a piece for each file that is not empty."""
        return [
            self._piece(
                section,
                " · ".join(filter(None, (words, attachment.name))),
                attachment.name,
                attachment.raw,
                date=date and str(date)[:10],
                mimetype=attachment.mimetype or "",
            )
            for attachment in attachments
            if attachment.raw
        ]
