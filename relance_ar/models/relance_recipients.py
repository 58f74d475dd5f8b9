from odoo import api, models
from odoo.tools import SQL, email_normalize_all

from .relance_facts_types import CONFIRMED, Recipient


class RelanceRecipients(models.AbstractModel):
    """Finds who is written to, in which language, and by which channels."""

    _name = "relance.recipients"
    _description = "Recipients of reminders"

    @api.model
    def _recipients(self, company, partner, address, rows, named, failed):
        """Return ``{line id: Recipient}``: whom the invoice names, else the address."""
        installed = dict(self.env["res.lang"].get_installed())
        company_lang = company.partner_id.lang or self.env.lang
        known, recipients = {}, {}
        for line_id, sent_to_id, *_rest in rows:
            if sent_to_id not in known:
                contact = self._contact(
                    partner, address, named.get(sent_to_id, partner)
                )
                known[sent_to_id] = Recipient(
                    contact_id=contact.id,
                    lang=next(
                        (
                            lang
                            for lang in (contact.lang, partner.lang)
                            if lang in installed
                        ),
                        company_lang,
                    ),
                    reachable=self._reachable(partner, contact, failed),
                )
            recipients[line_id] = known[sent_to_id]
        return recipients

    @api.model
    def _contact(self, partner, address, named):
        """Return the person or service that receives the reminder of an invoice."""
        is_ours = named.commercial_partner_id == partner and named.active
        if is_ours and named != partner and (named.type == "invoice" or named.email):
            return named
        return address

    @api.model
    def _load_billing_addresses(self, partners, company):
        """Return ``{partner id: invoice address}`` for those that have one."""
        addresses = partners.search(
            [
                ("parent_id", "in", partners.ids),
                ("type", "=", "invoice"),
                ("company_id", "in", [False, *company.parent_ids.ids]),
            ],
            order="parent_id, id",
        )
        return {
            parent.id: children.sorted(lambda c: (not c.email, c.id))[0]
            for parent, children in addresses.grouped("parent_id").items()
        }

    @api.model
    def _load_failed_addresses(self, ids, company):
        """Return the addresses to which the latest e-mail could not be delivered."""
        rows = self.env.execute_query(
            SQL(
                """
                SELECT DISTINCT ON (r.recipient) r.recipient, r.failure_kind
                  FROM relance_reminder r
                  JOIN res_partner p ON p.id = r.partner_id
                 WHERE r.company_id = %s AND p.commercial_partner_id IN %s
                   AND r.channel = 'email' AND r.recipient IS NOT NULL
                   AND (r.state IN %s OR r.failure_kind = 'address')
                 ORDER BY r.recipient, r.id DESC
                """,
                company.id,
                ids,
                CONFIRMED,
            )
        )
        return {
            address
            for recipient, kind in rows
            if kind == "address"
            for address in recipient.split(", ")
        }

    @api.model
    def _reachable(self, partner, contact, failed_addresses):
        """Return the codes of the channels that can reach the debtor."""
        channels = set()
        emails = email_normalize_all(contact.email or partner.email or "")
        if set(emails) - failed_addresses:
            channels.add("email")
        if contact.phone or partner.phone:
            channels.add("phone")
        address = contact if contact.street else partner
        if address.street and (address.zip or address.city):
            channels |= {"letter", "registered_letter", "visit"}
        return frozenset(channels)
