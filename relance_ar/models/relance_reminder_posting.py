from datetime import datetime, time

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date, formatLang

from ..core.facts import Reason
from .relance_channel import REGISTERED_LETTER

# The middle of a day is the same day wherever it is read.
NOON = time(12)


class RelanceReminderPosting(models.AbstractModel):
    """Printed letters are posted by a person, days later perhaps: a last look.

    What has become outdated since it was printed is left out, unless somebody says that
    it was posted in spite of it; it is printed again instead.
    """

    _name = "relance.reminder.posting"
    _description = "Posting of a printed letter"

    reprint_count = fields.Integer(string="Printed again", readonly=True, copy=False)

    def action_post_letters(self):
        """Open what asks which letters were posted, and their tracking numbers."""
        return self.env["relance.posting"]._open_for(self)

    def action_print_again(self):
        """Make new letters in place of printed ones that were not posted.

        :return: the action that shows what was printed
        :raise UserError: when there is none, or it is too soon
        """
        again = self.filtered(lambda r: r.state == "approved" and r.letter_id)
        if not again:
            raise UserError(
                self.env._("There is no printed letter here that was not posted.")
            )
        again._move("_drop_letters")
        if len(again) == 1:
            return again.action_print_letter()
        return self.env["relance.mailing"]._make_for(again)

    def _drop_letters(self):
        """Take away letters that were not posted: nobody takes one for the next."""
        dropped = self.try_lock_for_update().filtered(
            lambda r: r.state == "approved" and r.letter_id
        )
        for reminder in dropped:
            reminder._message_log(
                body=self.env._(
                    "The letter %(name)s, printed on %(day)s, was not posted and is "
                    "printed again: destroy what is on paper.",
                    name=reminder.letter_id.name,
                    day=format_date(self.env, reminder.printed_on),
                )
            )
            letter = reminder.letter_id
            reminder.write(
                {
                    "letter_id": False,
                    "letter_subject": False,
                    "letter_address": False,
                    "letter_place": False,
                    "printed_on": False,
                    "deadline": False,
                    "reprint_count": reminder.reprint_count + 1,
                }
            )
            letter.unlink()
        # sudo: posts of the companies of these letters.
        self.env["relance.mailing.line"].sudo()._leave_out(dropped)
        return dropped

    def _refuse_if_printed(self, vals):
        """Refuse to write to others, or in another way, than the paper says.

        :raise UserError: naming the reminder
        """
        for reminder in self.filtered("letter_id"):
            said = {"contact_id": reminder.contact_id.id, "channel": reminder.channel}
            if any(vals.get(name, value) != value for name, value in said.items()):
                raise UserError(
                    self.env._(
                        "The letter of %(name)s is printed: it is kept as it is on "
                        "paper.",
                        name=reminder.display_name,
                    )
                )

    def _get_letter_name(self):
        """Return what tells this print of the letter from earlier ones."""
        self.ensure_one()
        count = self.reprint_count
        return f"{self.reference}-{count + 1}" if count else self.reference

    # --------------------------------------------------------------- the last look

    def _refuse_if_outdated(self):
        """Refuse when all that is to leave are letters that are outdated.

        :raise UserError: saying why the first of them is
        """
        printed = self.filtered(lambda r: r.state == "approved" and r.letter_id)
        if not printed or printed != self:
            return
        found = printed._find_meanwhile()
        if len(found) == len(printed):
            raise UserError(printed[0]._say_outdated(found[printed[0].id]))

    def _leave_out_outdated(self):
        """Return the letters to note as posted; the others wait, saying why."""
        details = self.env.context.get("relance_posting") or {}
        unsure = self.filtered(lambda r: not details.get(r.id, {}).get("in_spite_of"))
        days = {key: about.get("posted_on") for key, about in details.items()}
        found = unsure._find_meanwhile(days)
        for reminder in self.browse(found):
            reminder._message_log(body=reminder._say_outdated(found[reminder.id]))
        return self.filtered(lambda reminder: reminder.id not in found)

    def _say_outdated(self, reasons):
        self.ensure_one()
        return self.env._(
            "%(name)s is not noted as posted: %(why)s Print it again.",
            name=self.display_name,
            why=" ".join(reasons),
        )

    def _find_meanwhile(self, days=None):
        """Return ``{id: [why]}`` of the letters that are outdated since the printing.

        :param days: ``{id: day of the posting}``; today for the others
        """
        today, days = fields.Date.context_today(self), days or {}
        found = {}
        # sudo: what the run reads, of reminders that the user may read.
        for company, reminders in self.sudo().grouped("company_id").items():
            facts = reminders.env["relance.facts"]._load(
                reminders.partner_id.ids, company, ignore_pending=reminders.ids
            )
            for reminder in reminders:
                known = facts.get(reminder.partner_id.id)
                day = fields.Date.to_date(days.get(reminder.id)) or today
                found[reminder.id] = [
                    *reminder._say_deadline_over(day),
                    *reminder._say_address_since(),
                    *(reminder._say_debtor_since(known, today) if known else ()),
                    *reminder._say_lines_since(known, today),
                ]
        return {key: reasons for key, reasons in found.items() if reasons}

    def _say_deadline_over(self, day):
        """Return that the day to pay printed on the letter leaves no time."""
        if not self.deadline or self.deadline > day:
            return []
        words = self.env._(
            "It asks to pay until %(deadline)s.",
            deadline=format_date(self.env, self.deadline),
        )
        return [words]

    def _say_debtor_since(self, known, today):
        """Return what stops all letters to the debtor."""
        debtor, reasons = known.debtor, []
        if debtor.hold_until and debtor.hold_until >= today:
            reasons.append(Reason("hold", {"until": debtor.hold_until}))
        if self.channel in debtor.refused:
            reasons.append(Reason("channel_refused", {"channel": self.channel}))
        reasons += [block for block in debtor.blocks if block.code == "insolvency"]
        return [self._say_reason(reason, known) for reason in reasons]

    def _say_reason(self, reason, known):
        return self.env["relance.run"]._say(
            reason, hold=known.hold_reason, currency=self.currency_id
        )

    def _say_lines_since(self, known, today):
        """Return what has changed of the instalments that the letter lists."""
        owed = {line.id: line for line in (known.debtor.lines if known else ())}
        said = []
        for line in self.line_ids:
            now = owed.get(line.move_line_id.id)
            if reasons := now and [*now.blocks, *now.holds_on(today)]:
                words = " ".join(self._say_reason(why, known) for why in reasons)
            else:
                words = self._say_amount_since(line, now)
            if words:
                said.append(
                    self.env._("%(name)s: %(why)s", name=line.move_name, why=words)
                )
        return said

    def _say_amount_since(self, line, now):
        """Return that less is asked for than the letter says, or "".

        :param now: the ``core.facts.Line`` as it is; None once nothing is owed
        """
        currency = self.currency_id
        left = float(now.residual) if now else 0
        if left <= 0:
            return self.env._("nothing is owed any more.")
        if currency.compare_amounts(left, line.amount_residual) >= 0:
            return ""
        return self.env._(
            "%(left)s are left to ask for, not %(printed)s.",
            left=formatLang(self.env, left, currency_obj=currency),
            printed=formatLang(self.env, line.amount_residual, currency_obj=currency),
        )

    # ------------------------------------------------------------------- posting

    def _post_letters(self):
        """Note the letters as posted, and keep in the history what was printed."""
        left = self._with_text()._make_letters()
        details = self.env.context.get("relance_posting") or {}
        left._confirm("sent")
        for reminder in left:
            reminder.date_done = reminder._check_posted_on(details)
        registered = left.filtered(lambda r: r.channel == REGISTERED_LETTER)
        # sudo: made by the posting, of reminders that the user may write.
        letters = self.env["relance.registered.letter"].sudo()
        letters._make_for(registered, details)
        for reminder in left:
            in_spite_of = details.get(reminder.id, {}).get("in_spite_of")
            reminder.message_post(
                body=self.env._("Letter posted, in spite of: %(why)s", why=in_spite_of)
                if in_spite_of
                else self.env._("Letter posted."),
                attachment_ids=reminder.letter_id.ids,
            )
        left._record_contact()
        return left

    def _check_posted_on(self, details):
        """Return the day of the posting: today unless somebody says another.

        :raise UserError: when it is to come, or before the letter was printed
        """
        self.ensure_one()
        today = fields.Date.context_today(self)
        given = (details.get(self.id) or {}).get("posted_on")
        day = fields.Date.to_date(given) or today
        if not (self.printed_on or day) <= day <= today:
            raise UserError(
                self.env._(
                    "%(name)s was printed on %(day)s: it was posted from that day on, "
                    "until today.",
                    name=self.display_name,
                    day=format_date(self.env, self.printed_on or today),
                )
            )
        return day

    # --------------------------------------------------------------------- sealing

    def _prepare_posting_event(self):
        """Return what the contact of a letter says beside the others: its day is that
        of the posting, whenever it was noted."""
        self.ensure_one()
        registered = self.registered_ids[:1]
        vals = {"facts": registered._get_sealed() if registered else False}
        day = self.date_done
        if day and day != fields.Date.context_today(self):
            vals["date"] = datetime.combine(day, NOON)
        return vals

    def _get_posting_facts(self):
        """Return what is known of the posting, as ``[(label, text)]``."""
        self.ensure_one()
        details = self.env.context.get("relance_posting") or {}
        today = format_date(self.env, fields.Date.context_today(self))
        if self.registered_ids:
            facts = self.registered_ids[:1]._get_posting_facts()
        else:
            day = self.date_done and format_date(self.env, self.date_done)
            facts = [(self.env._("Posted On"), day)]
        printed = self.printed_on and format_date(self.env, self.printed_on)
        return [
            *facts,
            (self.env._("Printed on"), printed),
            (self.env._("Noted on"), today),
            (
                self.env._("In spite of"),
                details.get(self.id, {}).get("in_spite_of"),
            ),
        ]
