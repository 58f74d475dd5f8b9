from collections import defaultdict
from dataclasses import dataclass, field
from decimal import Decimal

from odoo import api, models
from odoo.tools import SQL, single_email_re

from ..core.schedule import Contact, Debtor, Line, Reason
from .relance_scenario import PHASE_RANK

CONFIRMED = ("sent", "done")
UNSENT = ("proposed", "held", "approved")


@dataclass(slots=True)
class DebtorFacts:
    """A debtor as the core wants it, and what else is needed to write to them.

    :param proposals: reminders still open to change:
        ``{id: (state, {line id: level id})}``
    :param hold_reason: why the debtor is on hold, in the words of a person
    """

    partner_id: int
    debtor: Debtor
    scenario_id: int
    contact_id: int
    lang: str
    user_id: int
    hold_reason: str = ""
    proposals: dict = field(default_factory=dict)


class RelanceFacts(models.AbstractModel):
    """Reads what the decisions need: a few queries for a whole batch of debtors."""

    _name = "relance.facts"
    _description = "Facts about debtors"

    # ------------------------------------------------------------------ debtors

    @api.model
    def _debtor_ids(self, company):
        """Return the ids of the partners with open receivables, in order."""
        rows = self.env.execute_query(
            SQL(
                "SELECT DISTINCT p.commercial_partner_id %s ORDER BY 1",
                self._from_open_lines(company),
            )
        )
        return [partner_id for [partner_id] in rows]

    @api.model
    def _from_open_lines(self, company):
        """Return the FROM and WHERE that select the open receivable lines.

        An extension may narrow the selection by adding ``AND`` conditions on the
        aliases l (line), m (entry), a (account) and p (partner).
        """
        return SQL(
            """
            FROM account_move_line l
            JOIN account_account a ON a.id = l.account_id
            JOIN account_move m ON m.id = l.move_id
            JOIN res_partner p ON p.id = l.partner_id
            WHERE a.account_type = 'asset_receivable'
              AND l.parent_state = 'posted'
              AND l.reconciled IS NOT TRUE
              AND l.amount_residual_currency != 0
              AND l.company_id = %s
            """,
            company.id,
        )

    @api.model
    def _load(self, partner_ids, company, day, ignore_pending=(), ignored_before=None):
        """Return ``{partner id: DebtorFacts}`` for the debtors among ``partner_ids``.

        The number of queries does not depend on the number of debtors or lines.

        :param day: proposals planned for after this date are left as they are
        :param ignore_pending: ids of reminders to take for not yet decided
        :param ignored_before: instalments due before this day are left out
        """
        if not partner_ids:
            return {}
        self.env.flush_all()
        ids = tuple(partner_ids)
        reached = self._load_reached(ids, company)
        contacts, deadlines = self._load_contacts(ids, company)
        pending_lines, pending, proposals = self._load_unsent(
            ids, company, day, ignore_pending
        )
        lines = self._load_lines(ids, company, reached, pending_lines, ignored_before)
        facts = {}
        for partner_id, values in self._load_partners(ids, company).items():
            debtor = Debtor(
                lines=lines.get(partner_id, []),
                last_contact=contacts.get(partner_id),
                deadline=deadlines.get(partner_id),
                reachable=values.pop("reachable"),
                hold_until=values.pop("hold_until"),
                pending=pending.get(partner_id, ""),
            )
            if not values["scenario_id"]:
                debtor.blocks = (Reason("no_scenario"),)
            facts[partner_id] = DebtorFacts(
                partner_id=partner_id,
                debtor=debtor,
                proposals=proposals.get(partner_id, {}),
                **values,
            )
        return facts

    # -------------------------------------------------------------------- lines

    @api.model
    def _load_lines(self, ids, company, reached, pending, ignored_before):
        """Return ``{partner id: [core Line]}``."""
        rows = self.env.execute_query(
            SQL(
                """
                SELECT p.commercial_partner_id, l.id, l.currency_id, l.date_maturity,
                       COALESCE(m.invoice_date, l.date), l.amount_residual_currency,
                       l.no_followup, m.payment_state
                %s AND p.commercial_partner_id IN %s
                ORDER BY l.date_maturity, l.id
                """,
                self._from_open_lines(company),
                ids,
            )
        )
        lines = defaultdict(list)
        for partner_id, line_id, currency, maturity, fallback, residual, *flags in rows:
            rank, on = reached.get(line_id, (None, None))
            lines[partner_id].append(
                Line(
                    id=line_id,
                    maturity=maturity or fallback,
                    residual=Decimal(str(residual)),
                    currency=currency,
                    reached=rank,
                    reached_on=on,
                    blocks=self._line_blocks(
                        maturity or fallback, ignored_before, *flags
                    ),
                    pending=pending.get(line_id, ""),
                )
            )
        return lines

    @api.model
    def _line_blocks(self, maturity, ignored_before, no_followup, payment_state):
        """Return the reasons to leave one line out, whatever the debtor."""
        blocks = []
        if no_followup:
            blocks.append(Reason("no_followup"))
        if payment_state == "blocked":
            blocks.append(Reason("blocked"))
        if ignored_before and maturity < ignored_before:
            blocks.append(Reason("old_debt", {"before": ignored_before}))
        return tuple(blocks)

    @api.model
    def _load_reached(self, ids, company):
        """Return ``{line id: (rank of the firmest confirmed level, its date)}``."""
        rows = self.env.execute_query(
            SQL(
                """
                SELECT rl.move_line_id, lv.phase, lv.delay_days, r.date_done
                  FROM relance_reminder_line rl
                  JOIN relance_reminder r ON r.id = rl.reminder_id
                  JOIN relance_level lv ON lv.id = rl.level_id
                 WHERE r.company_id = %s AND r.partner_id IN %s AND r.state IN %s
                """,
                company.id,
                ids,
                CONFIRMED,
            )
        )
        reached = {}
        for line_id, phase, delay, day in rows:
            step = ((PHASE_RANK[phase], delay), day)
            reached[line_id] = max(reached.get(line_id, step), step)
        return reached

    # ----------------------------------------------------------------- contacts

    @api.model
    def _load_contacts(self, ids, company):
        """Return the last contact and the running deadline of each debtor."""
        rows = self.env.execute_query(
            SQL(
                """
                SELECT DISTINCT ON (partner_id, phase = 'preventive')
                       partner_id, phase = 'preventive', date_done, channel, deadline
                  FROM relance_reminder
                 WHERE company_id = %s AND partner_id IN %s AND state IN %s
                 ORDER BY partner_id, phase = 'preventive', date_done DESC, id DESC
                """,
                company.id,
                ids,
                CONFIRMED,
            )
        )
        contacts, deadlines = {}, {}
        for partner_id, is_preventive, day, channel, deadline in rows:
            contact = contacts.get(partner_id)
            if not contact or day > contact.on:
                contacts[partner_id] = Contact(day, channel)
            if not is_preventive:
                deadlines[partner_id] = deadline
        return contacts, deadlines

    @api.model
    def _load_unsent(self, ids, company, day, ignored):
        """Return what is pending by line and by debtor, and what may still change."""
        rows = self.env.execute_query(
            SQL(
                """
                SELECT r.partner_id, r.id, r.state,
                       r.state = 'approved' OR r.date_planned > %s,
                       rl.move_line_id, rl.level_id
                  FROM relance_reminder r
                  LEFT JOIN relance_reminder_line rl ON rl.reminder_id = r.id
                 WHERE r.company_id = %s AND r.partner_id IN %s AND r.state IN %s
                   AND r.id NOT IN %s
                """,
                day,
                company.id,
                ids,
                UNSENT,
                tuple(ignored) or (0,),
            )
        )
        names = self.env["relance.reminder"]
        by_line, by_debtor, proposals = {}, {}, defaultdict(dict)
        for partner_id, reminder_id, state, is_fixed, line_id, level_id in rows:
            if is_fixed:
                by_debtor[partner_id] = names._reference_of(reminder_id)
                by_line[line_id] = names._reference_of(reminder_id)
            else:
                proposals[partner_id].setdefault(reminder_id, (state, {}))
                proposals[partner_id][reminder_id][1][line_id] = level_id
        return by_line, by_debtor, proposals

    # ----------------------------------------------------------------- partners

    @api.model
    def _load_partners(self, ids, company):
        """Return what is known of the partners themselves, as values of the facts."""
        # sudo: the officer plans for the whole company; only what the reminder shows
        # of a partner is taken out of here.
        partners = self.env["res.partner"].sudo().with_company(company).browse(ids)
        contacts = self._load_billing_contacts(partners)
        failed = self._load_failed_addresses(ids, company)
        officer = company._get_relance_officer()
        scenario_of = {
            kind: company._get_relance_scenario(kind).id or 0 for kind in (True, False)
        }
        default_lang = company.partner_id.lang or self.env.lang
        facts = {}
        for partner in partners:
            contact = contacts.get(partner.id, partner)
            facts[partner.id] = {
                "scenario_id": partner.relance_scenario_id.id
                or scenario_of[partner.is_company],
                "contact_id": contact.id,
                "lang": contact.lang or partner.lang or default_lang,
                "user_id": partner.relance_user_id.id or officer.id,
                "hold_until": partner.relance_hold_until,
                "hold_reason": partner.relance_hold_reason or "",
                "reachable": self._reachable(partner, contact, failed),
            }
        return facts

    @api.model
    def _load_billing_contacts(self, partners):
        """Return ``{partner id: invoice address}`` for those that have one."""
        addresses = partners.search(
            [("parent_id", "in", partners.ids), ("type", "=", "invoice")],
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
                SELECT DISTINCT ON (recipient) recipient, state
                  FROM relance_reminder
                 WHERE company_id = %s AND partner_id IN %s AND channel = 'email'
                   AND recipient IS NOT NULL
                   AND (state IN %s OR (state = 'failed' AND failure_kind = 'address'))
                 ORDER BY recipient, id DESC
                """,
                company.id,
                ids,
                CONFIRMED,
            )
        )
        return {recipient for recipient, state in rows if state == "failed"}

    @api.model
    def _reachable(self, partner, contact, failed_addresses):
        """Return the codes of the channels that can reach the debtor."""
        channels = set()
        email = contact.email or partner.email
        if (
            email
            and single_email_re.match(email.strip())
            and email.strip().lower() not in failed_addresses
        ):
            channels.add("email")
        if contact.phone or partner.phone:
            channels.add("phone")
        address = contact if contact.street else partner
        if address.street and (address.zip or address.city):
            channels |= {"letter", "registered_letter", "visit"}
        return frozenset(channels)
