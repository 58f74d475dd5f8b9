import re
import secrets

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import consteq, hmac
from odoo.tools.urls import urljoin

from .relance_link_making import PAGE

SCOPE = "relance_ar.link"
EXPIRED, DEAD = "expired", "dead"
_TOKEN = re.compile(r"(\d{1,9})-([0-9a-f]{40})")
STATES = [("active", "Active"), (EXPIRED, "Expired"), ("revoked", "Revoked")]


class RelanceLink(models.Model):
    """The way of one debtor to their page, from a reminder or made by an officer.

    The key in its address is a signature over the row: it is stored nowhere, and goes
    into an e-mail at the moment it leaves. The history of a reminder does not show it.
    """

    _name = "relance.link"
    _description = "Personal link of a debtor"
    _inherit = ["relance.guarded", "relance.link.making"]
    _order = "id desc"
    _rec_name = "partner_id"

    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, index=True, ondelete="cascade"
    )
    partner_id = fields.Many2one(
        "res.partner",
        string="Debtor",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    contact_id = fields.Many2one(
        "res.partner",
        string="Made for",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    email = fields.Char(
        string="Sent to", readonly=True, help="The only addresses it is renewed to."
    )
    reminder_id = fields.Many2one(
        "relance.reminder", readonly=True, index="btree_not_null", ondelete="set null"
    )
    is_by_hand = fields.Boolean(
        string="Made by hand",
        readonly=True,
        help="By an officer, who was shown its address.",
    )
    sent_message_ids = fields.Many2many(
        "mail.message",
        "relance_link_message_rel",
        "link_id",
        "message_id",
        readonly=True,
        copy=False,
        groups=fields.NO_ACCESS,
        help="The e-mails that bring it: no other gets its key.",
    )
    lang = fields.Char(string="Language", readonly=True)
    nonce = fields.Char(
        required=True,
        readonly=True,
        copy=False,
        default=lambda self: secrets.token_urlsafe(16),
        groups=fields.NO_ACCESS,
    )
    expires_on = fields.Date(string="Valid until", required=True, readonly=True)
    revoked_on = fields.Datetime(readonly=True, copy=False)
    revoked_by_id = fields.Many2one("res.users", readonly=True, copy=False)
    renewed_on = fields.Date(
        readonly=True, copy=False, help="When a new one was asked for after its end."
    )
    last_used_on = fields.Datetime(
        string="Last answer",
        readonly=True,
        copy=False,
        help="When somebody last answered or paid through it. Looking is not noted.",
    )
    state = fields.Selection(STATES, compute="_compute_state", search="_search_state")
    url = fields.Char(
        string="Address of the page",
        compute="_compute_url",
        help="Shown for links that an officer made, to be handed over by hand.",
    )

    @api.depends("expires_on", "revoked_on")
    def _compute_state(self):
        today = fields.Date.context_today(self)
        for link in self:
            link.state = "expired" if link.expires_on < today else "active"
            if link.revoked_on:
                link.state = "revoked"

    @api.model
    def _search_state(self, operator, value):
        if operator != "in":
            return NotImplemented
        today = fields.Date.context_today(self)
        domains = {
            "revoked": [("revoked_on", "!=", False)],
            "expired": [("revoked_on", "=", False), ("expires_on", "<", today)],
            "active": [("revoked_on", "=", False), ("expires_on", ">=", today)],
        }
        return fields.Domain.OR(domains[state] for state in value if state in domains)

    @api.depends("revoked_on", "expires_on", "is_by_hand")
    def _compute_url(self):
        for link in self:
            is_shown = link.state == "active" and link.is_by_hand and link.id
            link.url = is_shown and link._get_url()

    # ----------------------------------------------------------------------- key

    def _get_token(self):
        """Return what leads to the page, and is stored nowhere."""
        self.ensure_one()
        # sudo: the key of the database and the nonce, of which a digest shows nothing.
        link = self.sudo()
        return f"{link.id}-{hmac(link.env, SCOPE, (link.id, link.nonce))[:40]}"

    def _get_url(self):
        """Return the address of the page, with its key."""
        self.ensure_one()
        return urljoin(self.get_base_url(), f"{PAGE}/{self._get_token()}")

    @api.model
    def _open(self, token):
        """Return the link that a key belongs to, and what is wrong with it.

        :return: ``(link, "")``; ``(link, EXPIRED)`` of one that may be renewed; else
            ``(none, DEAD)``, whatever the cause
        """
        found = _TOKEN.fullmatch(token or "")
        # sudo: whoever holds the key of a link is whom it is for; that is checked here.
        links = self.sudo()
        link = links.browse(int(found[1])).exists() if found else links
        # Compared in any case, in a time that does not depend on what is wrong.
        message = (link.id or 0, link.nonce or "")
        expected = hmac(links.env, SCOPE, message)[:40]
        if not consteq(expected, found[2] if found else "0" * 40) or not link:
            return links.browse(), DEAD
        if link.revoked_on or not link._leads_somewhere():
            return links.browse(), DEAD
        return link, EXPIRED if link.state == "expired" else ""

    def _leads_somewhere(self):
        """Say whether the debtor is still the one it was made for."""
        self.ensure_one()
        debtor, contact = self.partner_id, self.contact_id
        return (
            debtor.active
            and contact.active
            and debtor.commercial_partner_id == debtor
            and contact.commercial_partner_id == debtor
            and self.company_id.active
            and self.company_id.relance_link_days > 0
        )

    # ----------------------------------------------------------------- transitions

    def _move(self, transition):
        """Apply a transition to links that the user may write; return those moved."""
        self.check_access("write")
        # sudo: written by transitions only, on records just checked.
        return getattr(self.sudo(), transition)().with_env(self.env)

    def action_revoke(self):
        """Make links lead nowhere from now on; return those revoked."""
        return self._move("_revoke")

    def _revoke(self):
        revoked = self.filtered(lambda link: not link.revoked_on)
        revoked.write(
            {"revoked_on": fields.Datetime.now(), "revoked_by_id": self.env.uid}
        )
        return revoked

    def action_send(self):
        """Send links by e-mail to whom they were made for; return them."""
        for link in self:
            if link.state != "active" or not link.email:
                raise UserError(
                    self.env._(
                        "%(name)s: only a link that is valid, made for somebody with "
                        "an e-mail address, is sent.",
                        name=link.contact_id.display_name,
                    )
                )
        return self._move("_send")

    def _note_use(self):
        """Note that somebody answered or paid through it."""
        self.last_used_on = fields.Datetime.now()
