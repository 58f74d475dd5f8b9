from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain

from ..core import dispute
from ..core.amounts import ZERO
from .relance_dispute_entering import OPEN_STATES

# Days for which the books may take back what ended a dispute.
LOOK_BACK = timedelta(days=366)
SETTLED = ("paid", "credited", "partly")


class RelanceDisputeBooks(models.AbstractModel):
    """What entries change of disputes after they were opened, or settled."""

    _name = "relance.dispute.books"
    _description = "Disputes that follow the books"

    is_closed_by_books = fields.Boolean(
        readonly=True,
        copy=False,
        help="Nobody concluded it: what was paid or credited ended it.",
    )

    def _get_notes_matched(self):
        """Return the credit notes matched with the instalments since it was opened."""
        self.ensure_one()
        record = self.sudo()  # sudo: which they are, the rights were checked
        line_ids = record._line_ids_by_record()[self.id]
        since = record._receipts_of(line_ids, record._load_receipts(line_ids))
        notes = {r.document for r in since if r.is_credit_note}
        return record.env["account.move"].browse(sorted(notes))

    def _get_credit_given(self):
        """Return what is credited of it: matched, or about to be."""
        self.ensure_one()
        waiting = 0
        notes = self.sudo().credit_move_ids  # sudo: as in _get_notes_matched
        for note in notes.filtered(lambda m: m.currency_id == self.currency_id):
            if note.state == "draft":
                waiting += note.amount_total
            elif note.state == "posted":
                waiting += note.amount_residual
        return self._get_credited() + waiting

    # ------------------------------------------------------------------ corrected

    def _lower_to_invoiced(self):
        """Dispute no more than is invoiced, when invoices are corrected or cancelled.

        :return: the disputes lowered
        """
        lowered = self.browse()
        for record in self.filtered(lambda r: r.state in OPEN_STATES):
            lines = record.move_line_ids
            if "draft" in lines.mapped("parent_state"):
                continue  # being corrected: it waits for that
            posted = lines.filtered(lambda li: li.parent_state == "posted")
            most = sum(posted.mapped("amount_currency"))
            if most <= 0 or record.currency_id.compare_amounts(record.amount, most) < 1:
                continue
            record._message_log(
                body=record.env._(
                    "The invoices were corrected: %(amount)s are disputed instead of "
                    "%(before)s.",
                    amount=record._money(most),
                    before=record._money(record.amount),
                )
            )
            record.amount = most
            lowered += record
        return lowered

    # ------------------------------------------------------------------- taken back

    @api.model
    def _get_settled_domain(self, today):
        """Return the disputes whose end the books may take back.

        :rtype: Domain
        """
        return (
            Domain("state", "=", "resolved")
            & Domain("outcome", "in", SETTLED)
            & Domain("resolved_on", ">=", today - LOOK_BACK)
        )

    def _reopen_undone(self, today):
        """Open again what was settled by money or credit notes that are gone.

        One whose invoice is a draft, being corrected, waits for it.

        :return: the disputes opened again
        """
        settled = self.filtered_domain(self._get_settled_domain(today))
        line_ids = settled._line_ids_by_record()
        every = {i for ids in line_ids.values() for i in ids}
        open_amounts, drafts = self._load_open_amounts(every), self._load_drafts(every)
        receipts, reopened = self._load_receipts(every), self.browse()
        for record in settled:
            mine = line_ids[record.id]
            posted = [open_amounts[i] for i in mine if i in open_amounts]
            if not posted or drafts.intersection(mine):
                continue
            standing = record._get_standing(record._receipts_of(mine, receipts))
            if dispute.is_undone(
                record.outcome,
                self._to_decimal(record.amount_upheld),
                standing,
                is_open=any(amount > ZERO for amount in posted),
                by_books=record.is_closed_by_books,
            ):
                reopened += record
        reopened._reopen(today)
        return reopened

    def _get_standing(self, receipts):
        """Return what its credit notes still give the customer.

        Those that nobody chose count as far as they are matched; a draft or a note that
        waits for its matching counts as well if a person concluded with it.

        :param receipts: what came in for the dispute since it was opened
        """
        self.ensure_one()
        notes = self.credit_move_ids.filtered(lambda m: m.state != "cancel")
        whole = notes.filtered(
            lambda m: not self.is_closed_by_books and m.currency_id == self.currency_id
        )
        part = (notes - whole).ids
        matched = sum((r.amount for r in receipts if r.document in part), ZERO)
        return matched + self._to_decimal(sum(whole.mapped("amount_total")))

    def _reopen(self, today):
        """Open disputes again, and ask who has to act now."""
        for record in self:
            was_credited = record.amount_upheld > 0
            values = {
                "state": "open",
                "outcome": False,
                "resolved_on": False,
                "amount_upheld": 0,
                "is_closed_by_books": False,
                "escalation": "nobody",
                "escalated_to_id": False,
                "concluder_id": False,
                "escalate_on": record._get_next_day(today),
            }
            if was_credited:  # what was decided is to be done again
                values["answered_on"] = record.answered_on or today
                values["proposal"] = record.proposal or "credit"
            record.write(values)
            record._ask_after_reopening(today, was_credited)

    def _ask_after_reopening(self, today, was_credited):
        """Say why a dispute is open again, and give the task to whoever has it now."""
        self.ensure_one()
        why = self.env._("What was paid is open again: so is the dispute.")
        if was_credited:
            why = self.env._(
                "The credit notes with which it was settled were deleted, cancelled or "
                "reduced: conclude it again."
            )
        self._message_log(body=why)
        if self.answered_on:
            self._set_conclude_by(today)
            self._ask_officer(why)
        else:
            self._ask_owner()

    # --------------------------------------------------------------------- closing

    def _close_by_books(self, outcome, credited, words):
        """Settle a dispute by what was paid or credited; return it."""
        notes = self._get_notes_matched() if credited else self.credit_move_ids[:0]
        closed = self._conclude(outcome, credited, notes.ids, words)
        closed.is_closed_by_books = True
        closed._tell_closed(words)
        return closed

    def _tell_closed(self, words):
        """Tell the owner and the officer that nothing is left for them to do."""
        for record in self:
            people = (record.user_id | record.officer_id).filtered(
                lambda user: user.active and not user.share
            )
            record.message_post(
                body=words,
                partner_ids=people.partner_id.ids,
                subtype_xmlid="mail.mt_note",
            )
