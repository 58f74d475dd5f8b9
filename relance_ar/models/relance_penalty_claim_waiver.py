from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import format_date

from ..core.penalty import NOTHING, ZERO
from .relance_groups import MANAGER_GROUP
from .relance_penalty_states import (
    CLAIMED,
    DRAFT,
    GRANTED,
    LAPSED,
    LIVE,
    OFFERED,
    OFFERS,
    WAIVED,
)

# Until the bank's statement of the last day has been matched.
BOOKING_DAYS = 5
# How long a payment in time, but booked late, still brings a lapsed offer back.
LATE_BOOKING_DAYS = 60


class RelancePenaltyClaimWaiver(models.AbstractModel):
    """Giving up penalties: at once, or if the debt is paid by a day.

    L441-10 lets a creditor waive what has accrued; a public buyer is never offered it
    beforehand by a clause (L2192-14). Who, when and why are kept.
    """

    _name = "relance.penalty.claim.waiver"
    _description = "Waiver of penalties"

    waived_by_id = fields.Many2one("res.users", readonly=True, copy=False)
    waive_reason = fields.Char(string="Why it is waived", readonly=True, copy=False)
    waiver_state = fields.Selection(
        OFFERS, string="Offer to waive", readonly=True, copy=False, index=True
    )
    waiver_until = fields.Date(
        string="Waived if paid by",
        readonly=True,
        copy=False,
        help="Waived if all its instalments have been paid by this day.",
    )

    def action_waive(self):
        """Open the form that asks why, and on which condition."""
        return self.env["relance.penalty.waive"]._open_for(self)

    def waive(self, reason, paid_by=None):
        """Give up claims, or offer to if the debt is paid by a day.

        :param paid_by: the day, or its ISO form; None to waive at once
        :return: the claims waived or offered to be
        :raise AccessError: for who is no credit manager
        :raise UserError: without a reason, or for a day gone by
        """
        if not (self.env.su or self.env.user.has_group(MANAGER_GROUP)):
            raise AccessError(
                self.env._("Penalties are waived by a credit manager only.")
            )
        reason = (reason or "").strip()
        if not reason:
            raise UserError(self.env._("Say why the penalties are waived."))
        if not paid_by:
            return self._move("_waive", reason, self.env.user)
        day = self.env["relance.run"]._to_date(paid_by)
        if day < fields.Date.context_today(self):
            raise UserError(
                self.env._(
                    "The day of payment, %(day)s, has gone by: waive at once instead.",
                    day=format_date(self.env, day),
                )
            )
        return self._move("_offer_waiver", reason, self.env.user, day)

    def _waive(self, reason, user):
        waived = self.filtered(lambda claim: claim.state in (DRAFT, CLAIMED))
        waived.filtered(lambda c: c.waiver_state != GRANTED).waiver_state = False
        waived.write(
            {
                "state": WAIVED,
                "waived_by_id": user.id,
                "waive_reason": reason,
                "settled_on": fields.Date.context_today(self),
            }
        )
        words = self.env._("Waived by %(user)s: %(why)s", user=user.name, why=reason)
        waived._log_words(words)
        return waived

    def _log_words(self, words):
        """Note the same on each claim, in a batch."""
        self._message_log_batch(dict.fromkeys(self.ids, words))

    def _offer_waiver(self, reason, user, day):
        offered = self.filtered(lambda claim: claim.state in (DRAFT, CLAIMED))
        offered._claim()
        offered.write(
            {
                "waived_by_id": user.id,
                "waive_reason": reason,
                "waiver_state": OFFERED,
                "waiver_until": day,
            }
        )
        lines = offered.line_ids.move_line_id
        # The days to come are part of the deal.
        self._drop_lines(self._find_open(lines, DRAFT), lines)
        offered._log_words(
            self.env._(
                "%(user)s offers to waive it if all is paid by %(day)s: %(why)s",
                user=user.name,
                day=format_date(self.env, day),
                why=reason,
            )
        )
        return offered

    def action_withdraw_offer(self):
        """Take an offer back: the claim stays. Return the claims concerned.

        :raise AccessError: for who is no credit manager
        """
        if not (self.env.su or self.env.user.has_group(MANAGER_GROUP)):
            raise AccessError(self.env._("Offers are withdrawn by a credit manager."))
        return self._move("_lapse")

    # ------------------------------------------------------------------ settlement

    @api.model
    def _cron_settle_offers(self):
        """Settle the offers whose debts were paid in time, or whose day has gone by."""
        today = fields.Date.context_today(self)
        offers = self.search(
            [
                ("state", "=", CLAIMED),
                ("waiver_state", "in", (OFFERED, LAPSED)),
                ("waiver_until", ">=", today - timedelta(days=LATE_BOOKING_DAYS)),
            ]
        )
        old = self.search(
            [
                ("state", "=", CLAIMED),
                ("waiver_state", "=", OFFERED),
                ("waiver_until", "<", today - timedelta(days=LATE_BOOKING_DAYS)),
            ]
        )
        (offers | old)._settle_offers(today)

    def _settle_offers(self, today):
        """Grant the offers whose condition is met; let those too late lapse.

        What accrued after the claim, until the payment, is waived with it.
        """
        kept = self._filter_paid()
        # The offer that ends first goes first: later ones hold the days back.
        for day, claims in sorted(kept.grouped("waiver_until").items()):
            granted = claims._extend_to_payment(day)
            granted.waiver_state = GRANTED
            by_words = granted.grouped(lambda c: (c.waive_reason, c.waived_by_id))
            for (reason, user), same in by_words.items():
                same._waive(reason, user)
        limit = today - timedelta(days=BOOKING_DAYS)
        (self - kept).filtered(lambda claim: claim.waiver_until < limit)._lapse()
        return kept

    def _lapse(self):
        lapsed = self.filtered(
            lambda claim: claim.state == CLAIMED and claim.waiver_state == OFFERED
        )
        lapsed.waiver_state = LAPSED
        for day, claims in lapsed.grouped("waiver_until").items():
            claims._log_words(
                self.env._(
                    "The offer to waive it has lapsed: not all was paid by %(day)s.",
                    day=format_date(self.env, day),
                )
            )
        return lapsed

    def _filter_paid(self):
        """Return the claims of which the funds of all the instalments had arrived by
        the day of their offer."""
        facts = self.env["relance.penalty.facts"]
        lines = self.line_ids.move_line_id
        self.env.flush_all()
        parts = facts._load_settlements(facts._load_lines(lines.ids))

        def is_paid(claim):
            mine = [parts[i] for i in claim.line_ids.move_line_id.ids if i in parts]
            day = claim.waiver_until
            return bool(mine) and all(part.owed_on(day) <= ZERO for part in mine)

        return self.filtered(is_paid)

    def _extend_to_payment(self, day):
        """Add to claims offered until ``day`` the days after them, until the payment.

        :return: those of which they can be reckoned: the others want a rate
        """
        lines, before = self.line_ids.move_line_id, self.grouped("waiver_state")
        self.waiver_state = False  # their own offers no longer hold the days back
        found, missing = self._get_unclaimed(lines, day, LIVE)
        for state, claims in before.items():
            claims.waiver_state = state
        known = self.filtered(
            lambda claim: missing.keys().isdisjoint(claim.line_ids.move_line_id.ids)
        )
        # Of two claims of an instalment, the later one goes on.
        takers = {
            line.move_line_id: line.claim_id
            for line in known.line_ids.sorted(
                lambda each: (each.claim_id.date, each.id)
            )
        }
        self.env["relance.penalty.claim.line"].create(
            [
                self._prepare_line(claim, line, found[line.id])
                for line, claim in takers.items()
                if found.get(line.id, NOTHING).total
            ]
        )
        for claim in known:
            ends = claim.line_ids.filtered("date_to").mapped("date_to")
            claim.date = max([claim.date, *ends])
        return known
