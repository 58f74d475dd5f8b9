from odoo import fields, models

from .relance_channel import EMAIL
from .relance_level import PREVENTIVE
from .relance_link_making import MARKER, PAGE


class RelanceReminderLink(models.AbstractModel):
    """The personal page of the debtor, to which a reminder by e-mail leads."""

    _name = "relance.reminder.link"
    _description = "Personal link in a reminder"

    link_ids = fields.One2many(
        "relance.link", "reminder_id", string="Personal links", readonly=True
    )

    def _get_page_buttons(self):
        """Return what the debtor is offered first: ``[(kind, words, address)]``.

        The addresses hold a marker, in the place of which the key of the link is put
        when the e-mail leaves. Nothing on paper, nor while it is switched off.
        """
        self.ensure_one()
        if not self._has_page():
            return []
        page = f"{self.get_base_url()}{PAGE}/{MARKER}"
        first = ("page", self.env._("See our account and pay"), page)
        return [first, *self._to_links(self._get_first_answers())]

    def _get_page_links(self):
        """Return the other answers, in smaller letters: as on the page, all of them."""
        self.ensure_one()
        if not self._has_page():
            return []
        first = self._get_first_answers()
        return self._to_links(kind for kind in self._say_answers() if kind not in first)

    def _has_page(self):
        return self.channel == EMAIL and self.company_id.relance_link_days > 0

    def _get_first_answers(self):
        if self.phase == PREVENTIVE:
            return ("approved", "dispute", "copy")
        return ("promise", "paid", "dispute")

    def _to_links(self, kinds):
        page, words = f"{self.get_base_url()}{PAGE}/{MARKER}", self._say_answers()
        return [(kind, words[kind], f"{page}/answer/{kind}") for kind in kinds]

    def _say_answers(self):
        """Return ``{kind of answer: words of its button}``."""
        return {
            "promise": self.env._("We will pay on…"),
            "paid": self.env._("Already paid"),
            "approved": self.env._("Approved"),
            "dispute": self.env._("We disagree"),
            "copy": self.env._("Send us a copy"),
            "contact": self.env._("Name another contact person"),
        }
