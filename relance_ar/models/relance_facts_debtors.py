from collections import defaultdict

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..core.payer_evidence import PROCEEDINGS
from ..core.schedule import Contact, Debtor, Reason
from .ids_array import ids_array
from .relance_facts_types import CONFIRMED, UNSENT, DebtorFacts, Proposal


class RelanceFactsDebtors(models.AbstractModel):
    """Reads what is known of debtors beside their lines, for a whole batch."""

    _name = "relance.facts.debtors"
    _inherit = [
        "relance.recipients",
        "relance.own.side.rules",
        "relance.facts.insolvency",
    ]
    _description = "Facts about debtors, lines apart"

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
                 WHERE r.company_id = %s AND p.commercial_partner_id = ANY(%s)
                   AND r.state IN %s
                 ORDER BY p.commercial_partner_id, r.phase = 'preventive',
                          r.date_done DESC, r.id DESC
                """,
                company.id,
                ids_array(ids),
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
                       r.date_planned, r.released, rl.move_line_id
                  FROM relance_reminder r
                  JOIN res_partner p ON p.id = r.partner_id
                  LEFT JOIN relance_reminder_line rl ON rl.reminder_id = r.id
                 WHERE r.company_id = %s AND p.commercial_partner_id = ANY(%s)
                   AND r.state IN %s
                   AND r.id NOT IN %s
                 ORDER BY r.id
                """,
                company.id,
                ids_array(ids),
                UNSENT,
                tuple(ignored) or (0,),
            )
        )
        by_line, by_debtor, proposals = {}, {}, defaultdict(dict)
        for partner_id, reminder_id, state, *about, line_id in rows:
            if state == "approved":
                name = self.env["relance.reminder"]._reference_of(reminder_id)
                by_line[line_id] = (name, about[1])
                by_debtor[partner_id] = max(
                    by_debtor.get(partner_id, ("", about[1])),
                    (name, about[1]),
                    key=lambda found: found[1],
                )
            else:
                fingerprint, day, released = about
                proposal = Proposal(reminder_id, fingerprint, day, released or [])
                known = proposals[partner_id].setdefault(reminder_id, proposal)
                known.line_ids.append(line_id)
        open_ones = {key: list(known.values()) for key, known in proposals.items()}
        return by_line, by_debtor, open_ones

    # ----------------------------------------------------------------- partners

    @api.model
    def _load_findings(self, facts, rows, company):
        """Return ``{line id: what is not in order on our side}``."""
        partners = self._browse_debtors(list(facts), company)
        needs_order = {p.id for p in partners if p.relance_requires_order}
        unread = self._load_unread(tuple(facts) or (0,), company)
        return self._check_own_side(rows, partners, company, needs_order, unread)

    @api.model
    def _load_unread(self, ids, company):
        """Return ``{partner id: (reminder with an unread answer, when it came)}``.

        The day and the hour tell a new answer from one that was set aside.
        """
        # sudo: whether there is an answer, for whoever plans.
        reminders = self.env["relance.reminder"].sudo()
        answered = reminders.search_fetch(
            reminders._get_unread_answer_domain()
            & Domain("company_id", "=", company.id)
            & Domain("partner_id.commercial_partner_id", "in", ids),
            ["partner_id", "answered_on"],
            order="id",
        )
        return {
            reminder.partner_id.commercial_partner_id.id: (
                reminder.reference,
                str(reminder.answered_on or ""),
            )
            for reminder in answered
        }

    @api.model
    def _browse_debtors(self, ids, company):
        # sudo: the officer plans for the whole company; only what the reminder shows
        # of a partner is taken out of here.
        return self.env["res.partner"].sudo().with_company(company).browse(ids)

    @api.model
    def _get_debtor_fields(self):
        """Return the fields that are read of each debtor and of their contacts.

        Read together; the ORM would fetch the hundred others with the first of them.
        One that is missing here is read all the same, with those others.
        """
        return [
            "active",
            "city",
            "commercial_partner_id",
            "email",
            "is_company",
            "lang",
            "payer_profile_id",
            "phone",
            "property_payment_term_id",
            "relance_hold_reason",
            "relance_hold_until",
            "relance_refused_channel_ids",
            "relance_requires_order",
            "relance_scenario_id",
            "relance_siren",
            "relance_user_id",
            "solvency_state",
            "street",
            "type",
            "vat",
            "zip",
        ]

    @api.model
    def _load_partners(self, ids, company, rows):
        """Return ``{partner id: DebtorFacts}``, still without their lines."""
        partners = self._browse_debtors(ids, company)
        named = {row.sent_to_id for found in rows.values() for row in found}
        partners.union(partners.browse(named)).fetch(self._get_debtor_fields())
        directory = self._load_directory(partners, company, rows)
        closings = self.env["relance.closing"]._of_debtors(ids, company)
        officers = company._get_relance_officers()
        officer = company._pick_relance_officer(officers)
        scenario_of = {
            kind: company._get_relance_scenario(kind).id or 0 for kind in (True, False)
        }
        openings = self._load_openings(ids, company)
        facts = {}
        for partner in partners:
            opening = openings.get(partner.id)
            scenario_id = self._scenario_id(partner, scenario_of)
            partner_rows = rows.get(partner.id, ())
            facts[partner.id] = DebtorFacts(
                partner_id=partner.id,
                debtor=Debtor(
                    lines=(),
                    refused=self._refused(partner),
                    failed=self._failed(partner, directory),
                    closings=closings.get(partner.id, ()),
                    watch=partner.payer_profile_id._get_watch(),
                    hold_until=partner.relance_hold_until,
                    blocks=self._debtor_blocks(partner, scenario_id, opening),
                ),
                opening=opening,
                scenario_id=scenario_id,
                user_id=((partner.relance_user_id & officers) or officer).id,
                hold_reason=partner.relance_hold_reason or "",
                recipients=self._recipients(partner, directory, partner_rows),
                numbers={row.id: row.number or "/" for row in partner_rows},
                credits=self._list_credits(partner_rows),
            )
        return facts

    @api.model
    def _scenario_id(self, partner, scenario_of):
        """Return the id of the scenario of a debtor: own, of the profile, or usual.

        :param scenario_of: ``{whether professional: id of the usual scenario}``
        """
        is_professional = partner._relance_is_professional()
        # The ladders of the profiles are for businesses.
        of_profile = is_professional and partner.payer_profile_id.scenario_id.id
        own = partner.relance_scenario_id.id
        return own or of_profile or scenario_of[is_professional]

    @api.model
    def _list_credits(self, rows):
        """Return ``{currency id: credits}`` as reminders list them, oldest first."""
        credits = defaultdict(list)
        for row in rows:
            if row.residual < 0:
                credits[row.currency_id].append(row.as_credit)
        return dict(credits)

    @api.model
    def _debtor_blocks(self, partner, scenario_id, opening=None):
        """Return the reasons to leave a debtor alone.

        :param opening: day of a judgment that stops the earlier debts alone
        """
        blocks = []
        if not scenario_id:
            blocks.append(Reason("no_scenario"))
        if partner.solvency_state == PROCEEDINGS and not opening:
            blocks.append(Reason("insolvency"))
        return tuple(blocks)
