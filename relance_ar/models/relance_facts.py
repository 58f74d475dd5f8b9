from collections import defaultdict
from decimal import Decimal

from odoo import api, models
from odoo.tools import SQL

from ..core.schedule import Contact, Debtor, Line, Reason
from .relance_facts_types import CONFIRMED, UNSENT, DebtorFacts, Proposal
from .relance_scenario import PHASE_RANK


class RelanceFacts(models.AbstractModel):
    """Reads what the decisions need: a few queries for a whole batch of debtors."""

    _name = "relance.facts"
    _inherit = "relance.recipients"
    _description = "Facts about debtors"

    # ------------------------------------------------------------------ debtors

    @api.model
    def _debtor_ids(self, company):
        """Return the ids of the partners with open receivables, in order."""
        self.env.flush_all()
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
    def _load(self, partner_ids, company, ignore_pending=(), ignored_before=None):
        """Return ``{partner id: DebtorFacts}`` for the debtors among ``partner_ids``.

        The number of queries does not depend on the number of debtors or lines.

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
            ids, company, ignore_pending
        )
        rows = self._load_rows(ids, company)
        facts = self._load_partners(ids, company, rows)
        for partner_id, debtor_facts in facts.items():
            debtor = debtor_facts.debtor
            debtor.lines = [
                self._line(row, debtor_facts, reached, pending_lines, ignored_before)
                for row in rows.get(partner_id, ())
            ]
            debtor.last_contact = contacts.get(partner_id)
            debtor.deadline = deadlines.get(partner_id)
            debtor.pending = pending.get(partner_id, "")
            debtor_facts.proposals = proposals.get(partner_id, [])
        return facts

    # -------------------------------------------------------------------- lines

    @api.model
    def _load_rows(self, ids, company):
        """Return ``{partner id: rows of open lines}``, as ``_line`` unpacks them."""
        rows = self.env.execute_query(
            SQL(
                """
                SELECT p.commercial_partner_id, l.id, m.partner_id, l.move_name,
                       l.currency_id, l.date_maturity, COALESCE(m.invoice_date, l.date),
                       l.amount_residual_currency, l.no_followup, m.payment_state
                %s AND p.commercial_partner_id IN %s
                ORDER BY l.date_maturity, l.id
                """,
                self._from_open_lines(company),
                ids,
            )
        )
        by_partner = defaultdict(list)
        for partner_id, *row in rows:
            by_partner[partner_id].append(row)
        return by_partner

    @api.model
    def _line(self, row, facts, reached, pending, ignored_before):
        """Return the core's line of a row."""
        line_id, _sent_to, _number, currency, due, fallback, residual, *flags = row
        rank, on = reached.get(line_id, (None, None))
        maturity = due or fallback
        notes = () if due else (Reason("no_maturity", {"maturity": fallback}),)
        return Line(
            id=line_id,
            maturity=maturity,
            residual=Decimal(str(residual)),
            currency=currency,
            reached=rank,
            reached_on=on,
            blocks=self._line_blocks(maturity, ignored_before, *flags),
            notes=notes,
            pending=pending.get(line_id, ""),
            reachable=facts.recipients[line_id].reachable,
        )

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
                  JOIN account_move_line l ON l.id = rl.move_line_id
                  JOIN res_partner p ON p.id = l.partner_id
                 WHERE r.company_id = %s AND p.commercial_partner_id IN %s
                   AND r.state IN %s
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
                SELECT DISTINCT ON (p.commercial_partner_id, r.phase = 'preventive')
                       p.commercial_partner_id, r.phase = 'preventive', r.date_done,
                       r.channel, r.deadline
                  FROM relance_reminder r
                  JOIN res_partner p ON p.id = r.partner_id
                 WHERE r.company_id = %s AND p.commercial_partner_id IN %s
                   AND r.state IN %s
                 ORDER BY p.commercial_partner_id, r.phase = 'preventive',
                          r.date_done DESC, r.id DESC
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
    def _load_unsent(self, ids, company, ignored):
        """Return what is approved, by line and by debtor, and the open proposals."""
        rows = self.env.execute_query(
            SQL(
                """
                SELECT p.commercial_partner_id, r.id, r.state, r.fingerprint,
                       r.date_planned, rl.move_line_id
                  FROM relance_reminder r
                  JOIN res_partner p ON p.id = r.partner_id
                  LEFT JOIN relance_reminder_line rl ON rl.reminder_id = r.id
                 WHERE r.company_id = %s AND p.commercial_partner_id IN %s
                   AND r.state IN %s
                   AND r.id NOT IN %s
                 ORDER BY r.id
                """,
                company.id,
                ids,
                UNSENT,
                tuple(ignored) or (0,),
            )
        )
        by_line, by_debtor, proposals = {}, {}, defaultdict(dict)
        for partner_id, reminder_id, state, fingerprint, day, line_id in rows:
            if state == "approved":
                name = self.env["relance.reminder"]._reference_of(reminder_id)
                by_debtor[partner_id] = by_line[line_id] = name
            else:
                proposal = Proposal(reminder_id, fingerprint, day)
                known = proposals[partner_id].setdefault(reminder_id, proposal)
                known.line_ids.append(line_id)
        open_ones = {key: list(known.values()) for key, known in proposals.items()}
        return by_line, by_debtor, open_ones

    # ----------------------------------------------------------------- partners

    @api.model
    def _load_partners(self, ids, company, rows):
        """Return ``{partner id: DebtorFacts}``, still without their lines."""
        # sudo: the officer plans for the whole company; only what the reminder shows
        # of a partner is taken out of here.
        partners = self.env["res.partner"].sudo().with_company(company).browse(ids)
        addresses = self._load_billing_addresses(partners, company)
        failed = self._load_failed_addresses(ids, company)
        officers = company._get_relance_officers()
        officer = company._get_relance_officer()
        scenario_of = {
            kind: company._get_relance_scenario(kind).id or 0 for kind in (True, False)
        }
        # Together, so that reading one of them fetches all whom an invoice names.
        named = partners.browse(
            {row[1] for found in rows.values() for row in found if row[1]}
        )
        named = {contact.id: contact for contact in named}
        facts = {}
        for partner in partners:
            kind = partner._relance_is_professional()
            scenario_id = partner.relance_scenario_id.id or scenario_of[kind]
            address = addresses.get(partner.id, partner)
            facts[partner.id] = DebtorFacts(
                partner_id=partner.id,
                debtor=Debtor(
                    lines=(),
                    hold_until=partner.relance_hold_until,
                    blocks=() if scenario_id else (Reason("no_scenario"),),
                ),
                scenario_id=scenario_id,
                user_id=((partner.relance_user_id & officers) or officer).id,
                hold_reason=partner.relance_hold_reason or "",
                recipients=self._recipients(
                    company, partner, address, rows.get(partner.id, ()), named, failed
                ),
                numbers={row[0]: row[2] or "/" for row in rows.get(partner.id, ())},
            )
        return facts
