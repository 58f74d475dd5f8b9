from collections import defaultdict

from odoo import api, models
from odoo.tools import SQL

from ..core.preflight import BLOCKING
from ..core.schedule import Line, Reason
from .ids_array import ids_array
from .relance_facts_types import CONFIRMED, Row
from .relance_level import PHASE_RANK

RECEIVABLE = "asset_receivable"
NOT_REACHED = (None, None)
NOT_PENDING = ("", None)


class RelanceFacts(models.AbstractModel):
    """Reads what the decisions need: a few queries for a whole batch of debtors."""

    _name = "relance.facts"
    _inherit = ["relance.facts.debtors", "relance.facts.agreements"]
    _description = "Facts about debtors"

    # ------------------------------------------------------------------ debtors

    @api.model
    def _debtor_ids(self, company):
        """Return the ids of the partners with open receivables, in order.

        Entries are not looked at: a debtor too many costs nothing.
        """
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT DISTINCT commercial_partner_id
                  FROM res_partner
                 WHERE id IN (SELECT l.partner_id FROM account_move_line l WHERE %s)
                 ORDER BY 1
                """,
                self._open_line_conditions(company),
            )
        )
        return [partner_id for [partner_id] in rows]

    @api.model
    def _from_open_lines(self, company, partner_ids=()):
        """Return the FROM and WHERE that select the open receivable lines.

        Accounts and partners are named, so that PostgreSQL walks the index of core on
        what is not reconciled instead of every line. An extension may narrow the
        selection with ``AND`` conditions on l (line), m (entry) and p (partner).

        :param partner_ids: only those of these debtors and their contacts
        """
        return SQL(
            """
            FROM account_move_line l
            JOIN account_move m ON m.id = l.move_id
            JOIN res_partner p ON p.id = l.partner_id
            WHERE %s %s
            """,
            self._open_line_conditions(company),
            SQL("AND l.partner_id = ANY(%s)", ids_array(partner_ids))
            if partner_ids
            else SQL(),
        )

    @api.model
    def _open_line_conditions(self, company):
        """Return what is true of the open receivable lines (``l``) of a company."""
        return SQL(
            """
            l.account_id = ANY(%s)
              AND l.parent_state = 'posted'
              AND l.reconciled IS NOT TRUE
              AND l.amount_residual_currency != 0
              AND l.company_id = %s
            """,
            ids_array(self._receivable_account_ids()),
            company.id,
        )

    @api.model
    def _receivable_account_ids(self):
        """Return the ids of the receivable accounts of all companies."""
        rows = self.env.execute_query(
            SQL("SELECT id FROM account_account WHERE account_type = %s", RECEIVABLE)
        )
        return [account_id for [account_id] in rows]

    @api.model
    def _with_contacts(self, debtor_ids):
        """Return the ids of the debtors and of all their contacts."""
        rows = self.env.execute_query(
            SQL(
                "SELECT id FROM res_partner WHERE commercial_partner_id = ANY(%s)",
                ids_array(debtor_ids),
            )
        )
        return [partner_id for [partner_id] in rows]

    @api.model
    def _load(
        self,
        partner_ids,
        company,
        ignore_pending=(),
        ignored_before=None,
        ignore_approved=False,
    ):
        """Return ``{partner id: DebtorFacts}`` for the debtors among ``partner_ids``.

        The number of queries does not depend on the number of debtors or lines.

        :param ignore_pending: ids of reminders to take for not yet decided
        :param ignored_before: instalments due before this day are left out
        :param ignore_approved: take what is approved for not yet decided, too
        """
        if not partner_ids:
            return {}
        self.env.flush_all()
        ids = tuple(partner_ids)
        pending_lines, pending, proposals = self._load_unsent(
            ids, company, ignore_pending
        )
        if ignore_approved:
            pending_lines, pending = {}, {}
        rows = self._load_rows(ids, company)
        reached, cycles = self._load_reached(
            [row.id for found in rows.values() for row in found]
        )
        facts = self._load_partners(ids, company, rows)
        findings = self._load_findings(facts, rows, company)
        rejected = self._load_rejected(rows)
        for partner_id, debtor_facts in facts.items():
            debtor = debtor_facts.debtor
            debtor_facts.findings = findings
            debtor_facts.cycles = cycles
            debtor.lines = [
                self._line(
                    row, debtor_facts, reached, pending_lines, ignored_before, rejected
                )
                for row in rows.get(partner_id, ())
            ]
            debtor.pending, debtor.pending_on = pending.get(partner_id, ("", None))
            debtor_facts.proposals = proposals.get(partner_id, [])
        self._set_contacts(facts, ids, company)
        self._apply_agreements(facts)
        return facts

    @api.model
    def _set_contacts(self, facts, ids, company):
        """Note the last contact made with each debtor, and what it granted."""
        contacts, deadlines = self._load_contacts(ids, company)
        for partner_id, debtor_facts in facts.items():
            debtor_facts.debtor.last_contact = contacts.get(partner_id)
            debtor_facts.debtor.deadline = deadlines.get(partner_id)

    # -------------------------------------------------------------------- lines

    @api.model
    def _load_rows(self, ids, company):
        """Return ``{partner id: rows of open lines}``, as ``_line`` unpacks them."""
        rows = self.env.execute_query(
            SQL(
                """
                SELECT p.commercial_partner_id, l.id, m.partner_id, l.move_name,
                       l.currency_id, l.date_maturity, COALESCE(m.invoice_date, l.date),
                       l.amount_residual_currency::text, l.amount_residual::text,
                       l.no_followup,
                       m.payment_state, m.id, m.move_type, m.is_move_sent,
                       m.invoice_payment_term_id, m.ref, m.payment_reference,
                       LEAST(COALESCE(m.invoice_date, l.date), m.delivery_date)
                %s
                ORDER BY l.date_maturity, l.id
                """,
                self._from_open_lines(company, self._with_contacts(ids)),
            )
        )
        by_partner = defaultdict(list)
        for partner_id, *values in rows:
            by_partner[partner_id].append(Row(values))
        return by_partner

    @api.model
    def _line(self, row, facts, reached, pending, ignored_before, rejected):
        """Return the core's line of a row."""
        rank, on = reached.get(row.id, NOT_REACHED)
        pending_name, pending_on = pending.get(row.id, NOT_PENDING)
        maturity, findings = row.maturity, facts.findings.get(row.id)
        notes = () if row.due else (Reason("no_maturity", {"maturity": maturity}),)
        blocks = self._line_blocks(row, ignored_before)
        if facts.opening:
            blocks += self._earlier_debt(row, facts.opening)
        return Line(
            id=row.id,
            maturity=maturity,
            residual=row.residual,
            currency=row.currency_id,
            worth=row.worth,
            reached=rank,
            reached_on=on,
            blocks=blocks,
            notes=notes,
            rejected_on=rejected.get(row.move_id),
            held=self._held(findings) if findings else (),
            pending=pending_name,
            pending_on=pending_on,
            reachable=facts.recipients[row.id].reachable,
        )

    @api.model
    def _load_rejected(self, rows):
        """Return ``{invoice id: day of the last payment that was rejected}``."""
        ids = {row.move_id for found in rows.values() for row in found}
        return dict(
            self.env.execute_query(
                SQL(
                    """
                    SELECT r.invoice_id, max(p.date)
                      FROM account_move__account_payment r
                      JOIN account_payment p ON p.id = r.payment_id
                     WHERE r.invoice_id = ANY(%s) AND p.state = 'rejected'
                     GROUP BY r.invoice_id
                    """,
                    ids_array(ids),
                )
            )
        )

    @api.model
    def _held(self, findings):
        """Return what blocks on our side, as reasons."""
        return tuple(
            finding.reason for finding in findings if finding.severity == BLOCKING
        )

    @api.model
    def _line_blocks(self, row, ignored_before):
        """Return the reasons to leave one line out, whatever the debtor."""
        blocks = []
        if row.no_followup:
            blocks.append(Reason("no_followup"))
        if row.payment_state == "blocked":
            blocks.append(Reason("blocked"))
        if ignored_before and row.maturity < ignored_before:
            blocks.append(Reason("old_debt", {"before": ignored_before}))
        return tuple(blocks)

    @api.model
    def _load_reached(self, line_ids):
        """Return how far each line has come, and the cycle it is in.

        :return: ``{line id: (rank of the firmest confirmed level, its date)}`` and
            ``{line id: cycle}`` of those whose ladder has started again
        """
        rows = self.env.execute_query(
            SQL(
                """
                SELECT rl.move_line_id, lv.phase, lv.delay_days, r.date_done,
                       rl.is_over, rl.cycle
                  FROM relance_reminder_line rl
                  JOIN relance_reminder r ON r.id = rl.reminder_id
                  JOIN relance_level lv ON lv.id = rl.level_id
                 WHERE rl.move_line_id = ANY(%s) AND r.state IN %s
                """,
                ids_array(line_ids),
                CONFIRMED,
            )
        )
        reached, cycles = {}, {}
        for line_id, phase, delay, day, is_over, cycle in rows:
            if is_over:
                cycles[line_id] = max(cycles.get(line_id, 1), cycle + 1)
                continue
            step = ((PHASE_RANK[phase], delay), day)
            reached[line_id] = max(reached.get(line_id, step), step)
        return reached, cycles
