from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import format_date

from .relance_dispute_entering import OPEN_STATES

NOBODY, LEADER, DIRECTOR = "nobody", "leader", "director"
# Context: an owner is replaced because they left, which asks nothing again.
LEFT = "relance_owner_left"


class RelanceDisputeEscalation(models.AbstractModel):
    """What becomes of disputes that nobody answers, or whose object is gone."""

    _name = "relance.dispute.escalation"
    _description = "Escalation of disputes"

    escalation = fields.Selection(
        [(NOBODY, "Nobody"), (LEADER, "Team leader"), (DIRECTOR, "Director")],
        string="Escalated to",
        default=NOBODY,
        readonly=True,
        copy=False,
        tracking=True,
    )
    escalate_on = fields.Date(
        string="Escalated after",
        readonly=True,
        copy=False,
        help="Without an answer by this day, the next person is asked.",
    )
    escalated_to_id = fields.Many2one(
        "res.users", string="Now with", readonly=True, copy=False, index=True
    )

    # ------------------------------------------------------------------------ cron

    @api.model
    def _cron_disputes(self):
        """Close what has lost its object, replace who left, escalate what is late."""
        today = fields.Date.context_today(self)
        followed = self.search(
            Domain("state", "in", OPEN_STATES) | self._get_settled_domain(today)
        )
        followed._go_through(lambda disputes: disputes._bring_up_to_date(today))

    def _bring_up_to_date(self, today):
        left = self.filtered(lambda r: r.state in OPEN_STATES)
        left |= (self - left)._reopen_undone(today)
        left._lower_to_invoiced()
        left -= left._close_without_object()
        left._replace_leavers()
        left._replace_concluders()
        left.filtered_domain(self._get_late_domain(today))._escalate(today)
        waiting = left.filtered_domain(self._get_unconcluded_domain(today))
        waiting._escalate_conclusions(today)
        left._give_missing_tasks()

    @api.model
    def _get_late_domain(self, today):
        """Return the disputes that nobody answered in time.

        :rtype: Domain
        """
        return (
            Domain("state", "in", OPEN_STATES)
            & Domain("answered_on", "=", False)
            & Domain("escalate_on", "<", today)
        )

    def _close_without_object(self):
        """Close disputes whose instalments are paid, credited or cancelled.

        One whose invoice is a draft, being corrected, waits for it.

        :return: the disputes closed
        """
        line_ids = self._line_ids_by_record()
        every = {i for ids in line_ids.values() for i in ids}
        open_amounts, drafts = self._load_open_amounts(every), self._load_drafts(every)
        credited, closed = self._load_credited(), self.browse()
        for record in self:
            mine = line_ids[record.id]
            if drafts.intersection(mine):
                continue
            posted = [open_amounts[i] for i in mine if i in open_amounts]
            upheld = min(float(credited.get(record.id, 0)), record.amount)
            closed += record._close_if_over(posted, upheld)
        return closed

    def _close_if_over(self, open_amounts, credited):
        """Close one dispute if nothing of it is left to settle; return it then.

        :param open_amounts: what is open on each of its posted instalments
        :param credited: what credit notes have taken off it since it was opened
        """
        self.ensure_one()
        is_whole = self.currency_id.compare_amounts(credited, self.amount) >= 0
        if not open_amounts:
            closed = self._close("cancelled", "withdrawn")
            closed._tell_closed(self.env._("The invoice was cancelled."))
            return closed
        if is_whole:
            words = self.env._("A credit note of all that is disputed was matched.")
            return self._close_by_books("credited", credited, words)
        if any(amount > 0 for amount in open_amounts):
            return self.browse()
        words = self.env._("Nothing is open on the instalments any more.")
        return self._close_by_books("partly" if credited else "paid", credited, words)

    @api.model
    def _load_drafts(self, line_ids):
        """Return the ids of those of the lines whose entry is a draft."""
        if not line_ids:
            return set()
        lines = self.env["account.move.line"]
        domain = [("id", "in", list(line_ids)), ("parent_state", "=", "draft")]
        return set(lines.search_fetch(domain, ["id"]).ids)

    def _replace_leavers(self):
        """Give the disputes of people who left to the officer of the debtor."""
        # The flag of archived users is read even if they are hidden elsewhere.
        for record in self.with_context(active_test=False):
            stays = record.user_id and record._may_own(
                record.user_id, record.company_id
            )
            if stays:
                continue
            left, officer = record.user_id, record._officer_of_debtor()
            if not officer or left == officer:
                continue
            record._message_log(
                body=self.env._(
                    "%(left)s cannot answer any more: %(officer)s takes over.",
                    left=left.name or "–",
                    officer=officer.name,
                )
            )
            record.with_context(**{LEFT: True}).user_id = officer  # its task follows

    # ------------------------------------------------------------------ escalating

    def action_escalate(self):
        """Ask the next person at once, without waiting for the deadline."""
        self._check_officer()
        return self._move("_escalate_now")

    def _escalate_now(self):
        moved = self.filtered(lambda r: r.state in OPEN_STATES)
        moved._escalate(fields.Date.context_today(self))
        return moved

    def _escalate(self, today):
        """Ask the team leader, then the director, then whoever concludes.

        The last one is asked again and again. Those that go to one person are written
        together.
        """
        found, words = {}, {}
        for record in self:
            step, who = record._get_next_step()
            words[record.id] = record._say_step(step, who, today)
            key = (step, who, record._get_next_day(today))
            found[key] = found.get(key, self.browse()) + record
        for (step, who, day), records in found.items():
            records.write(
                {
                    "state": "escalated",
                    "escalation": step,
                    "escalated_to_id": who.id,
                    "escalate_on": day,
                }
            )
        self._message_log_batch(words)
        self._ask_owners()

    def _say_step(self, step, who, today):
        """Return why the next person is asked, and who is passed over."""
        self.ensure_one()
        due = self.escalate_on
        words = self.env._("Before its deadline: %(who)s is asked.", who=who.name)
        if due and due < today:
            day = format_date(self.env, due)
            words = self.env._(
                "Not answered by %(day)s: %(who)s is asked.", day=day, who=who.name
            )
        passed = self._get_passed_over(step)
        if not passed:
            return words
        why = self.env._(
            "%(names)s cannot be asked: archived, or not in the group “Salesperson: "
            "own disputes”.",
            names=", ".join(passed.mapped("name")),
        )
        return f"{words} {why}"

    def _get_next_step(self):
        """Return the next step and the person: who is missing is passed over."""
        self.ensure_one()
        if self.escalation == NOBODY:
            self._compute_leader_id()  # teams change
            if self.leader_id:
                return LEADER, self.leader_id
        director = self.company_id.relance_director_id
        if director and self._may_own(director, self.company_id):
            return DIRECTOR, director
        return DIRECTOR, self._pick_officer(self.officer_id)
