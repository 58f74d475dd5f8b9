from odoo import api, fields, models
from odoo.tools import formatLang

from ..core.schedule import Reason


class RelanceWordingChecks(models.AbstractModel):
    """Puts what the checks of our own side found in words."""

    _name = "relance.wording.checks"
    _description = "Words for the checks of our own side"

    @api.model
    def _say_finding(self, found, currency):
        """Return one sentence for a finding kept on a reminder.

        :param found: dict with ``code`` and ``params``, as JSON holds them
        """
        params = dict(found["params"])
        if params.get("on"):
            params["on"] = fields.Date.to_date(params["on"])
        reason = Reason(f"check_{found['code']}", params)
        return self._say(reason, currency=currency)

    @api.model
    def _check_lines(self, lines, company):
        """Return ``{invoice id: its checks, as HTML}`` for those with findings."""
        partners = lines.partner_id.commercial_partner_id
        facts = self._load(partners.ids, company) if lines else {}
        findings = next(iter(facts.values())).findings if facts else {}
        html = {}
        for move, move_lines in lines.grouped("move_id").items():
            items = {
                (found.severity, self._say_of(found, line.currency_id))
                for line in move_lines
                for found in findings.get(line.id, ())
            }
            if items:
                html[move.id] = self._render_checks(
                    [{"severity": kind, "text": text} for kind, text in sorted(items)]
                )
        return html

    @api.model
    def _render_checks(self, items):
        """Return findings as HTML.

        :param items: dicts with ``severity``, ``text`` and perhaps ``number``
        """
        return self.env["ir.qweb"]._render("relance_ar.preflight", {"items": items})

    @api.model
    def _say_of(self, finding, currency):
        """Return one sentence for a ``core.preflight.Finding``."""
        return self._say(finding.reason, currency=currency)

    @api.model
    def _money(self, amount, currency):
        """Return an amount with its currency, as the language writes it."""
        return formatLang(self.env, float(amount), currency_obj=currency)

    @api.model
    def _say_check_not_sent(self, **_names):
        return self.env._(
            "The invoice has not been sent from here: make sure that the customer "
            "has it."
        )

    @api.model
    def _say_check_bounced(self, address, **_names):
        return self.env._(
            "The e-mail of the invoice to %(address)s came back: send it again to the "
            "right address.",
            address=address,
        )

    @api.model
    def _say_check_order_number(self, **_names):
        return self.env._(
            "The customer requires an order number and the invoice has no reference: "
            "complete it and send it again."
        )

    @api.model
    def _say_check_terms(self, terms, agreed, **_names):
        return self.env._(
            "The invoice says “%(terms)s”, but “%(agreed)s” is agreed with the "
            "customer.",
            terms=terms,
            agreed=agreed,
        )

    @api.model
    def _say_check_draft_credit(self, name, **_names):
        return self.env._(
            "A credit note of this invoice is in draft (%(name)s): post or delete it "
            "first.",
            name=name,
        )

    @api.model
    def _say_check_loose_credit(self, name, **_names):
        return self.env._(
            "A credit note for the customer is in draft (%(name)s) and names no "
            "invoice: it may concern this one.",
            name=name,
        )

    @api.model
    def _say_check_in_process(self, amount, label, on, currency=None, **_names):
        return self.env._(
            "A payment of %(amount)s is in process (%(label)s, %(on)s).",
            amount=self._money(amount, currency),
            label=label,
            on=on,
        )

    @api.model
    def _say_check_in_bank(self, amount, label, on, currency=None, **_names):
        return self.env._(
            "A bank line that is not matched may pay %(amount)s of it (“%(label)s”, "
            "%(on)s): match it first.",
            amount=self._money(amount, currency),
            label=label,
            on=on,
        )

    @api.model
    def _say_check_free_credit(self, amount, currency=None, **_names):
        return self.env._(
            "%(amount)s of credits and payments are not matched: they are set against "
            "what is due.",
            amount=self._money(amount, currency),
        )

    @api.model
    def _say_check_unread(self, reminder, **_names):
        return self.env._(
            "The answer to %(reminder)s has not been read.", reminder=reminder
        )

    @api.model
    def _say_check_refused(self, count, **_names):
        return self.env._(
            "%(count)s e-mails in a row could not be sent because of what they say or "
            "carry: correct the text of the level or its files, or choose another "
            "channel. It is not tried again by itself.",
            count=count,
        )

    @api.model
    def _say_check_currency_rate(self, rateless, **_names):
        return self.env._(
            "%(currency)s has no rate: the indemnity of 40 euros is not claimed. Enter "
            "a rate in the currencies.",
            currency=rateless,
        )
