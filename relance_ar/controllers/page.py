from odoo import http
from odoo.http import request

from ..core import entry
from ..models.relance_link import EXPIRED
from .page_base import DAY, LINK, READ, SEND, WINDOW, PageBase

DONE = ("promise", "dispute", "paid", "approved", "copy", "contact", "pay")
# Documents that are looked at; those with all the invoices take longer to make.
DOCUMENTS, COLLECTIONS = [(WINDOW, 60), (DAY, 600)], [(WINDOW, 5), (DAY, 30)]


class Page(PageBase):
    """The personal page of a debtor, and the invoices on it."""

    @http.route(
        ["/relance/<string:token>", "/my/relance/<int:company_id>"],
        **READ,
    )
    def page(self, token=None, company_id=None, done=None, **_params):
        """Show what is owed, agreed and contested, and what can be done."""
        return self._serve(token, company_id, self._show, done=done)

    def _show(self, scope, done=None):
        return self._render(
            "page",
            scope=scope,
            page=self._pages(),
            company=scope.company,
            url=scope.url,
            done=done if done in DONE else "",
            **self._pages()._get_page(scope),
        )

    @http.route(
        [
            "/relance/<string:token>/invoice/<int:move_id>",
            "/my/relance/<int:company_id>/invoice/<int:move_id>",
        ],
        **READ,
    )
    def invoice(self, move_id, token=None, company_id=None, **_params):
        """Return the PDF of one invoice of the debtor; 404 for all others."""
        return self._serve(token, company_id, self._show_invoice, move_id=move_id)

    def _show_invoice(self, scope, move_id):
        move = self._pages()._get_invoices(scope, [move_id])
        if not move:
            return self._refuse()
        if wait := self._exceeds(scope, "document", DOCUMENTS):
            return self._too_many(wait)
        return self._download(*self._pages()._get_pdf(scope, move))

    @http.route(
        [
            "/relance/<string:token>/invoices",
            "/my/relance/<int:company_id>/invoices",
        ],
        **READ,
    )
    def invoices(self, token=None, company_id=None, part="1", **_params):
        """Return the open invoices as one PDF; when there are many, a part of them."""
        number = (entry.numbers([part]) or [0])[0]
        return self._serve(token, company_id, self._show_invoices, number=number)

    def _show_invoices(self, scope, number):
        if wait := self._exceeds(scope, "collection", COLLECTIONS):
            return self._too_many(wait)
        content = self._pages()._get_all_pdf(scope, number)
        if not content:
            return self._refuse()
        rank = f"-{number}" if number > 1 else ""
        name = f"{request.env._('Invoices')}{rank}.pdf"
        return self._download(name, content, "attachment")

    @http.route(
        "/relance/<string:token>/renew",
        **SEND,
    )
    def renew(self, token, **_params):
        """Send a new link to whom an expired one was made for, and to nobody else."""
        return self._protect(self._renew(token))

    def _renew(self, token):
        _scope, refusal = self._find_scope(token, None)
        link, problem = request.env["relance.link"]._open(token)
        if problem != EXPIRED:
            return refusal or request.redirect(f"/relance/{token}")
        scope = self._pages()._get_link_scope(link.with_env(self._pages().env))
        if not self._exceeds(scope, "renewal", [(DAY, 3)]):
            scope.link._renew()
        # Always the same words: they do not tell which addresses we know.
        return self._offer_renewal(link, token, is_asked=True)

    @http.route(
        "/relance/thanks",
        **READ,
    )
    def thanks(self, **_params):
        """Bring whoever has paid back to their page.

        The key of the link stays out of what is kept of the payment.
        """
        # sudo: the link that this session has opened.
        links = request.env["relance.link"].sudo()
        link = links.browse(request.session.get(LINK) or []).exists()
        if not link:
            return self._protect(
                self._render("page_thanks", company=request.env.company)
            )
        return self._protect(request.redirect(f"/relance/{link._get_token()}?done=pay"))
