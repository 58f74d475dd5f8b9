import ipaddress
from contextlib import suppress
from dataclasses import replace

from odoo import fields, http
from odoo.http import request
from odoo.tools import hmac

from ..models.relance_link import DEAD, EXPIRED

WINDOW, DAY = 10 * 60, 24 * 60 * 60
# Wrong keys in a window: from one address, and from all before all are strict.
MAX_WRONG, MAX_WRONG_IN_ALL, MAX_WRONG_WHEN_STRICT = 20, 500, 1
HEADERS = {
    "Referrer-Policy": "no-referrer",
    "X-Robots-Tag": "noindex, nofollow, noarchive",
    "Cache-Control": "no-store, private",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Content-Security-Policy": "frame-ancestors 'none'",
}
LANG, LINK = "relance_lang", "relance_link"
# Options of the routes: a page of the website in one address for all languages.
PAGE = {"website": True, "multilang": False, "sitemap": False}
OPEN = {"auth": "public", **PAGE}  # the scope of the key says what is shown
READ = {"type": "http", "methods": ["GET"], **OPEN}
SEND = {"type": "http", "methods": ["POST"], **OPEN}


class PageBase(http.Controller):
    """What all the addresses of the personal page share: whose page it is, and limits.

    Each request is served for one scope, found from the key of a link or from a portal
    user; nothing that a request names reaches further.
    """

    def _serve(self, token, company_id, action, **params):
        """Return what ``action(scope, **params)`` answers, or a refusal.

        :param token: key of a link, or None
        :param company_id: whom a portal user owes to, or None
        """
        scope, refusal = self._find_scope(token, company_id)
        return self._protect(refusal or action(scope, **params))

    def _find_scope(self, token, company_id):
        """Return ``(scope, None)``, or ``(None, response)``."""
        scope, refusal = self._look_up_scope(token, company_id)
        return scope and replace(scope, caller=self._get_caller()), refusal

    def _look_up_scope(self, token, company_id):
        if company_id is not None:
            return self._find_user_scope(company_id)
        if wait := self._get_wait():
            return None, self._too_many(wait)
        link, problem = request.env["relance.link"]._open(token)
        if problem == DEAD:
            self._count_wrong()
            return None, self._refuse()
        self._set_lang(link.lang)
        if problem == EXPIRED:
            return None, self._offer_renewal(link, token)
        return self._pages()._get_link_scope(link.with_env(self._pages().env)), None

    def _find_user_scope(self, company_id):
        user = request.env.user
        if user._is_public():
            path = f"/web/login?redirect={request.httprequest.path}"
            return None, request.redirect(path)
        if user._is_internal():  # what one company of a group owes another
            return None, self._refuse()
        self._set_lang(user.lang)
        scope = self._pages()._get_user_scope(user, company_id)
        return scope, None if scope else self._refuse()

    def _pages(self):
        # sudo: the public has no rights; the scope, which was checked, is the bound.
        return request.env["relance.page"].sudo()

    # ----------------------------------------------------------------------- limits

    def _throttle(self):
        # sudo: counters, of which nothing is shown.
        return request.env["relance.throttle"].sudo()

    def _get_caller(self):
        """Return a digest of the caller's network address; of IPv6, its network."""
        address = request.httprequest.remote_addr or ""
        if ":" in address:
            with suppress(ValueError):
                network = ipaddress.ip_network((address, 64), strict=False)
                address = str(network)
        return hmac(request.env(su=True), "relance_ar.caller", address)[:24]

    def _get_wait(self):
        """Return the seconds that the caller has to wait after too many wrong keys."""
        throttle = self._throttle()
        mine, left = throttle._count(f"wrong:{self._get_caller()}", WINDOW)
        if mine < MAX_WRONG_WHEN_STRICT:
            return 0
        total, _left = throttle._count("wrong:", WINDOW)
        allowed = MAX_WRONG if total < MAX_WRONG_IN_ALL else MAX_WRONG_WHEN_STRICT
        return left if mine >= allowed else 0

    def _count_wrong(self):
        self._throttle()._hit(f"wrong:{self._get_caller()}", WINDOW)

    def _exceeds(self, scope, what, limits, weight=1):
        """Count what a debtor does; return the seconds to wait when it is too much.

        :param limits: ``[(seconds of a window, how much)]``
        """
        wait = 0
        for seconds, most in limits:
            key = f"{what}:{seconds}:{scope.key}"
            total, left = self._throttle()._hit(key, seconds, weight)
            if total > most:
                wait = max(wait, left)
        return wait

    # --------------------------------------------------------------------- language

    def _get_langs(self):
        """Return the languages that the page can be read in: ``[(code, name)]``."""
        # sudo: names of languages.
        return request.env["res.lang"].sudo().get_installed()

    def _set_lang(self, lang):
        """Answer in the language chosen on the page, else in that of the debtor."""
        codes = dict(self._get_langs())
        asked = request.httprequest.args.get("lang")
        if asked in codes:
            request.session[LANG] = asked
        for code in (request.session.get(LANG), lang):
            if code in codes:
                request.update_context(lang=code)
                return

    # -------------------------------------------------------------------- responses

    def _render(self, template, status=200, **values):
        """Return a page; what it says depends on its address alone, so is not kept."""
        names = {code: name.split("/")[-1].strip() for code, name in self._get_langs()}
        values = {
            "langs": names,
            "lang_code": request.env.context.get("lang"),
            "today": fields.Date.context_today(request.env.user),
            "is_colleague": request.env.user._is_internal(),
            **values,
        }
        response = request.render(f"relance_ar.{template}", values)
        response.status_code = status
        return response

    def _protect(self, response):
        for name, value in HEADERS.items():
            response.headers[name] = value
        return response

    def _refuse(self):
        """Return the one answer to all keys that lead nowhere, whatever the cause."""
        return self._render("page_refused", status=404, company=request.env.company)

    def _too_many(self, seconds):
        response = self._render(
            "page_too_many",
            status=429,
            company=request.env.company,
            minutes=max(1, -(-seconds // 60)),
        )
        response.headers["Retry-After"] = str(max(1, int(seconds)))
        return response

    def _offer_renewal(self, link, token, is_asked=False):
        """Return the answer to who holds a link whose time is over."""
        return self._render(
            "page_expired",
            status=200 if is_asked else 404,
            company=link.company_id,
            url=f"/relance/{token}",
            is_asked=is_asked,
        )

    def _download(self, name, content, disposition="inline"):
        """Return a PDF that we made."""
        return request.make_response(
            content,
            [
                ("Content-Type", "application/pdf"),
                ("Content-Length", len(content)),
                ("Content-Disposition", http.content_disposition(name, disposition)),
            ],
        )
