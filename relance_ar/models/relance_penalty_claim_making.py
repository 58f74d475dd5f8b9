from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL, formatLang

from ..core.penalty import NOTHING, ZERO
from .relance_penalty_states import DRAFT, LIVE


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
    def _get_unclaimed(self, lines, day, states):
        """Return the penalties of lines without what claims in ``states`` cover.

        :return: as ``relance.penalty.facts._compute``
        """
        until, with_indemnity = self._get_covered(lines, day, states)
        since = {key: last + timedelta(days=1) for key, last in until.items()}
        found, missing = self.env["relance.penalty.facts"]._compute(
            lines.ids, day, since, together=True
        )
        for line in lines.filtered(lambda li: li.move_id.id in with_indemnity):
            if line.id in found:
                found[line.id] = found[line.id].with_indemnity(ZERO)
        return found, missing

    @api.model
    def _get_covered(self, lines, day, states):
        """Return the last day claimed of each line, and the invoices with indemnity.

        What was settled after ``day`` was not yet so on that day.
        """
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT cl.move_line_id, cl.move_id, max(cl.date_to),
                       bool_or(cl.indemnity > 0)
                  FROM relance_penalty_claim_line cl
                  JOIN relance_penalty_claim c ON c.id = cl.claim_id
                 WHERE cl.move_id = ANY(%s) AND c.state = ANY(%s)
                   AND COALESCE(c.settled_on <= %s, TRUE)
                 GROUP BY cl.move_line_id, cl.move_id
                """,
                lines.move_id.ids,
                list(states),
                day,
            )
        )
        until = {row[0]: row[2] for row in rows if row[0] and row[2]}
        return until, {row[1] for row in rows if row[3]}

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
                    }
                )
                for segment in segments
            ],
        }

    # ------------------------------------------------------------------ difference

    def _get_difference(self):
        """Return that the same days would bear another interest now, or "".

        A payment undone, a credit note or another date of payment changes what was
        owed; what was claimed stays as it was made.
        """
        self.ensure_one()
        until, since = {}, {}
        for line in self.line_ids.filtered("date_from"):
            key = line.move_line_id.id
            since[key] = min(since.get(key, line.date_from), line.date_from)
            until[key] = max(until.get(key, line.date_to), line.date_to)
        now = 0
        for day in set(until.values()):
            ids = [key for key in until if until[key] == day and key]
            # sudo: sums of the invoices of the claim.
            facts = self.env["relance.penalty.facts"].sudo()
            found, _missing = facts._compute(ids, day, since)
            now += float(sum(penalty.interest for penalty in found.values()))
        if self.currency_id.compare_amounts(now, self.amount_interest) == 0:
            return ""
        return self.env._(
            "Payments or credit notes have changed since: the same days would now bear "
            "%(amount)s of interest.",
            amount=formatLang(self.env, now, currency_obj=self.currency_id),
        )
