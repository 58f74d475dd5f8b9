from odoo import api, models

from ..core import preflight
from ..core.credit import credits_by_currency
from ..core.preflight import OwnSide
from .ids_array import ids_array


class RelanceOwnSide(models.AbstractModel):
    """Reads what may not be in order on our side, for a whole batch of debtors.

    Everything found here is judged by ``core.preflight``.
    """

    _name = "relance.own.side"
    _inherit = [
        "relance.refusals",
        "relance.own.side.documents",
        "relance.own.side.money",
    ]
    _description = "Checks of our own side"

    @api.model
    def _check_own_side(self, rows, partners, company, needs_order, unread):
        """Return ``{line id: findings}`` about the lines that owe something.

        :param rows: ``{partner id: rows}``
        :param partners: the debtors, with the environment of the company
        :param needs_order: ids of the debtors who ask for an order number
        :param unread: ``{partner id: (reminder with an answer to read, since when)}``
        """
        severities = self.env["relance.check"]._get_severities()
        known = self._load_own_side(rows, partners, company)
        known.update(needs_order=needs_order, unread=unread)
        found = {}
        for partner_id, partner_rows in rows.items():
            judged = {}
            credits = credits_by_currency(
                (row.currency_id, row.residual) for row in partner_rows
            )
            for row in partner_rows:
                if row.residual <= 0:
                    continue
                case = self._own_side_case(row, known)
                if case not in judged:
                    own = self._own_side(row, partner_id, known, credits)
                    judged[case] = preflight.check(own, severities)
                if judged[case]:
                    found[row.id] = judged[case]
        return found

    @api.model
    def _own_side_case(self, row, known):
        """Return what tells apart, among the lines of one debtor, those to judge.

        Most invoices of a debtor are in the same case, which is judged once. All that
        ``_own_side`` makes of one line belongs here.
        """
        if row.id in known["particular"]:
            return row.id
        is_invoice, has_order = row.is_invoice, bool(row.order_number)
        return row.is_sent, is_invoice, has_order, row.terms_id, row.currency_id

    @api.model
    def _own_side(self, row, partner_id, known, credits):
        """Return what is known about one line, for the checks."""
        in_process = known["in_process"].get(row.id)
        in_bank = known["in_bank"].get(row.id)
        has_money = in_process or in_bank
        bounced, bounce_id = known["bounced"].get(row.move_id, ("", 0))
        draft, draft_id = known["drafts"].get(row.move_id, ("", 0))
        unread, unread_on = known["unread"].get(partner_id, ("", ""))
        return OwnSide(
            residual=row.residual if has_money else preflight.ZERO,
            is_sent=row.is_sent or not row.is_invoice,
            bounced=bounced,
            bounce_id=bounce_id,
            misses_order=partner_id in known["needs_order"]
            and row.is_invoice
            and not row.order_number,
            terms=self._different_terms(row, partner_id, known),
            draft_credit=draft,
            draft_id=draft_id,
            loose_credit=known["loose"].get(partner_id, ""),
            in_process=in_process,
            in_bank=in_bank,
            free_credit=credits.get(row.currency_id, preflight.ZERO),
            unread=unread,
            unread_on=unread_on,
            refused=known["refused"].get(row.id, 0),
            without_rate=known["without_rate"].get(row.currency_id, ""),
        )

    @api.model
    def _different_terms(self, row, partner_id, known):
        """Return the names of the terms on an invoice and agreed, if they differ."""
        agreed = known["agreed"].get(partner_id)
        if not (agreed and row.is_invoice) or row.terms_id == agreed:
            return None
        names = known["terms"]
        return names(row.terms_id) or self.env._("none"), names(agreed)

    # ------------------------------------------------------------------ reading

    @api.model
    def _load_own_side(self, rows, partners, company):
        """Return all that the checks need, by name."""
        every_row = [row for found in rows.values() for row in found]
        owed = [row for row in every_row if row.residual > 0]
        move_ids = ids_array({row.move_id for row in owed})
        terms = self.env["account.payment.term"].sudo()  # sudo: names of terms only
        known = {
            "agreed": {p.id: p.property_payment_term_id.id for p in partners},
            "terms": lambda term_id: terms.browse(term_id or []).display_name,
            "bounced": self._load_bounced(move_ids),
            "refused": self._load_refused([row.id for row in owed]),
            "drafts": self._load_draft_credits(move_ids),
            "loose": self._load_loose_credits(ids_array(rows), company),
            "in_process": self._load_in_process(rows, company),
            "in_bank": self._load_in_bank(rows, company),
            "without_rate": self._load_without_rate(owed, company),
        }
        of_moves = known["bounced"].keys() | known["drafts"].keys()
        known["particular"] = known["in_process"].keys() | known["in_bank"].keys()
        known["particular"] |= known["refused"].keys()
        known["particular"] |= {row.id for row in owed if row.move_id in of_moves}
        return known

    @api.model
    def _load_without_rate(self, owed, company):
        """Return ``{currency id: name}`` of foreign currencies without any rate."""
        foreign = {row.currency_id for row in owed} - {company.currency_id.id}
        # sudo: names of currencies, and whether they have rates.
        currencies = self.env["res.currency"].sudo().browse(foreign)
        return {
            currency.id: currency.name
            for currency in currencies
            if not currency.rate_ids
        }
