import math

from odoo import http
from odoo.fields import Command
from odoo.http import request

from odoo.addons.account_payment.controllers.payment import PaymentPortal

from ..core import entry
from .page_base import DAY, LINK, OPEN, READ, WINDOW, PageBase

PAYMENTS = [(WINDOW, 15), (DAY, 100)]
ALL = "overdue"
# What a provider's form tells; all else in a request is left aside.
FLOWS = ("redirect", "direct", "token")


class PagePayment(PageBase):
    """Paying chosen instalments through Odoo's payment providers, or by transfer."""

    @http.route(
        ["/relance/<string:token>/pay", "/my/relance/<int:company_id>/pay"],
        **READ,
    )
    def pay(self, token=None, company_id=None, **_params):
        """Show how to pay the chosen instalments, or all that is overdue."""
        args = request.httprequest.args
        chosen = "-".join(map(str, entry.numbers(args.getlist("line"))))
        if currency := entry.numbers([args.get(ALL) or ""]):
            chosen = f"{ALL}-{currency[0]}"
        return self._serve(token, company_id, self._pay, chosen=chosen)

    def _pay(self, scope, chosen):
        pages = self._pages()
        selection = self._select(scope, chosen)
        values = {
            "scope": scope,
            "page": pages,
            "company": scope.company,
            "url": scope.url,
            "selection": selection,
            "bank": pages._get_bank(scope, selection),
        }
        if not selection:
            return self._render("page_pay", status=404, **values)
        return self._render(
            "page_pay",
            qr_code=pages._get_qr_code(scope, selection),
            **values,
            **self._prepare_form(scope, selection, chosen),
        )

    def _select(self, scope, chosen):
        """Return the instalments that a request names, of the scope; None if none."""
        pages = self._pages()
        if not chosen.startswith(f"{ALL}-"):
            return pages._get_selection(scope, entry.numbers(chosen.split("-")))
        ids = entry.numbers([chosen.removeprefix(f"{ALL}-")])
        currency = scope.env["res.currency"].browse(ids).exists()
        return pages._get_overdue(scope, currency) if currency else None

    def _get_payer(self, scope):
        """Return who pays: the portal user, else the debtor."""
        return scope.debtor if scope.link else scope.contact

    def _get_tokens(self, scope, providers):
        """Return the kept means of payment: a link is no proof of who pays."""
        tokens = scope.env["payment.token"]
        if scope.link:
            return tokens
        return tokens._get_available_tokens(providers.ids, self._get_payer(scope).id)

    def _prepare_form(self, scope, selection, chosen):
        """Return the values of Odoo's payment form."""
        providers, methods, report = self._pages()._get_providers(scope, selection)
        payer = self._get_payer(scope)
        mapping = PaymentPortal._compute_show_tokenize_input_mapping(providers)
        return {
            "amount": selection.amount,
            "currency": selection.currency,
            "partner_id": payer.id,
            "providers_sudo": providers,
            "payment_methods_sudo": methods,
            "tokens_sudo": self._get_tokens(scope, providers),
            "show_tokenize_input_mapping": {
                key: shown and not scope.link for key, shown in mapping.items()
            },
            "availability_report": report,
            "company_mismatch": not PaymentPortal._can_partner_pay_in_company(
                scope.debtor, scope.company
            ),
            "expected_company": scope.company,
            "transaction_route": f"{scope.url}/transaction/{chosen}",
            "landing_route": self._get_landing(scope),
            "access_token": "",
        }

    def _get_landing(self, scope):
        # Kept with the payment: without the key of the link.
        return "/relance/thanks" if scope.link else f"{scope.url}?done=pay"

    @http.route(
        [
            "/relance/<string:token>/transaction/<string:chosen>",
            "/my/relance/<int:company_id>/transaction/<string:chosen>",
        ],
        type="jsonrpc",
        **OPEN,
    )
    def transaction(self, chosen, token=None, company_id=None, **params):
        """Create the transaction of a payment; return what the provider's form needs.

        What is paid, how much and by whom is reckoned here, not taken from the request.
        """
        scope, refusal = self._find_scope(token, company_id)
        if refusal:
            return self._fail(request.env._("This page is not available any more."))
        return self._create(scope, chosen, params)

    def _fail(self, message):
        # Not raised: what was counted on the way is kept.
        return {"state": "error", "state_message": message}

    def _create(self, scope, chosen, params):
        selection = self._select(scope, chosen)
        if not selection or not self._is_amount(selection, params.get("amount")):
            return self._fail(
                request.env._("The amount has changed meanwhile. Load the page again.")
            )
        if request.env.user._is_internal():
            return self._fail(request.env._("You are signed in as a colleague."))
        if self._exceeds(scope, "pay", PAYMENTS):
            return self._fail(request.env._("Too many payments. Try again later."))
        means = self._get_means(scope, selection, params)
        if not means:
            return self._fail(request.env._("This means of payment is not available."))
        transaction = PaymentPortal()._create_transaction(
            **means,
            amount=selection.amount,
            currency_id=selection.currency.id,
            partner_id=self._get_payer(scope).id,
            landing_route=self._get_landing(scope),
            reference_prefix=self._get_prefix(scope, selection),
            custom_create_values={
                "invoice_ids": [Command.set(selection.lines.move_id.ids)],
                "relance_credit": selection.credit,
            },
        )
        if scope.link:
            request.session[LINK] = scope.link.id
            scope.link._note_use()
        return transaction._get_processing_values()

    def _is_amount(self, selection, amount):
        """Say whether the payer saw the amount that is due now."""
        try:
            shown = float(amount)
        except (TypeError, ValueError):
            return False
        compare = selection.currency.compare_amounts
        return math.isfinite(shown) and compare(shown, selection.amount) == 0

    def _get_means(self, scope, selection, params):
        """Return the provider, the method and the flow, if they are offered; or {}."""
        providers, methods, _report = self._pages()._get_providers(scope, selection)
        flow, kept = params.get("flow"), params.get("token_id")
        is_kept = kept in self._get_tokens(scope, providers).ids
        if (
            params.get("provider_id") not in providers.ids
            or flow not in FLOWS
            or (flow == "token") != bool(kept)
            or (kept and not is_kept)
            or (not kept and params.get("payment_method_id") not in methods.ids)
        ):
            return {}
        asked = bool(params.get("tokenization_requested")) and not scope.link
        return {
            "provider_id": params["provider_id"],
            "payment_method_id": params.get("payment_method_id"),
            "token_id": kept,
            "flow": flow,
            "tokenization_requested": asked,
        }

    def _get_prefix(self, scope, selection):
        """Return what the payment is called by: one number, else one for them all."""
        moves = selection.lines.move_id
        if len(moves) == 1:
            return moves.name
        return scope.company.get_next_batch_payment_communication()
