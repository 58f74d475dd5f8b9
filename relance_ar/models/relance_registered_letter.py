import uuid

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..core.postal import (
    DELIVERED,
    NOT_POSTED,
    POSTED,
    REFUSED,
    RETURNED,
    UNCLAIMED,
    last_day_to_accept,
    notice_date,
)
from .relance_postal_provider import MANUAL

PAPER, ELECTRONIC = "paper", "electronic"
# Characters of a tracking number; La Poste's have 13 to 15.
MAX_NUMBER = 40


class RelanceRegisteredLetter(models.Model):
    """A registered letter on its way: its number, its days, its slips.

    Made when a reminder is noted as posted. The day from which a formal notice counts
    is read here.
    """

    _name = "relance.registered.letter"
    _description = "Registered letter"
    _inherit = [
        "mail.thread",
        "mail.activity.mixin",
        "relance.guarded",
        "relance.registered.fate",
        "relance.registered.handover",
        "relance.registered.sealing",
        "relance.registered.notice",
    ]
    _order = "posted_on desc, id desc"
    _check_company_auto = True

    reminder_id = fields.Many2one(
        "relance.reminder",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
    )
    company_id = fields.Many2one(
        related="reminder_id.company_id", store=True, index=True
    )
    partner_id = fields.Many2one(
        related="reminder_id.partner_id", string="Debtor", store=True, index=True
    )
    contact_id = fields.Many2one(related="reminder_id.contact_id", string="To")
    phase = fields.Selection(related="reminder_id.phase", store=True)
    letter_id = fields.Many2one(related="reminder_id.letter_id")
    provider = fields.Selection(
        selection="_selection_provider", required=True, readonly=True, default=MANUAL
    )
    form = fields.Selection(
        [(PAPER, "On paper"), (ELECTRONIC, "Electronic")],
        required=True,
        readonly=True,
        default=PAPER,
    )
    number = fields.Char(
        string="Tracking number", copy=False, index="btree_not_null", tracking=True
    )
    state = fields.Selection(
        [
            (POSTED, "Posted"),
            (DELIVERED, "Delivered"),
            (REFUSED, "Refused"),
            (UNCLAIMED, "Not collected"),
            (RETURNED, "Come back"),
            (NOT_POSTED, "Not posted"),
        ],
        required=True,
        readonly=True,
        default=POSTED,
        index=True,
        tracking=True,
    )
    posted_on = fields.Date(required=True, readonly=True)
    deadline = fields.Date(
        string="To pay until", readonly=True, help="As printed on the letter."
    )
    place = fields.Char(
        string="Posted to", readonly=True, help="Street and town on the letter."
    )
    presented_on = fields.Date(
        string="First presented on",
        readonly=True,
        tracking=True,
        help="Of an electronic letter: announced on.",
    )
    delivered_on = fields.Date(string="Delivered on", readonly=True, tracking=True)
    returned_on = fields.Date(string="Came back on", readonly=True, tracking=True)
    accept_until = fields.Date(
        compute="_compute_accept_until",
        help="An electronic letter can be accepted until this day (CPCE, R53-3).",
    )
    notice_on = fields.Date(
        string="Counts from",
        compute="_compute_notice_on",
        store=True,
        help="Its receipt; if it was refused or not collected, its first presentation. "
        "A consumer owes interest from a formal notice on.",
    )
    slip_ids = fields.Many2many(
        "ir.attachment",
        "relance_registered_slip_rel",
        string="Slips",
        readonly=True,
        help="Proof of deposit, acknowledgement of receipt, envelope that came back.",
    )

    _reminder_uniq = models.UniqueIndex(
        "(reminder_id)", "This reminder has its registered letter already."
    )

    @api.model
    def _selection_provider(self):
        return self.env["relance.postal.provider"]._get_providers()

    @api.depends("reminder_id", "number")
    def _compute_display_name(self):
        for letter in self:
            letter.display_name = " · ".join(
                filter(None, (letter.reminder_id.display_name, letter.number))
            )

    @api.depends("form", "presented_on", "posted_on", "state")
    def _compute_accept_until(self):
        for letter in self:
            waits = letter.form == ELECTRONIC and letter.state == POSTED
            announced = letter.presented_on or letter.posted_on
            letter.accept_until = waits and last_day_to_accept(announced)

    @api.depends("state", "presented_on", "delivered_on")
    def _compute_notice_on(self):
        for letter in self:
            letter.notice_on = notice_date(
                letter.state, letter.presented_on, letter.delivered_on
            )

    # ------------------------------------------------------------------------ CRUD

    @api.model
    def _get_writable_fields(self):
        return {"number"}

    def _check_writable(self, vals):
        self._check_number(vals.get("number"))
        if "number" in vals and not self.env.su:
            for letter in self.filtered(lambda r: r.number and r.state != POSTED):
                raise UserError(
                    self.env._(
                        "%(name)s has arrived: its number is not changed.",
                        name=letter.display_name,
                    )
                )
        return super()._check_writable(vals)

    @api.model
    def _check_number(self, number):
        """Refuse what is no tracking number, before the database does in other words.

        :raise UserError: when it is too long
        """
        if len(str(number or "").strip()) > MAX_NUMBER:
            raise UserError(
                self.env._(
                    "A tracking number has %(count)s characters at most.",
                    count=MAX_NUMBER,
                )
            )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_posted(self):
        raise UserError(self.env._("A letter that was posted is kept as a proof."))

    # --------------------------------------------------------------------- posting

    @api.model
    def _make_for(self, reminders, details):
        """Make the registered letters of reminders that are being posted.

        :param details: ``{reminder id: {"number", "posted_on", "form"}}``, in part
        :return: the letters
        :raise UserError: when a consumer has not agreed to an electronic one
        """
        letters = self.create(
            [
                self._prepare_letter(reminder, details.get(reminder.id) or {})
                for reminder in reminders
            ]
        )
        letters._check_consent()
        letters._wake_providers()
        return letters

    @api.model
    def _prepare_letter(self, reminder, details):
        # sudo: a setting of the company.
        provider = reminder.company_id.sudo().relance_postal_provider or MANUAL
        known = provider in self.env.registry
        provider = provider if known else MANUAL
        is_electronic = self.env[provider]._is_electronic
        return {
            "reminder_id": reminder.id,
            "provider": provider,
            "form": details.get("form") or (ELECTRONIC if is_electronic else PAPER),
            "number": (details.get("number") or "").strip() or False,
            "posted_on": reminder.date_done,
            "handover_key": uuid.uuid4().hex,
            "deadline": reminder.deadline,
            "place": reminder._get_letter_place(),
        }

    def _check_consent(self):
        """Refuse electronic letters to consumers who have not agreed to them.

        :raise UserError: naming the debtor and the text
        """
        for letter in self.filtered(lambda r: r.form == ELECTRONIC):
            debtor = letter.partner_id.commercial_partner_id
            agreed = debtor.relance_electronic_consent_on
            if debtor._relance_is_professional():
                continue
            if not agreed or agreed > letter.posted_on:
                raise UserError(
                    self.env._(
                        "%(name)s is not a professional: an electronic registered "
                        "letter needs their consent beforehand (Code des postes et "
                        "des communications électroniques, L100). Note its day on the "
                        "customer, or post the letter on paper.",
                        name=debtor.display_name,
                    )
                )

    def action_open_letter(self):
        """Download the letter as it was printed."""
        self.ensure_one()
        return self.letter_id._relance_download()
