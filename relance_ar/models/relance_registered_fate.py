from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date

from ..core.postal import (
    DELIVERED,
    NOT_POSTED,
    OFFERED,
    POSTED,
    REFUSED,
    RETURNED,
    UNCLAIMED,
    find_disorder,
)


class RelanceRegisteredFate(models.AbstractModel):
    """What becomes of registered letters, with the slips that prove it.

    It is noted once. What was mistyped is put right by a further sealed contact, beside
    the first one.
    """

    _name = "relance.registered.fate"
    _inherit = ["relance.registered.slip"]
    _description = "Fate of a registered letter"

    def action_note_fate(self):
        """Open what asks for the fate of the letters: state, days, slip."""
        return self._ask(self.env._("What became of it?"))

    def action_correct_fate(self):
        """Open what asks for the right state and days of a letter, and why."""
        self.ensure_one()
        return self._ask(
            self.env._("Correct what was noted"),
            default_asks="correction",
            default_state=self.state,
            default_presented_on=self.presented_on,
            default_day=self.delivered_on or self.returned_on,
        )

    def _note_fate(self, state, presented_on=None, delivered_on=None, files=(), why=""):
        """Note what has become of letters; slips are kept as a proof.

        :param files: ``[(name, bytes)]``
        :param why: why what was noted before is put right
        :return: the letters noted
        :raise UserError: for a letter whose fate is known, or days in disorder
        """
        self.check_access("write")
        # sudo: written by this verb only, on letters that the user may write.
        letters = self.sudo()
        letters._check_known(state, why)
        letters._check_fate(state, presented_on, delivered_on)
        found = letters.filtered(lambda r: r.state == RETURNED != state)
        found._take_step_back()
        slips = letters._keep_slips(files)
        is_back = state in (REFUSED, UNCLAIMED, RETURNED)
        letters.write(
            {
                "state": state,
                "presented_on": presented_on,
                "delivered_on": delivered_on if state == DELIVERED else False,
                "returned_on": delivered_on if is_back else False,
            }
        )
        letters._drop_news_task()
        letters._record_fate(slips, why)
        letters._repair_if_back()
        return letters.with_env(self.env)

    def _check_known(self, state, why):
        """Refuse a second fate, unless the first one is put right.

        :param state: what became of the letters now
        :raise UserError: naming the letter
        """
        for letter in self:
            is_waiting = letter._waits_for_provider()
            if (
                letter.state == NOT_POSTED
                or (state == POSTED and not why)
                or is_waiting
            ):
                raise UserError(
                    self.env._(
                        "%(name)s: say what became of a letter that is on its way.",
                        name=letter.display_name,
                    )
                )
        for letter in self.filtered(lambda r: r.state != POSTED):
            if not why:
                raise UserError(
                    self.env._(
                        "What became of %(name)s has been noted: it is kept as a "
                        "proof. Correct it, saying why.",
                        name=letter.display_name,
                    )
                )

    def _take_step_back(self):
        """Count the reminders again whose letters did not come back after all.

        :raise UserError: when another reminder has taken the step meanwhile
        """
        for letter in self:
            letter.reminder_id._count_again(letter.posted_on, letter.deadline)

    def _check_fate(self, state, presented_on, delivered_on):
        """Refuse what cannot be: missing days, days in disorder.

        :raise UserError: naming the letter
        """
        today = fields.Date.context_today(self)
        for letter in self:
            if state == DELIVERED and not delivered_on:
                raise UserError(self.env._("Enter the day of the delivery."))
            if state in OFFERED and not presented_on:
                raise UserError(
                    self.env._(
                        "Enter the day on which it was first presented: a formal "
                        "notice counts from that day."
                    )
                )
            wrong = find_disorder(letter.posted_on, presented_on, delivered_on, today)
            if wrong:
                raise UserError(letter._say_disorder(*wrong))

    def _say_disorder(self, earlier, later):
        words = {
            "posted": self.env._("the posting"),
            "presented": self.env._("the first presentation"),
            "delivered": self.env._("the delivery or the return"),
            "today": self.env._("today"),
        }
        return self.env._(
            "%(name)s, posted on %(day)s: %(later)s comes before %(earlier)s.",
            name=self.display_name,
            day=format_date(self.env, self.posted_on),
            earlier=words[earlier],
            later=words[later],
        )

    def _record_fate(self, slips, why=""):
        """Seal the fate of the letters; of a correction, why it was made."""
        words, bodies = {}, {}
        to_html = self.env["relance.event"]._to_html
        for letter in self:
            said = words[letter] = letter._say_fate()
            if why:
                words[letter] = self.env._("Corrected: %(fate)s", fate=said)
                letter._message_log(body=f"{words[letter]} – {why}")
            about = [*letter._get_fate_facts(), (self.env._("Why corrected"), why)]
            bodies[letter] = to_html(about)
        self._record_postal(words, slips, bodies)

    def _get_fate_facts(self):
        """Return the days that were noted, as ``[(label, text)]``."""
        self.ensure_one()
        names = ("presented_on", "delivered_on", "returned_on", "notice_on")
        return [
            (
                self._fields[name]._description_string(self.env),
                self[name] and format_date(self.env, self[name]),
            )
            for name in names
        ]

    def _say_fate(self):
        """Return what became of the letter, in one sentence."""
        self.ensure_one()
        states = dict(self._fields["state"]._description_selection(self.env))
        day = self.delivered_on or self.presented_on or self.returned_on
        return " · ".join(
            filter(
                None,
                (
                    self.reminder_id.reference,
                    self.number,
                    states[self.state],
                    format_date(self.env, day) if day else "",
                ),
            )
        )

    def _repair_if_back(self):
        """Fail the reminders whose letter came back from an address not theirs."""
        back = self.filtered(lambda letter: letter.state == RETURNED)
        for letter in back:
            letter.reminder_id._fail(
                self.env._("The registered letter came back from the address."),
                "address",
            )
