from odoo import http
from odoo.exceptions import UserError
from odoo.http import request

from ..core import entry
from ..models.relance_answer import KINDS
from ..models.relance_answer_reading import MONEY
from .page_base import DAY, READ, SEND, WINDOW, PageBase

ONE_LINE = ("date", "amount", "reason", "author", "name", "email", "phone", "text")
ANSWERS, TRIES = [(DAY, 40)], [(WINDOW, 10)]
MEGABYTE = 1024 * 1024
# What one request may weigh, and what a debtor may send in a day.
MAX_REQUEST, BYTES = 20 * MEGABYTE, [(DAY, 60 * MEGABYTE)]


class PageAnswer(PageBase):
    """What a debtor answers: a page to look at first, and a form to send."""

    @http.route(
        [
            "/relance/<string:token>/answer/<string:kind>",
            "/my/relance/<int:company_id>/answer/<string:kind>",
        ],
        **READ,
    )
    def ask(self, kind, token=None, company_id=None, **_params):
        """Show the form of an answer. Records nothing: programs follow links, too."""
        return self._serve(token, company_id, self._ask, kind=kind)

    @http.route(
        [
            "/relance/<string:token>/answer/<string:kind>",
            "/my/relance/<int:company_id>/answer/<string:kind>",
        ],
        max_content_length=MAX_REQUEST,
        **SEND,
    )
    def answer(self, kind, token=None, company_id=None, **_params):
        """Record an answer, once, and lead back to the page."""
        return self._serve(token, company_id, self._answer, kind=kind)

    def _ask(self, scope, kind, typed=None, error="", status=200):
        if kind not in dict(KINDS):
            return self._refuse()
        pages = self._pages()
        chosen = entry.numbers(request.httprequest.args.getlist("line"))
        lines = pages._get_answerable(scope, is_money=kind in MONEY)
        if typed:
            chosen = entry.numbers(typed["line"])
        return self._render(
            "page_answer",
            status=status,
            kind=kind,
            scope=scope,
            page=pages,
            company=scope.company,
            url=scope.url,
            lines=lines,
            is_owed=bool(lines or pages._get_lines(scope)),
            chosen=chosen or self._get_default_lines(scope, lines),
            undisputed=dict(
                zip(lines.ids, lines._relance_undisputed_amounts(), strict=True)
            ),
            reasons=scope.env["relance.dispute.reason"].search([], limit=100),
            typed=typed or {},
            error=error,
            may_pay=pages._may_pay(scope),
        )

    def _get_default_lines(self, scope, lines):
        """Return what is ticked at first: the lines reminded of, else the late ones."""
        asked = scope.link.reminder_id.line_ids.move_line_id & lines
        today = scope.today()
        late = lines.filtered(lambda li: (li.date_maturity or li.date) < today)
        return (asked or late or lines).ids

    def _answer(self, scope, kind):
        if kind not in dict(KINDS):
            return self._refuse()
        files = self._read_files()
        wait = self._exceeds(scope, "try", TRIES) or self._exceeds(
            scope, "answer", ANSWERS
        )
        size = sum(len(content) for _name, content in files)
        wait = wait or self._exceeds(scope, "bytes", BYTES, size)
        if wait:
            return self._too_many(wait)
        typed = {name: request.httprequest.form.get(name, "") for name in ONE_LINE}
        typed["line"] = request.httprequest.form.getlist("line")
        try:
            self._refuse_colleague()
            # sudo: recorded for the scope, which was checked, and for nobody else.
            request.env["relance.answer"].sudo()._answer(scope, kind, typed, files)
        except UserError as error:
            return self._ask(scope, kind, typed, str(error), status=422)
        # Seen after a redirection: loading the page again sends nothing again.
        return request.redirect(f"{scope.url}?done={kind}")

    def _refuse_colleague(self):
        """Refuse to let a colleague answer for a customer, whose words are proofs."""
        if request.env.user._is_internal():
            raise UserError(
                request.env._(
                    "You are signed in as a colleague: only the customer answers here. "
                    "Enter what they told you in Collections."
                )
            )

    def _read_files(self):
        """Return ``[(name, bytes)]`` of the files sent."""
        sent = request.httprequest.files.getlist("files")
        for file in sent:
            file.seek(0)  # read before, when a transaction is tried again
        return [(file.filename or "", file.read()) for file in sent]
