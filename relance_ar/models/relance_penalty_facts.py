from collections import defaultdict
from decimal import Decimal

from odoo import api, models
from odoo.tools import SQL

from ..core.penalty import (
    CONSUMER,
    ZERO,
    UnknownJudgmentError,
    UnknownPenaltyError,
)
from ..core.penalty_invoice import Instalment, compute_invoice
from .relance_facts_types import CONFIRMED, PenaltyRow
from .relance_level import FORMAL_NOTICE


class RelancePenaltyFacts(models.AbstractModel):
    """Reads what penalties depend on: a few queries, however many lines are asked for.

    The invoices, what settled them, their debtors, the formal notices sent to consumers
    and the table of rates are read in sets; the core reckons; nothing is written.
    """

    _name = "relance.penalty.facts"
    _inherit = ["relance.penalty.terms"]
    _description = "Facts about late-payment penalties"

    @api.model
    def _compute(
        self, line_ids, day, since=(), together=False, until=(), disputed=None
    ):
        """Return what has accrued on instalments at ``day``.

        All the instalments of the invoices concerned are reckoned together, because the
        indemnity is due once per invoice: the first late instalment carries it.

        :param since: ``{line id: first day}`` for those of which the days before have
            been claimed
        :param until: ``{line id: last day}`` for those of which later days do not count
        :param disputed: ``{line id: amount}`` of what is contested: no penalties are
            reckoned on it
        :param together: the lines are asked for together: if none of them is the one
            that carries the indemnity of its invoice, the first that is late does
        :return: ``{line id: core.penalty.Penalty}``, and ``{line id:
            UnknownPenaltyError}`` of those for which a half-year has no rate, or nobody
            entered the day of a judgment
        """
        if not line_ids:
            return {}, {}
        self.env.flush_all()
        rows = self._load_lines(list(line_ids))
        parts = self._load_settlements(rows, since, until)
        terms = self._load_terms(rows)
        self._add_notices(rows, parts, terms)
        self._add_lump_sums(rows, parts)
        wanted, found, unknown = set(line_ids), {}, {}
        for debt, instalments in self._by_debt(rows, parts, disputed or {}).items():
            try:
                result = self._compute_debt(instalments, day, terms[debt])
            except UnknownPenaltyError as error:
                unknown.update((part.id, error) for part in instalments)
            else:
                if together:
                    self._carry_indemnity(result, instalments, wanted)
                found.update(result)
        return (
            {key: value for key, value in found.items() if key in wanted},
            {key: value for key, value in unknown.items() if key in wanted},
        )

    @api.model
    def _by_debt(self, rows, parts, disputed):
        """Return ``{debt: its instalments}``, without what is disputed of them."""
        debts = defaultdict(list)
        for row in rows:
            part = parts[row.line_id]
            part.credits += disputed.get(row.line_id, ZERO)
            debts[row.debt].append(part)
        return debts

    @api.model
    def _compute_debt(self, instalments, day, terms):
        """Return the penalties of the instalments of one debt.

        :raise core.penalty.UnknownPenaltyError: when they depend on what is not known
        """
        terms = dict(terms)
        undated_id = terms.pop("undated_id")
        result = compute_invoice(instalments, day, **terms)
        if undated_id and any(penalty.total for penalty in result.values()):
            raise UnknownJudgmentError(undated_id)
        return result

    @api.model
    def _carry_indemnity(self, result, instalments, wanted):
        """Move the indemnity of an invoice to the first late line that is wanted."""
        carriers = [key for key, penalty in result.items() if penalty.indemnity]
        late = [
            part.id
            for part in sorted(instalments, key=lambda part: (part.maturity, part.id))
            if part.id in wanted and result[part.id].segments
        ]
        if carriers and late and carriers[0] not in wanted:
            amount = result[carriers[0]].indemnity
            result[carriers[0]] = result[carriers[0]].with_indemnity(ZERO)
            result[late[0]] = result[late[0]].with_indemnity(amount)

    # ----------------------------------------------------------------------- lines

    @api.model
    def _load_lines(self, line_ids):
        """Return all the instalments of the invoices of these lines, as ``PenaltyRow``.

        Of posted invoices; of entries the lines asked for only. The documents by which
        penalties are invoiced bear none themselves (Code civil, 1343-2), nor does the
        money that we paid to a customer.
        """
        accounts = self.env["relance.facts"]._receivable_account_ids()
        rows = self.env.execute_query(
            SQL(
                """
                WITH asked AS (
                    SELECT DISTINCT move_id FROM account_move_line
                     WHERE id = ANY(%s) AND account_id = ANY(%s))
                SELECT l.id,
                       CASE WHEN m.move_type = 'entry' THEN 'line,' || l.id
                            ELSE 'move,' || l.move_id END,
                       l.move_id, l.company_id, l.currency_id, p.commercial_partner_id,
                       l.amount_currency::text, l.date_maturity,
                       m.relance_penalty_regime, m.relance_penalty_rate::text,
                       LEAST(COALESCE(m.invoice_date, l.date), m.delivery_date)
                  FROM asked
                  JOIN account_move_line l ON l.move_id = asked.move_id
                  JOIN account_move m ON m.id = l.move_id
                  LEFT JOIN res_partner p ON p.id = l.partner_id
                 WHERE l.account_id = ANY(%s)
                   AND l.parent_state = 'posted' AND l.balance > 0
                   AND l.date_maturity IS NOT NULL
                   AND (m.move_type <> 'entry' OR l.id = ANY(%s))
                   AND m.origin_payment_id IS NULL AND m.statement_line_id IS NULL
                   AND m.relance_is_penalty IS NOT TRUE
                """,
                line_ids,
                accounts,
                accounts,
                line_ids,
            )
        )
        return [PenaltyRow(*row) for row in rows]

    @api.model
    def _load_settlements(self, rows, since=(), until=()):
        """Return ``{line id: core.penalty_invoice.Instalment}``.

        A credit note takes off the price from the start, to the amount matched. That of
        another invoice is set off against this one: it counts from its date, as a
        payment does. A payment counts when the funds arrive (L441-9): at the date of
        its bank line, if it is matched with one, else at its own.
        """
        since, until = dict(since), dict(until)
        parts = {
            row.line_id: Instalment(
                row.line_id,
                Decimal(row.amount),
                row.maturity,
                since=since.get(row.line_id),
                until=until.get(row.line_id),
            )
            for row in rows
        }
        moves = {row.line_id: row.move_id for row in rows}
        partials = self.env.execute_query(
            SQL(
                """
                SELECT debit_move_id, debit_amount_currency::text, credit_move_id
                  FROM account_partial_reconcile WHERE debit_move_id = ANY(%s)
                """,
                list(parts),
            )
        )
        settling = self._load_settling({row[2] for row in partials})
        for line_id, amount, credit_id in partials:
            day, is_credit_note, reversed_id = settling[credit_id]
            if is_credit_note and reversed_id in (None, moves[line_id]):
                parts[line_id].credits += Decimal(amount)
            else:
                parts[line_id].payments.append((day, Decimal(amount)))
        return parts

    @api.model
    def _load_settling(self, line_ids):
        """Return ``{line id: (day, is it a credit note, what that reverses)}``.

        The day of a payment is that of the bank line its entry is matched with.
        """
        if not line_ids:
            return {}
        rows = self.env.execute_query(
            SQL(
                """
                SELECT c.id, COALESCE(bank.day, c.date), m.move_type = 'out_refund',
                       m.reversed_entry_id
                  FROM account_move_line c
                  JOIN account_move m ON m.id = c.move_id
                  LEFT JOIN LATERAL (
                        SELECT max(b.date) AS day
                          FROM account_move_line o
                          JOIN account_partial_reconcile r ON r.debit_move_id = o.id
                          JOIN account_move_line b ON b.id = r.credit_move_id
                          JOIN account_move bm ON bm.id = b.move_id
                         WHERE o.move_id = m.id AND bm.statement_line_id IS NOT NULL
                       ) bank ON m.origin_payment_id IS NOT NULL
                 WHERE c.id = ANY(%s)
                """,
                list(line_ids),
            )
        )
        return {row[0]: tuple(row[1:]) for row in rows}

    @api.model
    def _get_owed(self, line_ids, day):
        """Return ``{line id: what was still owed at the end of day}``, if anything."""
        self.env.flush_all()
        parts = self._load_settlements(self._load_lines(list(line_ids)))
        owed = {line_id: parts[line_id].owed_on(day) for line_id in parts}
        return {key: owed[key] for key in line_ids if owed.get(key, ZERO) > 0}

    # --------------------------------------------------------------------- notices

    @api.model
    def _add_notices(self, rows, parts, terms):
        """Give to the instalments of consumers the day of their formal notice.

        By registered letter, from its receipt on: see ``core.postal.notice_date``.
        """
        consumers = [
            row.line_id for row in rows if terms[row.debt]["regime"] == CONSUMER
        ]
        if not consumers:
            return
        for line_id, day in self.env.execute_query(
            SQL(
                """
                SELECT rl.move_line_id,
                       min(CASE WHEN g.id IS NULL THEN r.date_done
                                ELSE g.notice_on END) AS day
                  FROM relance_reminder_line rl
                  JOIN relance_reminder r ON r.id = rl.reminder_id
                  JOIN relance_level lv ON lv.id = rl.level_id
                  LEFT JOIN relance_registered_letter g ON g.reminder_id = r.id
                 WHERE rl.move_line_id = ANY(%s) AND lv.phase = %s AND r.state IN %s
                 GROUP BY rl.move_line_id
                HAVING min(CASE WHEN g.id IS NULL THEN r.date_done
                                ELSE g.notice_on END) IS NOT NULL
                """,
                consumers,
                FORMAL_NOTICE,
                CONFIRMED,
            )
        ):
            parts[line_id].notice = day
