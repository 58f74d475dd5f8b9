from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date

from ..core.postal import find_disorder
from .relance_facts_types import CONFIRMED

# What was said of the posting: whatever changes it is sealed beside the first one.
POSTING = ("number", "posted_on", "provider", "form", "deadline", "place")
SEALED = (
    *POSTING,
    "state",
    "presented_on",
    "delivered_on",
    "returned_on",
    "notice_on",
)


class RelanceRegisteredSealing(models.AbstractModel):
    """The posting of a registered letter is sealed, and so is all that changes it."""

    _name = "relance.registered.sealing"
    _description = "Seal of registered letters"

    def write(self, vals):
        if not vals.keys() & set(POSTING):
            return super().write(vals)
        before = {letter.id: letter._get_sealed() for letter in self}
        result = super().write(vals)
        changed = self.filtered(
            lambda letter: letter._get_sealed() != before[letter.id]
        )
        changed._seal_changes(before)
        return result

    def _get_sealed(self):
        """Return what is sealed of the letter, as text: the check compares it."""
        self.ensure_one()
        return {name: str(self[name] or "") for name in SEALED}

    def _get_posting_facts(self):
        """Return what was said of the posting, as ``[(label, text)]``."""
        self.ensure_one()
        selections = {
            name: dict(self._fields[name]._description_selection(self.env))
            for name in ("provider", "form")
        }
        facts = []
        for name in ("posted_on", "number", "form", "provider", "deadline"):
            value = self[name]
            if name in selections:
                value = selections[name].get(value, value)
            elif value and self._fields[name].type == "date":
                value = format_date(self.env, value)
            facts.append((self._fields[name]._description_string(self.env), value))
        return facts

    def _seal_changes(self, before):
        """Seal what was put right of postings that are sealed already.

        :param before: ``{letter id: what was sealed}``
        """
        # sudo: whether the posting is sealed, whoever puts it right.
        told = self.sudo().filtered(
            lambda letter: any(event.facts for event in letter.reminder_id.event_ids)
        )
        why, words, bodies = self.env.context.get("relance_why") or "", {}, {}
        for letter in told:
            letter = letter.with_env(self.env)
            words[letter] = letter._say_change(before[letter.id])
            facts = [*letter._get_posting_facts(), (self.env._("Why corrected"), why)]
            bodies[letter] = self.env["relance.event"]._to_html(facts)
            letter._message_log(body=" – ".join(filter(None, (words[letter], why))))
        told.with_env(self.env)._record_postal(words, {}, bodies)

    def _say_change(self, before):
        """Return which facts of the posting were put right, in one sentence."""
        self.ensure_one()
        now = self._get_sealed()
        said = [
            self.env._(
                "%(label)s %(new)s instead of %(old)s",
                label=self._fields[name]._description_string(self.env),
                new=now[name] or "–",
                old=before[name] or "–",
            )
            for name in POSTING
            if now[name] != before[name]
        ]
        return self.env._(
            "%(name)s, posting put right: %(changes)s",
            name=self.reminder_id.reference,
            changes=", ".join(said),
        )

    # -------------------------------------------------------------------- correcting

    def action_correct_posting(self):
        """Open what asks for the right number and day of the posting, and why."""
        self.ensure_one()
        return self._ask(
            self.env._("Correct the posting"),
            default_asks="posting",
            default_number=self.number,
            default_posted_on=self.posted_on,
        )

    def _correct_posting(self, number, posted_on, why):
        """Put right what was entered of the posting; both are kept.

        :return: the letters
        :raise UserError: without a reason, or for a day that cannot be
        """
        self.check_access("write")
        if not why:
            raise UserError(self.env._("Say why it is corrected: both are kept."))
        # sudo: written by this verb only, on letters that the user may write.
        letters = self.sudo().with_context(relance_why=why)
        for letter in letters:
            letter._check_posting_day(posted_on)
            letter.write({"number": (number or "").strip(), "posted_on": posted_on})
        letters._check_consent()
        letters._follow_posting()
        return letters.with_env(self.env)

    def _follow_posting(self):
        """Bring the day of the contact in line with that of the posting."""
        for letter in self.filtered(lambda r: r.reminder_id.state in CONFIRMED):
            letter.reminder_id.date_done = letter.posted_on

    def _check_posting_day(self, day):
        """Refuse a day of posting before that of printing, or after what followed.

        :raise UserError: naming the letter
        """
        self.ensure_one()
        printed = self.reminder_id.printed_on
        today = fields.Date.context_today(self)
        arrived = self.delivered_on or self.returned_on
        wrong = find_disorder(day, self.presented_on, arrived, today)
        if not day or wrong or (printed and day < printed):
            raise UserError(
                self.env._(
                    "%(name)s: it was posted after it was printed, and before what "
                    "became of it.",
                    name=self.display_name,
                )
            )
