from dataclasses import dataclass

from odoo import api, models
from odoo.fields import Domain
from odoo.models import BaseModel
from odoo.tools import groupby

from .relance_reminder_letter import QR_REFERENCE, SEPA_QR


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
    def _get_selection(self, scope, ids, is_all=False):
        """Return what is to be paid of some instalments, or None.

        Of one currency and one account; what is disputed is left out. Odoo sets the
        money against the oldest instalments of the invoices paid, so that an invoice
        disputed in part is paid alone: with others, its disputed part would be paid.

        :param ids: what the request names: bounded by the scope here
        :param is_all: all that is overdue: credits of the debtor are deducted, as
            reminders do
        """
        lines = self._get_lines(scope, ids)
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
        """Return all that is overdue in one currency and not in a payment plan."""
        today = scope.today()
        planned = self._get_plans(scope).move_line_ids
        late = self._get_lines(scope).filtered(
            lambda li: (
                li.currency_id == currency
                and (li.date_maturity or li.date) < today
                and li not in planned
            )
        )
        return self._get_selection(scope, late.ids, is_all=True)

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
        """Return the free credits of the debtor in one currency, above zero."""
        domain = self._get_open_domain(scope.debtor) & Domain(
            [
                ("company_id", "=", scope.company.id),
                ("currency_id", "=", currency.id),
                ("amount_residual_currency", "<", 0),
            ]
        )
        [[total]] = scope.env["account.move.line"]._read_group(
            domain, [], ["amount_residual_currency:sum"]
        )
        return currency.round(-(total or 0))

    # -------------------------------------------------------------------- by transfer

    @api.model
    def _get_bank(self, scope):
        """Return the account to pay to: of the last invoice, else of the company."""
        moves = self._get_lines(scope).move_id.filtered("partner_bank_id")
        own = scope.company.partner_id.bank_ids
        return moves.sorted("id")[-1:].partner_bank_id or own[:1]

    @api.model
    def _get_qr_code(self, scope, selection):
        """Return the QR code of a SEPA transfer of a selection, or None.

        None when the addon of Odoo that makes it is missing, the currency is not the
        euro, or the account is not one of the SEPA zone.
        """
        bank = self._get_bank(scope)
        methods = dict(bank.get_available_qr_methods_in_sequence()) if bank else {}
        if SEPA_QR not in methods or not selection:
            return None
        return bank.build_qr_code_base64(
            selection.amount,
            selection.reference[:QR_REFERENCE],
            "",
            selection.currency,
            scope.debtor,
            qr_method=SEPA_QR,
            silent_errors=True,
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
