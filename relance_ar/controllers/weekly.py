from odoo import http
from odoo.http import request


class WeeklyController(http.Controller):
    """The link with which colleagues refuse the weekly e-mail, or ask for it again."""

    @http.route(
        "/relance/weekly/<int:row_id>/<string:token>",
        type="http",
        auth="public",
        methods=["GET", "POST"],
        # One click in a mail program has no session; the token proves who may.
        csrf=False,
    )
    def refuse(self, row_id, token, again=None, **_form):
        """Ask by GET, which filters of mail follow too; refuse by POST.

        :param again: in the form of who asks for it again
        :raise NotFound: for a link that was written to nobody
        """
        # sudo: the token of the link stands for the colleague it was written to.
        row = request.env["relance.weekly"].sudo()._find_by_link(row_id, token)
        if not row:
            raise request.not_found()
        is_pressed = request.httprequest.method == "POST"
        if is_pressed and again:
            row._receive_again()
        elif is_pressed:
            row.is_refused = True
        is_back = is_pressed and not row.is_refused
        return request.render(
            "relance_ar.weekly_refusal",
            {"is_refused": row.is_refused, "is_back": is_back},
        )
