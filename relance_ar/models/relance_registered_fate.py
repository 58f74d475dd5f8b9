from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date

from ..core.postal import (
    DELIVERED,
    OFFERED,
    POSTED,
    REFUSED,
    RETURNED,
    UNCLAIMED,
    find_disorder,
)
from .relance_event import POSTAL


class RelanceRegisteredFate(models.AbstractModel):
    """What becomes of registered letters, noted once, with the slips that prove it."""

    _name = "relance.registered.fate"
    _description = "Fate of a registered letter"

    def action_note_fate(self):
        """Open what asks for the fate of the letters: state, days, slip."""
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("What became of it?"),
            "res_model": "relance.fate",
            "view_mode": "form",
            "target": "new",
            "context": {"default_letter_ids": self.ids},
        }

    def action_fetch(self):
        """Ask the providers what has become of letters on their way.

        An addon that brings a provider calls it from a job of its own.

        :return: the letters with something new
        """
        self.check_access("write")
        moving = self.sudo().filtered(lambda r: r.state == POSTED)  # sudo: see _note
        news = self.browse()
        for provider, group in moving.grouped("provider").items():
            for letter_id, fate in self.env[provider]._fetch(group).items():
                letter, fate = self.browse(letter_id), dict(fate)
                letter._note_fate(
                    fate.pop("state"), files=fate.pop("files", ()), **fate
                )
                news += letter
        return news

    def _note_fate(self, state, presented_on=None, delivered_on=None, files=()):
        """Note what has become of letters; slips are kept as a proof.

        :param files: ``[(name, bytes)]``
        :return: the letters noted
        :raise UserError: for a letter whose fate is known, or days in disorder
        """
        self.check_access("write")
        # sudo: written by this verb only, on letters that the user may write.
        letters = self.sudo()
        letters._check_fate(state, presented_on, delivered_on)
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
        letters._record_fate(slips)
        letters._repair_if_back()
        return letters.with_env(self.env)

    def _keep_slips(self, files):
        """Keep scanned slips on the letters; return ``{letter id: attachments}``."""
        kept = {}
        for letter in self:
            kept[letter.id] = self.env["ir.attachment"].create(
                [
                    {
                        "name": name,
                        "raw": content,
                        "res_model": self._name,
                        "res_id": letter.id,
                    }
                    for name, content in files
                ]
            )
            letter.slip_ids += kept[letter.id]
        return kept

    def _check_fate(self, state, presented_on, delivered_on):
        """Refuse what cannot be: a second fate, missing days, days in disorder.

        :raise UserError: naming the letter
        """
        today = fields.Date.context_today(self)
        for letter in self:
            if letter.state != POSTED:
                raise UserError(
                    self.env._(
                        "What became of %(name)s has been noted: it is kept as a "
                        "proof.",
                        name=letter.display_name,
                    )
                )
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

    def _record_fate(self, slips):
        """Seal the fate of the letters in the chains of their debtors."""
        vals_list = []
        for letter in self:
            base = letter.reminder_id._prepare_event_base()
            vals_list.append(
                {
                    **base,
                    "kind": POSTAL,
                    "subject": letter._say_fate(),
                    "attachment_ids": slips[letter.id].ids,
                }
            )
        self.env["relance.event"]._record(vals_list)

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
                    fields.Date.to_string(day) if day else "",
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
