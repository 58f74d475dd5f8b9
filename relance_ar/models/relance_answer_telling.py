from odoo import fields, models

from .relance_event_kinds import ANSWER

TASK = "relance_ar.mail_activity_type_page"


class RelanceAnswerTelling(models.AbstractModel):
    """Tells the officer what a debtor answered, and seals it."""

    _name = "relance.answer.telling"
    _description = "Telling of answers"

    def _tell(self, scope, said):
        """Keep the answer and its files where the officer finds them.

        As a message of the debtor on the reminder that they answer: it is sealed, put
        on the to-do list, and holds the next step until it is read, like an e-mail.
        """
        record = self.dispute_id or self.reminder_id or scope.debtor
        files = self._store(record, said.files)
        body = self._get_body(said)
        if self.dispute_id and files:
            self.dispute_id.message_post(
                body=self.env._("Files of the customer."),
                author_id=scope.contact.id,
                subtype_xmlid="mail.mt_note",
                attachment_ids=files.ids,
            )
        if self.reminder_id:
            self.reminder_id.message_post(
                body=body,
                subject=self._get_title(),
                author_id=scope.contact.id,
                message_type="comment",
                subtype_xmlid="mail.mt_comment",
                attachment_ids=files.ids,
            )
        else:
            self._tell_on_debtor(scope, body, files)

    def _tell_on_debtor(self, scope, body, files):
        """Do the same for a debtor who was never reminded."""
        officer = self.env["relance.page"]._find_officer(scope)
        self.env["relance.event"]._record([self._prepare_event(scope, body, files)])
        # A note of the customer's history, not a message to its followers.
        scope.debtor.message_post(
            body=body,
            author_id=scope.contact.id,
            subtype_xmlid="mail.mt_note",
            attachment_ids=files.ids,
        )
        kind = self.env["ir.model.data"]._xmlid_to_res_id(
            TASK, raise_if_not_found=False
        )
        if officer and kind:
            record = scope.debtor.with_context(lang=officer.lang or self.env.lang)
            record.activity_schedule(
                activity_type_id=kind,
                date_deadline=scope.today(),
                summary=record.env._("%(who)s has answered", who=scope.debtor.name),
                note=body,
                user_id=officer.id,
            )

    def _prepare_event(self, scope, body, files):
        """Return the values of the contact to be sealed."""
        siren = scope.debtor.relance_siren
        return {
            "company_id": scope.company.id,
            "partner_id": scope.debtor.id,
            "kind": ANSWER,
            "date": fields.Datetime.now(),
            "subject": self._get_title(),
            "body": body,
            "author": self.author or scope.contact.name,
            "debtor": " ".join(filter(None, (scope.debtor.name, siren))),
            "recipient": "",
            "lines": [line._to_event_line() for line in self.move_line_ids],
            "attachment_ids": files.ids,
        }

    def _store(self, record, files):
        """Return private attachments of a record, of the types that they really are.

        Pictures stay as they were sent, which is what is sealed: none is opened here.
        """
        attachments = self.env["ir.attachment"].with_context(image_no_postprocess=True)
        return attachments.create(
            [
                {
                    "name": name,
                    "raw": content,
                    "mimetype": kind,
                    "res_model": record._name,
                    "res_id": record.id,
                }
                for name, kind, content in files
            ]
        )

    def _get_title(self):
        """Return what it is in a few words, for the officer."""
        record = self._in_company_lang()
        kinds = dict(record._fields["kind"]._description_selection(record.env))
        return record.env._("On their page: %(kind)s", kind=kinds[self.kind])

    def _get_body(self, said):
        """Return the answer as HTML, in our language; each value is escaped."""
        record = self._in_company_lang()
        values = {
            "title": self._get_title(),
            "answer": record,
            "said": said,
            "page": record.env["relance.page"],
            "lines": said.lines.with_env(record.env),
            "covered": self._get_partly_covered(said),
            "follows": (record.promise_id or record.dispute_id).display_name,
        }
        return record.env["ir.qweb"]._render("relance_ar.page_answer_note", values)

    def _get_partly_covered(self, said):
        """Return what an amount paid covers, or None when it covers everything."""
        if self.kind != "paid" or not said.amount:
            return None
        covered = self._get_covered(said)
        return None if covered == said.lines else covered

    def _in_company_lang(self):
        return self.with_context(lang=self.company_id._get_relance_lang())
