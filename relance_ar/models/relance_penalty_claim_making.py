from datetime import timedelta
from typing import NamedTuple

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..core.penalty import NOTHING, ZERO
from .relance_facts_types import debt_of
from .relance_penalty_states import CLAIMED, DRAFT, LIVE, OFFERED


class Covered(NamedTuple):
    """What claims cover of some debts.

    :param until: ``{line id: last day}``
    :param offered: ``{line id: last day}`` of those under an offer to waive
    :param debts: those whose indemnity is in a claim
    """

    until: dict
    offered: dict
    debts: set


class RelancePenaltyClaimMaking(models.AbstractModel):
    """How claims are made: of what accrued and no claim has asked for yet."""

    _name = "relance.penalty.claim.making"
    _description = "Making of claims of penalties"

    @api.model
    def prepare(self, move_line_ids, date=None):
        """Make draft claims of what has accrued on instalments and is not claimed yet.

        A draft that the debtor already has in the same currency is reckoned again with
        them. Nothing is made of what has accrued nothing.

        :param move_line_ids: ids of receivable lines that the user may read
        :param date: last day of interest; today if not given, and never later
        :return: the drafts
        :raise UserError: naming the half-year whose rate is not known
        """
        self.check_access("write")
        lines = self.env["account.move.line"].browse(move_line_ids)
        lines.check_access("read")
        today = fields.Date.context_today(self)
        day = min(self.env["relance.run"]._to_date(date) if date else today, today)
        # sudo: claims are made by this method only, of lines just checked.
        return self.sudo()._prepare(lines, day).with_env(self.env)

    @api.model
    def _prepare(self, lines, day):
        """Make draft claims until ``day``, one for each debtor and currency."""
        drafts = self._find_open(lines, DRAFT)
        lines |= drafts.line_ids.move_line_id
        drafts.line_ids.unlink()
        found = self._reckon(lines, day)
        claims = self._write_lines(found, drafts, day)
        empty = drafts.filtered(lambda c: not c.line_ids and not c.amount_cost)
        empty.unlink()
        return claims - empty

    def _refresh(self, day):
        """Reckon drafts again until ``day``; return those that there still are."""
        drafts = self.filtered(lambda claim: claim.state == DRAFT)
        return self._prepare(drafts.line_ids.move_line_id, day) & drafts

    # ------------------------------------------------------------------- reckoning

    @api.model
    def _reckon(self, lines, day, states=LIVE):
        """Return what has accrued on lines until ``day``, less what was claimed.

        :param states: of the claims whose days and indemnities are left out
        :return: ``{line: core.penalty.Penalty}`` of those with something to ask for
        :raise UserError: naming the half-year whose rate is not known
        """
        found, missing = self._get_unclaimed(lines, day, states)
        if missing:
            error = next(iter(missing.values()))
            raise UserError(self.env["relance.interest.rate"]._say_missing(error))
        return {
            line: found[line.id]
            for line in lines.sorted(lambda li: (li.date_maturity, li.id))
            if found.get(line.id, NOTHING).total
        }

    @api.model
    def _get_unclaimed(self, lines, day, states, ignored=(), disputed=None):
        """Return the penalties of lines without what claims in ``states`` cover.

        Nothing is asked on what is disputed, nor on what a payment plan gives up.

        While an offer to waive runs, no day after those of its claim is asked for: it
        is part of the deal.

        :param ignored: ids of lines of claims that cover nothing
        :param disputed: ``{line id: amount}`` contested; as of today if not given

        :return: as ``relance.penalty.facts._compute``
        """
        if disputed is None:
            disputed = self._get_disputed(lines.ids)
        given_up = self.env["relance.plan"]._get_waived_line_ids(lines.ids)
        lines = lines.filtered(lambda line: line.id not in given_up)
        debts = {
            line.id: debt_of(line.move_id.id, line.move_id.move_type, line.id)
            for line in lines
        }
        covered = self._get_covered(set(debts.values()), day, states, ignored)
        since = {key: last + timedelta(days=1) for key, last in covered.until.items()}
        found, missing = self.env["relance.penalty.facts"]._compute(
            lines.ids,
            day,
            since,
            together=True,
            until=covered.offered,
            disputed={i: disputed[i] for i in lines.ids if i in disputed},
        )
        for line_id in found:
            if debts[line_id] in covered.debts:
                found[line_id] = found[line_id].with_indemnity(ZERO)
        return found, missing

    @api.model
    def _get_disputed(self, line_ids):
        """Return ``{line id: what is contested of it today}``."""
        # sudo: amounts of lines whose penalties the caller may reckon.
        return self.env["relance.dispute"].sudo()._load_disputed_parts(line_ids)

    @api.model
    def _get_covered(self, debts, day, states, ignored):
        """Return what the claims of debts cover, as ``Covered``.

        Where only what is settled counts, what was settled after ``day`` was not yet so
        on that day.
        """
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT cl.move_line_id, cl.debt_key,
                       max(cl.date_to) FILTER (WHERE covering.it),
                       bool_or(cl.indemnity > 0 AND covering.it),
                       max(COALESCE(cl.date_to, c.date)) FILTER (
                            WHERE c.state = %s AND c.waiver_state = %s)
                  FROM relance_penalty_claim_line cl
                  JOIN relance_penalty_claim c ON c.id = cl.claim_id
                 CROSS JOIN LATERAL (
                        SELECT c.state = ANY(%s)
                           AND (%s OR COALESCE(c.settled_on <= %s, TRUE)) AS it
                       ) covering
                 WHERE cl.debt_key = ANY(%s) AND cl.id <> ALL(%s)
                 GROUP BY cl.move_line_id, cl.debt_key
                """,
                CLAIMED,
                OFFERED,
                list(states),
                CLAIMED in states,
                day,
                list(debts),
                list(ignored),
            )
        )
        return Covered(
            {row[0]: row[2] for row in rows if row[0] and row[2]},
            {row[0]: row[4] for row in rows if row[0] and row[4]},
            {row[1] for row in rows if row[3]},
        )

    @api.model
    def _drop_lines(self, drafts, lines):
        """Take instalments out of drafts, and what is empty then."""
        drafts.line_ids.filtered(lambda line: line.move_line_id in lines).unlink()
        drafts.filtered(lambda c: not c.line_ids and not c.amount_cost).unlink()

    # --------------------------------------------------------------------- writing

    @api.model
    def _find_open(self, lines, state):
        """Return the claims in a state of the debtors of lines, not under an offer."""
        return self.search(
            [
                ("state", "=", state),
                ("waiver_state", "!=", "offered"),
                ("company_id", "in", lines.company_id.ids),
                ("partner_id", "in", lines.partner_id.commercial_partner_id.ids),
                ("currency_id", "in", lines.currency_id.ids),
            ],
            order="id",
        )

    @api.model
    def _key(self, record):
        """Return what a claim has one of: company, debtor, currency."""
        debtor = record.partner_id.commercial_partner_id
        return record.company_id.id, debtor.id, record.currency_id.id

    @api.model
    def _write_lines(self, found, existing, day):
        """Add lines to claims, one for each debtor and currency.

        :param found: ``{line: core.penalty.Penalty}``
        :param existing: claims that take what is of their debtor
        :return: the claims with something new
        """
        by_key = {self._key(claim): claim for claim in existing}
        groups = {}
        for line in found:
            groups.setdefault(self._key(line), []).append(line)
        new_keys = [key for key in groups if key not in by_key]
        new = self.create([self._prepare_claim(key, day) for key in new_keys])
        by_key.update(zip(new_keys, new, strict=True))
        self.env["relance.penalty.claim.line"].create(
            [
                self._prepare_line(by_key[key], line, found[line])
                for key, lines in groups.items()
                for line in lines
            ]
        )
        touched = self.browse([by_key[key].id for key in groups])
        touched.date = day
        return touched

    @api.model
    def _prepare_claim(self, key, day):
        """Return the values of a claim. To be extended."""
        names = ("company_id", "partner_id", "currency_id")
        return {**dict(zip(names, key, strict=True)), "date": day}

    @api.model
    def _prepare_line(self, claim, line, penalty):
        """Return the values of a line of a claim. To be extended."""
        segments = penalty.segments
        return {
            "claim_id": claim.id,
            "move_line_id": line.id,
            "move_id": line.move_id.id,
            "debt_key": debt_of(line.move_id.id, line.move_id.move_type, line.id),
            "move_name": line.move_name or line.move_id.name,
            "date_maturity": line.date_maturity,
            "date_from": segments[0].start if segments else False,
            "date_to": segments[-1].end if segments else False,
            "interest": float(penalty.interest),
            "indemnity": float(penalty.indemnity),
            "segment_ids": [
                fields.Command.create(
                    {
                        "date_from": segment.start,
                        "date_to": segment.end,
                        "days": segment.days,
                        "base": float(segment.base),
                        "rate": float(segment.rate),
                        "amount": float(segment.amount),
                        "rate_kind": segment.kind,
                        "reference_rate": float(segment.reference or 0),
                    }
                )
                for segment in segments
            ],
        }
