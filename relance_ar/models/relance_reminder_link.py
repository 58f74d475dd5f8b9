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
        """Return what the debtor is offered to answer: ``[(kind, words, address)]``.

        The addresses hold a marker, in the place of which the key of the link is put
        when the e-mail leaves. Nothing on paper, nor while it is switched off.
        """
        self.ensure_one()
        if self.channel != EMAIL or self.company_id.relance_link_days <= 0:
            return []
        page = f"{self.get_base_url()}{PAGE}/{MARKER}"
        answers = [
            ("promise", self.env._("We will pay on…")),
            ("paid", self.env._("Already paid")),
            ("dispute", self.env._("We disagree")),
        ]
        if self.phase == PREVENTIVE:
            answers = [
                ("approved", self.env._("Approved")),
                ("dispute", self.env._("We disagree")),
                ("copy", self.env._("Send us a copy")),
            ]
        first = ("page", self.env._("See our account and pay"), page)
        return [
            first,
            *((kind, words, f"{page}/answer/{kind}") for kind, words in answers),
        ]
