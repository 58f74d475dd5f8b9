from odoo import fields, models

from ..core.calendar import shift
from .relance_level import PREVENTIVE

SOURCE = "portal"


class RelanceAnswerRecording(models.AbstractModel):
    """What follows from an answer: as if an officer had typed it, and bounded.

    Nobody suspends their own reminders for ever by answering again and again: a second
    dispute of what was looked into, or "already paid" repeated, is read by an officer
    and suspends nothing by itself.
    """

    _name = "relance.answer.recording"
    _description = "What follows from answers"

    def _do_promise(self, scope, said):
        self._promise(scope, said, said.text)

    def _promise(self, scope, said, note):
        """Note a promise, by the rules of all promises."""
        lines = said.lines
        is_open = sum(lines._relance_undisputed_amounts())
        self.promise_id = self.env["relance.promise"].create(
            {
                "partner_id": scope.debtor.id,
                "move_line_ids": [fields.Command.set(lines.ids)],
                "date": said.day,
                "amount": float(said.amount) if said.amount else is_open,
                "source": SOURCE,
                "promised_by": said.author,
                "note": note,
                "reminder_id": self.reminder_id.id,
            }
        )

    def _do_dispute(self, scope, said):
        if self._was_looked_into(said.lines):
            return  # told to the officer, who decides
        lines = said.lines
        is_open = sum(lines._relance_undisputed_amounts())
        self.dispute_id = self.env["relance.dispute"].create(
            {
                "partner_id": scope.debtor.id,
                "move_line_ids": [fields.Command.set(lines.ids)],
                "reason_id": said.reason.id,
                "amount": float(said.amount) if said.amount else is_open,
                "source": SOURCE,
                "description": said.text,
                "reminder_id": self.reminder_id.id,
            }
        )

    def _was_looked_into(self, lines):
        """Say whether a dispute of these lines was settled, or a court has the case."""
        settled = [("move_line_ids", "in", lines.ids), ("state", "=", "resolved")]
        is_settled = self.env["relance.dispute"].search_count(settled, limit=1)
        return bool(is_settled) or self._is_handed_over(lines)

    def _is_handed_over(self, lines):
        holds = self.env["relance.line.hold"]
        return bool(
            holds.search_count(
                [("move_line_id", "in", lines.ids), ("litigation_id", "!=", False)],
                limit=1,
            )
        )

    def _do_paid(self, scope, said):
        """Wait some days for money that is on its way, they say: no promise."""
        if self._is_handed_over(said.lines):
            return
        covered = self._get_covered(said)
        lines = covered - self._get_waited_for(scope, covered)
        until = shift(scope.today(), scope.company.relance_promise_tolerance)
        holds = self.env["relance.line.hold"]
        held = holds.search([("move_line_id", "in", lines.ids), ("active", "=", True)])
        longer = held.filtered(lambda h: not h.date_until or h.date_until >= until)
        if rest := lines - longer.move_line_id:
            pages = self.env["relance.page"]
            reason = self.env._(
                "paid on %(day)s, says %(who)s on the personal page",
                day=pages._day(said.day),
                who=said.author or scope.debtor.name,
            )
            holds._hold(rest, reason, until, user=pages._find_officer(scope))

    def _get_covered(self, said):
        """Return the instalments that the amount paid covers, the oldest first.

        A small amount does not suspend a large debt.
        """
        if not said.amount:
            return said.lines
        covered, left = said.lines.browse(), float(said.amount)
        lines = said.lines.sorted(lambda li: (li.date_maturity or li.date, li.id))
        amounts = lines._relance_undisputed_amounts()
        for line, amount in zip(lines, amounts, strict=True):
            if line.currency_id.compare_amounts(amount, left) > 0:
                break
            covered, left = covered | line, left - amount
        return covered

    def _get_waited_for(self, scope, lines):
        """Return the lines of which it was said too often that they are paid."""
        allowed = scope.company.relance_promise_pauses
        earlier = self.search(
            [
                ("kind", "=", "paid"),
                ("move_line_ids", "in", lines.ids),
                ("id", "!=", self.id),
            ]
        )
        return lines.filtered(
            lambda line: (
                len(earlier.filtered(lambda a: line in a.move_line_ids)) >= allowed
            )
        )

    def _do_approved(self, scope, said):
        """Note that the invoices go their way; when late, the day is a promise."""
        today = scope.today()
        late = said.lines.filtered(lambda li: (li.date_maturity or li.date) < today)
        is_open = sum(said.lines._relance_undisputed_amounts())
        if late and said.day and is_open > 0:
            words = self.env._("Approved; payment run on that day, they say.")
            self._promise(scope, said, "\n".join(filter(None, (words, said.text))))
        elif self.reminder_id.phase == PREVENTIVE:
            self.reminder_id.write(
                {
                    "bill_received": "yes",
                    "bill_approved": "yes",
                    "bill_approved_by": said.author,
                    "payment_run_on": said.day,
                }
            )

    def _do_copy(self, scope, said):
        if self.reminder_id.phase == PREVENTIVE:
            self.reminder_id.bill_received = "no"

    def _do_contact(self, scope, said):
        """Have the contact repaired by a person.

        Not at once: reminders carry invoices, and whoever has the link would decide to
        whom they go.
        """
        name, email, phone = said.person
        words = self.env._(
            "%(author)s names whom to talk to: %(person)s. Check it, then enter it.",
            author=said.author,
            person=", ".join(filter(None, (name, email, phone))),
        )
        self.reminder_id._ask_for_repair(words)
