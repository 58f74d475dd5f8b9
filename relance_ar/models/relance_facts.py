from collections import defaultdict

from odoo import api, models
from odoo.tools import SQL

from ..core.preflight import BLOCKING
from ..core.schedule import Line, Reason
from .relance_facts_types import CONFIRMED, Row
from .relance_level import PHASE_RANK

RECEIVABLE = "asset_receivable"


class RelanceFacts(models.AbstractModel):
    """Reads what the decisions need: a few queries for a whole batch of debtors."""

    _name = "relance.facts"
    _inherit = ["relance.facts.debtors", "relance.facts.agreements"]
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
    def _from_open_lines(self, company, partner_ids=()):
        """Return the FROM and WHERE that select the open receivable lines.

        Accounts and partners are named, so that PostgreSQL walks the index of core on
        what is not reconciled instead of every line. An extension may narrow the
        selection with ``AND`` conditions on l (line), m (entry) and p (partner).

        :param partner_ids: only those of these debtors and their contacts
        """
        accounts = self._receivable_account_ids()
        return SQL(
            """
            FROM account_move_line l
            JOIN account_move m ON m.id = l.move_id
            JOIN res_partner p ON p.id = l.partner_id
            WHERE l.account_id = ANY(%s)
              AND l.parent_state = 'posted'
              AND l.reconciled IS NOT TRUE
              AND l.amount_residual_currency != 0
              AND l.company_id = %s
              %s
            """,
            accounts,
            company.id,
            SQL("AND l.partner_id = ANY(%s)", list(partner_ids))
            if partner_ids
            else SQL(),
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
                list(debtor_ids),
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
        contacts, deadlines = self._load_contacts(ids, company)
        pending_lines, pending, proposals = self._load_unsent(
            ids, company, ignore_pending
        )
        if ignore_approved:
            pending_lines, pending = {}, {}
        rows = self._load_rows(ids, company)
        reached = self._load_reached(
            [row.id for found in rows.values() for row in found]
        )
        facts = self._load_partners(ids, company, rows)
        findings = self._load_findings(facts, rows, company)
        rejected = self._load_rejected(rows)
        for partner_id, debtor_facts in facts.items():
            debtor = debtor_facts.debtor
            debtor_facts.findings = findings
            debtor.lines = [
                self._line(
                    row, debtor_facts, reached, pending_lines, ignored_before, rejected
                )
                for row in rows.get(partner_id, ())
            ]
            debtor.last_contact = contacts.get(partner_id)
            debtor.deadline = deadlines.get(partner_id)
            debtor.pending, debtor.pending_on = pending.get(partner_id, ("", None))
            debtor_facts.proposals = proposals.get(partner_id, [])
        self._apply_agreements(facts, company)
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
                       l.amount_residual_currency::text, l.amount_residual::text,
                       l.no_followup,
                       m.payment_state, m.id, m.move_type, m.is_move_sent,
                       m.invoice_payment_term_id, m.ref, m.payment_reference
                %s
                ORDER BY l.date_maturity, l.id
                """,
                self._from_open_lines(company, self._with_contacts(ids)),
            )
        )
        by_partner = defaultdict(list)
        for partner_id, *row in rows:
            by_partner[partner_id].append(Row(*row))
        return by_partner

    @api.model
    def _line(self, row, facts, reached, pending, ignored_before, rejected):
        """Return the core's line of a row."""
        rank, on = reached.get(row.id, (None, None))
        maturity = row.maturity
        notes = () if row.due else (Reason("no_maturity", {"maturity": maturity}),)
        return Line(
            id=row.id,
            maturity=maturity,
            residual=row.residual,
            currency=row.currency_id,
            worth=row.worth,
            reached=rank,
            reached_on=on,
            blocks=self._line_blocks(row, ignored_before),
            notes=notes,
            rejected_on=rejected.get(row.move_id),
            held=self._held(facts.findings.get(row.id, ())),
            pending=pending.get(row.id, ""),
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
                    list(ids),
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
        """Return ``{line id: (rank of the firmest confirmed level, its date)}``."""
        rows = self.env.execute_query(
            SQL(
                """
                SELECT rl.move_line_id, lv.phase, lv.delay_days, r.date_done
                  FROM relance_reminder_line rl
                  JOIN relance_reminder r ON r.id = rl.reminder_id
                  JOIN relance_level lv ON lv.id = rl.level_id
                 WHERE rl.move_line_id = ANY(%s) AND r.state IN %s
                """,
                line_ids,
                CONFIRMED,
            )
        )
        reached = {}
        for line_id, phase, delay, day in rows:
            step = ((PHASE_RANK[phase], delay), day)
            reached[line_id] = max(reached.get(line_id, step), step)
        return reached
