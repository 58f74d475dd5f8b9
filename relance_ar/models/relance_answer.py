import hashlib
import json

import psycopg2

from odoo import api, fields, models
from odoo.exceptions import UserError

from .relance_scope import Scope

PROMISE, DISPUTE, PAID = "promise", "dispute", "paid"
APPROVED, COPY, CONTACT = "approved", "copy", "contact"
KINDS = [
    (PROMISE, "Will pay on a day"),
    (DISPUTE, "Contests it"),
    (PAID, "Already paid"),
    (APPROVED, "Approved"),
    (COPY, "Asks for a copy"),
    (CONTACT, "Names another contact"),
]


class RelanceAnswer(models.Model):
    """What a debtor answered on their page: once, however often it is posted.

    What follows from it is the same as if an officer had typed it: a promise, a
    dispute, a hold, a contact to repair. See ``relance.answer.recording``.
    """

    _name = "relance.answer"
    _description = "Answer on the personal page"
    _inherit = [
        "relance.guarded",
        "relance.answer.reading",
        "relance.answer.recording",
        "relance.answer.telling",
    ]
    _order = "id desc"
    _rec_name = "kind"

    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, index=True, ondelete="cascade"
    )
    partner_id = fields.Many2one(
        "res.partner",
        string="Debtor",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    contact_id = fields.Many2one(
        "res.partner",
        string="Page of",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
    )
    link_id = fields.Many2one(
        "relance.link", readonly=True, index="btree_not_null", ondelete="set null"
    )
    reminder_id = fields.Many2one(
        "relance.reminder", readonly=True, index="btree_not_null", ondelete="set null"
    )
    promise_id = fields.Many2one(
        "relance.promise", readonly=True, index="btree_not_null", ondelete="set null"
    )
    dispute_id = fields.Many2one(
        "relance.dispute", readonly=True, index="btree_not_null", ondelete="set null"
    )
    move_line_ids = fields.Many2many(
        "account.move.line",
        "relance_answer_line_rel",
        "answer_id",
        "line_id",
        string="Instalments",
        readonly=True,
    )
    kind = fields.Selection(KINDS, string="Answer", required=True, readonly=True)
    author = fields.Char(string="By", readonly=True, help="The name that was typed.")
    note = fields.Text(string="What they say", readonly=True)
    day = fields.Date(string="On", required=True, readonly=True)
    origin = fields.Char(
        string="Came by",
        readonly=True,
        help="By which link, made by whom, or which portal user.",
    )
    caller = fields.Char(
        string="Digest of the network address",
        readonly=True,
        help="The same for two answers that came from the same place.",
    )
    digest = fields.Char(required=True, readonly=True)

    _once = models.UniqueIndex("(digest)", "This answer is recorded already.")

    # -------------------------------------------------------------------- recording

    @api.model
    def _answer(self, scope: Scope, kind, typed, files=()):
        """Record an answer and what follows from it, all or nothing.

        :param typed: ``{field of the form: text or list of texts}``, as they came
        :param files: ``[(name, bytes)]``, as they came
        :return: the answer; the known one if it was posted before, none if it was
            posted by somebody else at this moment
        :raise UserError: with words for the debtor, when something is missing or wrong
        """
        answers = scope.env[self._name]
        said = answers._read(scope, kind, typed, files)
        digest = self._digest(scope, said)
        if known := answers.search([("digest", "=", digest)]):
            return known
        try:
            with self.env.cr.savepoint():
                return answers._record(scope, said, digest)
        except psycopg2.errors.UniqueViolation as error:
            if error.diag.constraint_name != self._once.full_name(self):
                raise
            # Posted twice at once: the other request, which this one does not see,
            # has recorded it.
            return answers

    @api.model
    def _record(self, scope, said, digest):
        """Record an answer that was read, what follows from it, and tell of it."""
        answer = self.create(self._prepare(scope, said, digest))
        try:
            getattr(answer, f"_do_{said.kind}")(scope, said)
        except UserError as error:
            # Words for officers: they may tell more than the debtor should know.
            raise UserError(
                self.env._(
                    "This could not be recorded as it stands. Please call or write to "
                    "us."
                )
            ) from error
        answer._tell(scope, said)
        if scope.link:
            scope.link._note_use()
        return answer

    @api.model
    def _prepare(self, scope, said, digest):
        return {
            "company_id": scope.company.id,
            "partner_id": scope.debtor.id,
            "contact_id": scope.contact.id,
            "link_id": scope.link.id,
            "reminder_id": self._find_reminder(scope).id,
            "kind": said.kind,
            "author": said.author,
            "note": said.text,
            "day": scope.today(),
            "origin": self._say_origin(scope),
            "caller": scope.caller,
            "move_line_ids": [fields.Command.set(said.lines.ids)],
            "digest": digest,
        }

    @api.model
    def _say_origin(self, scope):
        """Return how the answer came, in our language: who could have given it."""
        lang = scope.company._get_relance_lang()
        if scope.link:
            return scope.link.with_context(lang=lang)._say_origin()
        env = self.with_context(lang=lang).env
        return env._("portal user %(login)s", login=scope.login)

    @api.model
    def _digest(self, scope, said):
        """Return what is the same for the same answer of the same day."""
        content = {
            "scope": scope.key,
            "today": str(scope.today()),
            "kind": said.kind,
            "lines": sorted(said.lines.ids),
            "said": [
                str(said.day),
                str(said.amount),
                said.reason.id,
                said.text,
                said.author,
                said.person,
            ],
            "files": [hashlib.sha256(data).hexdigest() for _n, _k, data in said.files],
        }
        plain = json.dumps(content, sort_keys=True, ensure_ascii=False)
        return hashlib.sha256(plain.encode()).hexdigest()

    @api.model
    def _find_reminder(self, scope):
        """Return the reminder that is answered: the link's, else the last that left."""
        reminder = scope.link.reminder_id
        if reminder and reminder.partner_id.commercial_partner_id == scope.debtor:
            return reminder
        return scope.env["relance.reminder"].search(
            [
                ("partner_id", "=", scope.debtor.id),
                ("company_id", "=", scope.company.id),
                ("state", "in", ("sent", "done")),
            ],
            order="date_done desc, id desc",
            limit=1,
        )
