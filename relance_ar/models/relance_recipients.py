import re
from collections import defaultdict
from dataclasses import dataclass

from odoo import api, models
from odoo.tools import SQL, email_normalize_all

from .ids_array import ids_array
from .relance_channel import EMAIL, LETTERS
from .relance_facts_types import CONFIRMED, Recipient, Recipients

HEAD_OFFICE = "head_office"
_PLAIN = re.compile(r"[a-z0-9]+([._-][a-z0-9]+)*@[a-z0-9]+([.-][a-z0-9]+)*\.[a-z]{2,}")
# Whom a level is meant for at the debtor's. The head office is the company itself.
ROLES = [
    ("accounts_payable", "Accounts payable"),
    ("approver", "Who approves invoices"),
    ("purchaser", "Who ordered"),
    ("director", "Director"),
]
LEVEL_ROLES = [*ROLES, (HEAD_OFFICE, "Head office")]


@dataclass(slots=True)
class Directory:
    """Whom a batch of debtors can be written to at.

    :param addresses: ``{debtor id: its invoice address}``
    :param people: ``{debtor id: {role: contact}}``
    :param named: ``{contact id: contact}`` whom invoices name
    :param failed: e-mail addresses whose last message came back
    :param returned: ``(debtor id, place)`` from which the last letter came back
    :param langs: codes of the languages that are installed
    :param lang: the language of the company
    """

    addresses: dict
    people: dict
    named: dict
    failed: set
    returned: set
    langs: frozenset
    lang: str


class RelanceRecipients(models.AbstractModel):
    """Finds who is written to, in which language, and by which channels."""

    _name = "relance.recipients"
    _inherit = ["relance.places"]
    _description = "Recipients of reminders"

    @api.model
    def _load_directory(self, partners, company, rows):
        """Return whom the debtors can be written to at, in a few queries."""
        # Together, so that reading one of them fetches all whom an invoice names.
        named = partners.browse(
            {row.sent_to_id for found in rows.values() for row in found}
        )
        return Directory(
            addresses=self._load_billing_addresses(partners, company),
            people=self._load_people(partners, company),
            named={contact.id: contact for contact in named},
            failed=self._load_failed_addresses(tuple(partners.ids), company),
            returned=self._load_returned_places(tuple(partners.ids), company),
            langs=frozenset(code for code, _name in self._get_languages()),
            lang=company._get_relance_lang(),
        )

    @api.model
    def _get_languages(self):
        return self.env["res.lang"].get_installed()

    @api.model
    def _recipients(self, partner, directory, rows):
        """Return ``{line id: Recipients}``: by role, else whom the invoice names."""
        address = directory.addresses.get(partner.id, partner)
        known, recipients = {}, {}
        for row in rows:
            if row.sent_to_id not in known:
                named = directory.named.get(row.sent_to_id, partner)
                contact = self._contact(partner, address, named)
                contacts = {
                    "": contact,
                    HEAD_OFFICE: partner,
                    **directory.people.get(partner.id, {}),
                }
                if contact != address or contact.type == "invoice":
                    contacts["accounts_payable"] = contact  # as the invoice says
                found = {
                    contact: self._recipient(partner, contact, directory)
                    for contact in set(contacts.values())
                }
                known[row.sent_to_id] = Recipients(
                    {role: found[contact] for role, contact in contacts.items()}
                )
            recipients[row.id] = known[row.sent_to_id]
        return recipients

    @api.model
    def _recipient(self, partner, contact, directory):
        langs = (contact.lang, partner.lang)
        return Recipient(
            contact_id=contact.id,
            lang=next((lang for lang in langs if lang in directory.langs), "")
            or directory.lang,
            reachable=self._reachable(partner, contact, directory),
            emails=tuple(sorted(self._emails(partner, contact))),
        )

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
    def _load_people(self, partners, company):
        """Return ``{debtor id: {role: contact}}``; the first with an address wins."""
        contacts = partners.search(
            [
                ("commercial_partner_id", "in", partners.ids),
                ("relance_role", "!=", False),
                ("company_id", "in", [False, *company.parent_ids.ids]),
            ],
            order="id",
        )
        people = defaultdict(dict)
        for contact in contacts.sorted(lambda c: (not c.email, c.id)):
            of_debtor = people[contact.commercial_partner_id.id]
            of_debtor.setdefault(contact.relance_role, contact)
        return people

    @api.model
    def _load_failed_addresses(self, ids, company):
        """Return the addresses to which the latest e-mail could not be delivered.

        Each address of an e-mail to several counts for itself.
        """
        rows = self.env.execute_query(
            SQL(
                """
                SELECT DISTINCT ON (a.email)
                       a.email,
                       r.failure_kind = 'address'
                       OR a.email = ANY(string_to_array(r.returned, ', '))
                  FROM relance_reminder r
                  JOIN res_partner p ON p.id = r.partner_id
                  CROSS JOIN LATERAL
                       unnest(string_to_array(r.recipient, ', ')) AS a(email)
                 WHERE r.company_id = %s AND p.commercial_partner_id = ANY(%s)
                   AND r.channel = 'email' AND r.recipient IS NOT NULL
                   AND (r.state IN %s OR r.failure_kind = 'address')
                 ORDER BY a.email, r.id DESC
                """,
                company.id,
                ids_array(ids),
                CONFIRMED,
            )
        )
        return {address for address, has_failed in rows if has_failed}

    @api.model
    def _reachable(self, partner, contact, directory):
        """Return the codes of the channels that can reach the debtor."""
        channels = set()
        if set(self._emails(partner, contact)) - directory.failed:
            channels.add("email")
        if contact.phone or partner.phone:
            channels.add("phone")
        written_to = self._get_postal_partner(partner, contact)
        if self._is_postal(written_to):
            channels.add("visit")
            if not self._has_returned(partner, written_to, directory.returned):
                channels.update(LETTERS)
        return frozenset(channels)

    @api.model
    def _get_postal_partner(self, partner, contact):
        """Return whose address is written to by post: the contact's, else the debtor's.

        :param partner: the debtor
        """
        return contact if contact.street else partner

    @api.model
    def _is_postal(self, partner):
        """Say whether the post finds a partner."""
        return bool(partner.street and (partner.zip or partner.city))

    @api.model
    def _emails(self, partner, contact):
        """Return the addresses written to: the contact's, else the debtor's."""
        text = contact.email or partner.email or ""
        # Most are one address as it should be: nothing to normalise.
        return [text] if _PLAIN.fullmatch(text) else email_normalize_all(text)

    @api.model
    def _refused(self, partner):
        """Return the codes of the channels that the debtor does not want."""
        return frozenset(partner.relance_refused_channel_ids.mapped("code"))

    @api.model
    def _failed(self, partner, directory):
        """Return the codes of the channels whose last message came back."""
        if not directory.failed and not directory.returned:
            return frozenset()
        address = directory.addresses.get(partner.id, partner)
        channels = set()
        if not directory.failed.isdisjoint(self._emails(partner, address)):
            channels.add(EMAIL)
        written_to = self._get_postal_partner(partner, address)
        if self._has_returned(partner, written_to, directory.returned):
            channels.update(LETTERS)
        return frozenset(channels)
