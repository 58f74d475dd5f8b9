from odoo import http
from odoo.http import request

from odoo.addons.portal.controllers.portal import CustomerPortal

from .page_base import PAGE, PageBase


class RelancePortal(CustomerPortal):
    """The card of the page among what a portal user finds at home."""

    def _prepare_home_portal_values(self, counters):
        values = super()._prepare_home_portal_values(counters)
        if "relance_count" in counters and not request.env.user._is_internal():
            # sudo: how many instalments the company of this user owes.
            pages = request.env["relance.page"].sudo()
            partner = request.env.user.partner_id
            companies = pages._get_companies(partner)
            domain = pages._get_open_domain(partner.commercial_partner_id) & pages._own(
                companies
            )
            lines = pages.env["account.move.line"]
            values["relance_count"] = lines.search_count(domain) if companies else 0
        return values


class PagePortal(PageBase):
    """The page for portal users: of each company that they owe something to."""

    @http.route(
        "/my/relance",
        type="http",
        auth="user",
        methods=["GET"],
        **PAGE,
    )
    def companies(self, **_params):
        """Open the page of the only company, or let the user choose."""
        self._set_lang(request.env.user.lang)
        if request.env.user._is_internal():
            return self._protect(self._refuse())
        companies = self._pages()._get_companies(request.env.user.partner_id)
        if len(companies) == 1:
            return self._protect(request.redirect(f"/my/relance/{companies.id}"))
        return self._protect(
            self._render(
                "page_companies", company=request.env.company, companies=companies
            )
        )
