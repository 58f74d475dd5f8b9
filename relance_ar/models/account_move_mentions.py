from odoo import fields, models
from odoo.tools import format_date, formatLang, html2plaintext

from ..core.identity import SIREN_COUNTRIES
from ..core.penalty import BUSINESS, ECB_MRO, MARKUP, PUBLIC, semester_of
from ..core.penalty_terms import Debtor, binding_rate

EINVOICE_NOTES = "_l10n_fr_pdp_get_default_notes"
EINVOICE_NEEDED = "_need_ubl_cii_xml"


class RelanceInvoiceMentions(models.AbstractModel):
    """What an invoice to a professional must say of payment (L441-9). Extends
    ``account.move``."""

    _name = "relance.invoice.mentions"
    _description = "Mandatory mentions of invoices"

    def _register_hook(self):
        # Odoo's French e-invoicing states a flat 10 %; it may be loaded before or after
        # us, and we do not depend on it.
        result = super()._register_hook()
        model = type(self)
        if hasattr(model, EINVOICE_NOTES) and EINVOICE_NOTES not in vars(model):

            def notes(move):
                found = getattr(super(model, move), EINVOICE_NOTES)()
                return move._correct_relance_notes(found)

            setattr(model, EINVOICE_NOTES, notes)
        if hasattr(model, EINVOICE_NEEDED) and EINVOICE_NEEDED not in vars(model):

            def is_needed(move, *args, **kwargs):
                # An e-invoice needs a tax (BR-CO-04); penalties are outside VAT.
                if move.relance_is_penalty:
                    return False
                return getattr(super(model, move), EINVOICE_NEEDED)(*args, **kwargs)

            setattr(model, EINVOICE_NEEDED, is_needed)
        return result

    def _correct_relance_notes(self, notes):
        """Return the coded notes of an e-invoice with the terms that really apply.

        :param notes: ``{code: text}``: PMT (indemnity), PMD (penalties), AAB (discount)
        """
        self.ensure_one()
        regime = self._get_relance_terms()[0]
        if not notes or regime not in (BUSINESS, PUBLIC):
            return notes
        ours = {
            "PMT": self._say_relance_indemnity(regime),
            "PMD": self._say_relance_penalties(),
            "AAB": self._say_relance_discount(),
        }
        return {code: ours.get(code) or text for code, text in notes.items()}

    def _get_relance_mentions(self):
        """Return the sentences that the printed invoice carries, or none.

        Consumers get none: they owe neither these penalties nor the indemnity.
        """
        self.ensure_one()
        company = self.company_id.sudo()  # sudo: settings; portal users print too
        regime, _rate = self._get_relance_terms()
        if (
            self.move_type != "out_invoice"
            or not company.relance_penalty_mentions
            or company.country_code not in SIREN_COUNTRIES
            or regime not in (BUSINESS, PUBLIC)
            or self.relance_is_penalty
        ):
            return []
        found = [
            self._say_relance_due(),
            self._say_relance_penalties(),
            self._say_relance_indemnity(regime),
            self._say_relance_discount(),
        ]
        return [sentence for sentence in found if sentence]

    def _get_relance_terms(self):
        """Return the regime and the stipulated rate that apply to the invoice."""
        self.ensure_one()
        facts = self.env["relance.penalty.facts"]
        day = self.invoice_date or fields.Date.context_today(self)
        debtor = self.commercial_partner_id
        self.env.flush_all()
        known = facts._load_debtors([debtor.id], self.company_id).get(debtor.id)
        terms = facts._terms(
            known or Debtor(),
            self.relance_penalty_regime,
            str(self.relance_penalty_rate or ""),
            self.company_id.sudo()._get_relance_penalty_settings(),  # sudo: settings
        )
        regime = terms["regime"]
        rate = binding_rate(regime, terms["contract_rate"], day, facts._get_rates())
        return regime, rate

    # ------------------------------------------------------------------- sentences

    def _say_relance_due(self):
        """Return when the invoice is to be paid, instalment by instalment."""
        lines = self._get_relance_lines().filtered("date_maturity")
        lines = lines.sorted("date_maturity")
        if len(lines) < 2:
            day = lines.date_maturity or self.invoice_date_due
            return day and self.env._(
                "Payment due on %(day)s.", day=format_date(self.env, day)
            )
        parts = [
            self.env._(
                "%(amount)s on %(day)s",
                amount=formatLang(
                    self.env, line.amount_currency, currency_obj=self.currency_id
                ),
                day=format_date(self.env, line.date_maturity),
            )
            for line in lines
        ]
        return self.env._("Payment due: %(parts)s.", parts=", ".join(parts))

    def _say_relance_penalties(self):
        """Return at which rate penalties run, in figures where they are known."""
        regime, rate = self._get_relance_terms()
        if rate is not None:
            return self.env._(
                "Late payment: penalties at the yearly rate of %(rate)s %%, due "
                "without reminder from the day after the due date.",
                rate=formatLang(self.env, float(rate), digits=2),
            )
        words = self._say_relance_statutory(int(MARKUP[regime]))
        if regime != PUBLIC:
            return words
        article = self.env._(
            "This rate is that of article R2192-31 of the Code de la commande publique."
        )
        return f"{words} {article}"

    def _say_relance_statutory(self, points):
        """Return the statutory rate, so many points above that of the ECB."""
        today = self.invoice_date or fields.Date.context_today(self)
        known = self.env["relance.penalty.facts"]._get_rates().get(ECB_MRO, {})
        ecb = known.get(semester_of(today))
        if ecb is None:
            return self.env._(
                "Late payment: penalties at the yearly rate of the European Central "
                "Bank's main refinancing operations plus %(points)s points, due "
                "without reminder from the day after the due date.",
                points=points,
            )
        return self.env._(
            "Late payment: penalties at the yearly rate of the European Central Bank's "
            "main refinancing operations plus %(points)s points (%(rate)s %% in the "
            "half-year from %(day)s), due without reminder from the day after the due "
            "date.",
            points=points,
            rate=formatLang(self.env, float(ecb) + points, digits=2),
            day=format_date(self.env, semester_of(today)),
        )

    def _say_relance_indemnity(self, regime):
        """Return the indemnity, with its texts."""
        if regime == PUBLIC:
            return self.env._(
                "Lump-sum indemnity for recovery costs in case of late payment: €40 "
                "(Code de la commande publique, L2192-13 and D2192-35)."
            )
        return self.env._(
            "Lump-sum indemnity for recovery costs in case of late payment: €40 (Code "
            "de commerce, L441-10 and D441-5)."
        )

    def _say_relance_discount(self):
        """Return the discount terms: of the payment terms, of the company, or none."""
        term = self.invoice_payment_term_id
        if term.early_discount:
            return self.env._(
                "Discount of %(percent)s %% if paid within %(days)s days.",
                percent=formatLang(self.env, term.discount_percentage, digits=2),
                days=term.discount_days,
            )
        # sudo: a sentence of the settings, printed for portal users too.
        note = html2plaintext(self.company_id.sudo().relance_discount_note or "")
        return note or self.env._("No discount for early payment.")
