from odoo import http
from odoo.http import request

from .page import COLLECTIONS
from .page_base import READ, PageBase

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class PageStatement(PageBase):
    """The statement of account of the debtor, to be downloaded from their page."""

    @http.route(
        [
            "/relance/<string:token>/statement",
            "/my/relance/<int:company_id>/statement",
        ],
        **READ,
    )
    def statement(self, token=None, company_id=None, form="pdf", **_params):
        """Return the statement of today as a PDF, or as a spreadsheet."""
        return self._serve(token, company_id, self._show_statement, form=form)

    def _show_statement(self, scope, form):
        if wait := self._exceeds(scope, "collection", COLLECTIONS):
            return self._too_many(wait)
        statement = scope.env["relance.statement"]._make_for_page(scope)
        if form != "xlsx":
            name = f"{statement._get_reference()}.pdf"
            return self._download(name, statement._print(), "attachment")
        content = statement._make_spreadsheet(statement._get_values(scope.env.lang))
        name = f"{statement._get_reference()}.xlsx"
        disposition = http.content_disposition(name)
        return request.make_response(
            content,
            [
                ("Content-Type", XLSX),
                ("Content-Length", len(content)),
                ("Content-Disposition", disposition),
            ],
        )
