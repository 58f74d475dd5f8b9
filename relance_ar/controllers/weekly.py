from odoo import http
from odoo.http import request


class WeeklyController(http.Controller):
    """The link with which colleagues refuse the weekly e-mail."""

    @http.route(
        "/relance/weekly/<int:row_id>/<string:token>",
        type="http",
        auth="public",
        methods=["GET", "POST"],
        # One click in a mail program has no session; the token proves who may.
        csrf=False,
    )
    def refuse(self, row_id, token, **_form):
        """Ask by GET, which filters of mail follow too; refuse by POST.

        404 for a link that was written to nobody.
        """
        # sudo: the token of the link stands for the colleague it was written to.
        rows = request.env["relance.weekly"].sudo()
        is_refused = request.httprequest.method == "POST"
        row = rows._find_by_link(row_id, token)
        if not row:
            raise request.not_found()
        if is_refused:
            row.is_refused = True
        return request.render("relance_ar.weekly_refusal", {"is_refused": is_refused})
