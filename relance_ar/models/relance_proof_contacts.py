from odoo import api, models
from odoo.tools import format_datetime, formatLang

from ..core.eml import REBUILT, write_eml
from .relance_channel import EMAIL, LETTERS
from .relance_event_kinds import ANSWER, POSTAL
from .relance_proof_pages import MAX_OWN_PAGES

WRITTEN = (EMAIL, ANSWER)
# Characters of an answer in the journal: printing takes half a minute for a million.
MAX_SAID = 10_000
# Where the day of a company that says nothing begins.
ZONE = "Europe/Paris"


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
        said = {event: {x["number"] for x in event._read_lines()} for event in events}
        return events.filtered(lambda event: not said[event] or numbers & said[event])

    def _collect_contacts(self):
        """Return the journal of the contacts, then what was written, each by itself."""
        events = self._get_events()
        if not events:
            return []
        section = self.env._("Contacts")
        title = self.env._("Journal of the contacts")
        journal = self._print_page("relance_ar.relance_proof_contacts_report")
        pieces = [
            self._piece(
                section, title, f"{title}.pdf", journal, max_pages=MAX_OWN_PAGES
            )
        ]
        written = events.filtered(lambda event: event.kind in WRITTEN)
        return pieces + [self._prepare_written(section, event) for event in written]

    def _prepare_written(self, section, event):
        """Return the piece of what was written: an e-mail only if there was one."""
        kinds = dict(event._fields["kind"]._description_selection(self.env))
        subject = event.subject or kinds[event.kind]
        name = f"{event.date:%Y-%m-%d} {subject}"[:80]
        if event._is_email():
            title = self.env._("%(subject)s (rebuilt from the record)", subject=subject)
            name, content, kind = f"{name}.eml", self._to_eml(event), "message/rfc822"
        else:
            title = self.env._("%(subject)s (entered on a page)", subject=subject)
            name, content, kind = f"{name}.txt", self._to_text(event), "text/plain"
        day = event.date.date()
        return self._piece(section, title, name, content, date=day, mimetype=kind)

    def _to_eml(self, event):
        """Return an e-mail as it can be opened, built from what was sealed of it."""
        headers = event._read_headers()
        values = {
            "From": headers.get("from") or event.author,
            "To": event.recipient,
            "Reply-To": headers.get("reply_to"),
            "Subject": event.subject,
            "Message-ID": headers.get("message_id"),
            "In-Reply-To": headers.get("in_reply_to"),
            "Date": f"{event.date:%a, %d %b %Y %H:%M:%S +0000}",
            "X-Brought-By": headers.get("brought_by"),
            "X-Contact": f"{event.position} {event.digest}",
            REBUILT: self.env._(
                "from the sealed record, with the headers that it keeps; it is not the "
                "message as it travelled"
            ),
        }
        text = "\n".join([event._get_plain_body(), "", *self._get_file_lines(event)])
        files = [(f.name, f.mimetype, f.raw) for f in event.attachment_ids if f.raw]
        return write_eml(values, text, event.body or "", files)

    def _to_text(self, event):
        """Return what was entered on a page, with what is known of how."""
        facts = [
            (self.env._("Entered on a page, not an e-mail"), event.subject),
            (self.env._("Date"), self._say_moment(event.date)),
            (self.env._("By"), event.author),
            (self.env._("Reference"), event.reference),
            (self.env._("Contact"), f"{event.position} {event.digest}"),
        ]
        said = [
            f"{self._label(name)} {value}"
            for name, value in (*facts, *self._get_header_facts(event))
            if value
        ]
        lines = [*said, "", event._get_plain_body(), "", *self._get_file_lines(event)]
        return "\n".join(lines).encode("utf-8", "replace")

    @api.model
    def _label(self, name):
        # A label before what it names: the space before the colon is French.
        return self.env._("%(label)s:", label=name)

    @api.model
    def _get_header_facts(self, event):
        """Return what is known of the way a contact took, as ``[(label, text)]``.

        Of what was entered on a page only the numbers in the history: no e-mail went
        from anybody to anybody.
        """
        headers = event._read_headers()
        mail = [
            (self.env._("Sender"), headers.get("from")),
            (self.env._("Answers go to"), headers.get("reply_to")),
        ]
        numbers = [
            (self.env._("Message number"), headers.get("message_id")),
            (self.env._("In answer to the message"), headers.get("in_reply_to")),
            (self.env._("Brought in by the account"), headers.get("brought_by")),
        ]
        facts = [*(mail if event._is_email() else ()), *numbers]
        return [(label, text) for label, text in facts if text]

    @api.model
    def _get_said(self, event):
        """Return what an answer says, for the journal: its beginning if it is long."""
        text = event._get_plain_body()
        if len(text) <= MAX_SAID:
            return text
        words = self.env._("[…] The whole is in the file of this contact.")
        return f"{text[:MAX_SAID]}\n{words}"

    @api.model
    def _get_file_lines(self, event):
        return [
            f"{file['name']} (SHA-256 {file['sha256']})"
            for file in event._read_files() or ()
        ]

    def _say_moment(self, date):
        """Return a moment in words, in the time of our company."""
        zone = self.company_id.partner_id.tz or ZONE
        words = format_datetime(self.env, date, tz=zone, dt_format="short")
        return f"{words} ({zone})"

    def _say_lines(self, event):
        """Return in words the instalments that a contact was about."""
        currencies = self.env["res.currency"].with_context(active_test=False)
        by_name = {}
        said = []
        for line in event._read_lines():
            code = line["currency"]
            if code not in by_name:
                by_name[code] = currencies.search([("name", "=", code)], limit=1)
            owed = formatLang(
                self.env, line["owed"], currency_obj=by_name[code] or None
            )
            said.append(f"{line['number']} ({owed})")
        return ", ".join(said)

    def _collect_letters(self):
        """Return the letters as they were printed, each with what proves its fate.

        They are those that were sealed, whatever the lists of the letters say.
        """
        section = self.env._("Letters")
        events = self._get_events().filtered(lambda e: e.kind in (*LETTERS, POSTAL))
        pieces = []
        for group in events.grouped("reminder_id").values():
            for event in group:
                said = event.reference if event.kind in LETTERS else event.subject
                pieces += self._collect_sealed(section, event, event.date, said)
        return pieces

    def _collect_files(self):
        """Return the other files that contacts carried, each once; not the invoices,
        of which what was sent is a copy."""
        section = self.env._("Files of the contacts")
        copies = self._find_sent_copies()
        pieces = [
            piece
            for event in self._get_written()
            for piece in self._collect_sealed(section, event, without=copies)
        ]
        return [{**piece, "is_copy": True} for piece in pieces]

    def _get_written(self):
        """Return the contacts in writing: e-mails and answers."""
        return self._get_events().filtered(lambda event: event.kind in WRITTEN)

    def _find_sent_copies(self):
        """Return the copies that reminders carried of invoices without a stored PDF.

        The e-mail of a reminder itself: in others people attach what they like.

        :return: ``{attachment: invoice}``, the copy that was sent first first; those
            that are not as they were sealed are left out
        """
        moves = self.move_ids.filtered(lambda move: not move.invoice_pdf_report_id)
        copies, by_lang = {}, {}
        for event in self._get_events().filtered(lambda e: e._is_reminder()):
            lang = event.reminder_id._get_lang()
            if lang not in by_lang:
                by_lang[lang] = {
                    move._get_invoice_report_filename(): move
                    for move in moves.with_context(lang=lang)
                }
            for attachment in event._get_unchanged_files():
                if move := by_lang[lang].get(attachment.name):
                    copies[attachment] = move
        return copies

    def _collect_sealed(self, section, event, date=None, words="", without=()):
        """Return a piece for each file of a contact, by the name that was sealed.

        One that is gone is noted as missing.

        :param without: attachments that are pieces elsewhere
        """
        names = {file["id"]: file["name"] for file in event._read_files() or ()}
        for file_id in names.keys() - set(event.attachment_ids.ids):
            said = self.env._(
                "%(name)s: gone; contact %(position)s of %(day)s carried it",
                name=names[file_id],
                position=event.position,
                day=self._say_moment(event.date),
            )
            self._miss(said)
        files = event.attachment_ids.filtered(lambda file: file not in without)
        return self._collect_attachments(section, files, date, words, names)

    def _collect_attachments(self, section, attachments, date=None, words="", names=()):
        """Return a piece for each file; one that is empty is noted as missing.

        :param names: ``{attachment id: name}`` of those that are not named as they are
        """
        names = {file.id: file.name for file in attachments} | dict(names)
        for attachment in attachments:
            if not attachment.raw:
                self._miss(self.env._("%(name)s: empty", name=names[attachment.id]))
        return [
            self._piece(
                section,
                " · ".join(filter(None, (words, names[attachment.id]))),
                names[attachment.id],
                attachment.raw,
                date=date and str(date)[:10],
                mimetype=attachment.mimetype or "",
            )
            for attachment in attachments
            if attachment.raw
        ]
