from dataclasses import dataclass

from odoo import api, models
from odoo.fields import Domain
from odoo.models import BaseModel
from odoo.tools import groupby

EURO = "EUR"


@dataclass(frozen=True, slots=True)
class Selection:
    """Instalments to be paid together, and what that makes. Reckoned on the server.

    :param lines: ``account.move.line``, in the order in which money pays them
    :param amounts: ``{line id: what is open and not disputed}``
    :param credit: what is set against them: free credits of the debtor
    :param amount: what is to be paid, in ``currency``
    """

    lines: BaseModel
    amounts: dict
    credit: float
    amount: float
    currency: BaseModel

    @property
    def reference(self):
        """The numbers of the entries, each once."""
        numbers = (line.move_name or "" for line in self.lines)
        return " ".join(dict.fromkeys(filter(None, numbers)))


class RelancePagePaying(models.AbstractModel):
    """What can be paid on the page, how much it is, and to which account."""

    _name = "relance.page.paying"
    _description = "Paying on the personal page"

    @api.model
    def _get_selection(self, scope, ids, is_all=False, facts=None):
        """Return what is to be paid of some instalments, or None.

        Of one currency and one account; what is disputed, stopped, paid to others or
        being paid already is left out. Odoo sets the money against the oldest
        instalments of the invoices paid, so that an invoice disputed in part is paid
        alone: with others, its disputed part would be paid.

        :param ids: what the request names: bounded by the scope here
        :param is_all: all that is overdue: credits of the debtor are deducted, as
            reminders do
        :param facts: what ``_load_line_facts`` found, if it was read already
        """
        lines = self._get_lines(scope, ids)
        facts = facts or self._load_line_facts(scope, lines)
        lines = lines.filtered(lambda line: self._is_free(facts[line.id]))
        amounts = self._get_payable(lines, is_alone=len(lines) == 1)
        lines = lines.filtered(lambda line: amounts[line.id] > 0)
        kinds = list(groupby(lines, lambda li: (li.currency_id, li.account_id)))
        if len(kinds) != 1:
            return None
        currency = lines.currency_id
        total = currency.round(sum(amounts[line.id] for line in lines))
        credit = min(self._get_credit(scope, currency) if is_all else 0, total)
        amount = currency.round(total - credit)
        if amount <= 0:
            return None
        return Selection(lines, amounts, credit, amount, currency)

    @api.model
    def _get_overdue(self, scope, currency):
        """Return all that is overdue in one currency.

        Without what is in a payment plan, and what was handed over.
        """
        today = scope.today()
        late = self._get_lines(scope).filtered(
            lambda li: (
                li.currency_id == currency and (li.date_maturity or li.date) < today
            )
        )
        facts = self._load_line_facts(scope, late)
        asked = late.filtered(
            lambda li: not (facts[li.id]["is_planned"] or facts[li.id]["case"])
        )
        return self._get_selection(scope, asked.ids, is_all=True, facts=facts)

    @api.model
    def _get_transfer(self, scope, groups, facts):
        """Return what the bank details of the page are for, or None.

        Of the account in euros, which alone has a code to scan: what is overdue, else
        what falls due next.
        """
        ordered = sorted(groups, key=lambda g: g["currency"].name != EURO)
        for group in ordered:
            parts = {name: items for name, _title, items in group["parts"]}
            next_ones = [item["line"] for item in parts["to_come"]]
            found = group["payable"] or self._get_selection(
                scope, next_ones, facts=facts
            )
            if found:
                return found
        return None

    @api.model
    def _get_payable(self, lines, is_alone):
        """Return ``{line id: what may be paid of it here}``."""
        free = dict(zip(lines.ids, lines._relance_undisputed_amounts(), strict=True))
        whole = dict(zip(lines.ids, lines._relance_open_amounts(), strict=True))
        moves = lines.move_id
        every = moves.line_ids.filtered(
            lambda li: li.account_id in lines.account_id and not li.reconciled
        )
        parts = self.env["relance.dispute"].sudo()._load_disputed_parts(every.ids)
        disputed = every.filtered(lambda li: parts.get(li.id)).move_id
        several = moves.filtered(lambda m: len(every & m.line_ids) > 1)
        return {
            line.id: 0
            if not self._is_payable(line, disputed, several, is_alone)
            else min(free[line.id], whole[line.id])
            for line in lines
        }

    @api.model
    def _is_payable(self, line, disputed, several, is_alone):
        move = line.move_id
        if not move.is_invoice() or move.move_type != "out_invoice":
            return False
        return move not in disputed or (is_alone and move not in several)

    @api.model
    def _get_credit(self, scope, currency):
        """Return the free credits of the debtor in one currency, zero or above.

        Without what payments under way have set off already.
        """
        books = Domain(
            [("company_id", "=", scope.company.id), ("currency_id", "=", currency.id)]
        )
        domain = self._get_open_domain(scope.debtor) & books
        domain &= Domain("amount_residual_currency", "<", 0)
        [[total]] = scope.env["account.move.line"]._read_group(
            domain, [], ["amount_residual_currency:sum"]
        )
        payers = Domain("partner_id.commercial_partner_id", "=", scope.debtor.id)
        used = Domain("relance_credit", ">", 0) & books & payers
        taken = sum(self._find_under_way(used).mapped("relance_credit"))
        return max(0, currency.round(-(total or 0) - taken))

    # -------------------------------------------------------------------- by transfer

    @api.model
    def _get_bank(self, scope, selection=None):
        """Return the account to pay a selection to, or all that is owed."""
        lines = selection.lines if selection else self._get_lines(scope)
        return self.env["relance.transfer"]._get_account(scope.company, lines.move_id)

    @api.model
    def _get_qr_code(self, scope, selection):
        """Return the QR code of a SEPA transfer of a selection, or None."""
        if not selection:
            return None
        return self.env["relance.transfer"]._get_code(
            self._get_bank(scope, selection),
            selection.amount,
            selection.currency,
            selection.reference,
            scope.debtor,
        )

    # ------------------------------------------------------------------ by a provider

    @api.model
    def _get_providers(self, scope, selection):
        """Return the providers and methods that can take a payment.

        :return: ``(providers, methods, report)``
        """
        report = {}
        # As who looks: to colleagues Odoo offers providers that are not published.
        providers = self.env["payment.provider"]._get_compatible_providers(
            scope.company.id,
            scope.debtor.id,
            selection.amount,
            currency_id=selection.currency.id,
            report=report,
        )
        methods = self.env["payment.method"]._get_compatible_payment_methods(
            providers.ids,
            scope.debtor.id,
            currency_id=selection.currency.id,
            report=report,
        )
        return providers, methods, report
