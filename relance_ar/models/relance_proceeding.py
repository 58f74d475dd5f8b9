from odoo import api, fields, models
from odoo.exceptions import UserError

from ..core import insolvency
from .relance_proceeding_decision import CLOSED, CONFIRMED, DISMISSED, TO_CONFIRM
from .relance_register_company import KINDS


class RelanceProceeding(models.Model):
    """Insolvency proceedings against one debtor, as one company follows them.

    The watch opens them; a person confirms, and what follows starts then: reminders
    about earlier debts stop, the claim is to be declared in time.
    """

    _name = "relance.proceeding"
    _description = "Insolvency proceedings"
    _inherit = [
        "mail.thread",
        "mail.activity.mixin",
        "relance.guarded",
        "relance.proceeding.watch",
        "relance.proceeding.claim",
        "relance.proceeding.decision",
    ]
    _order = "state desc, deadline, id desc"
    _check_company_auto = True

    state = fields.Selection(
        [
            (TO_CONFIRM, "To confirm"),
            (CONFIRMED, "Confirmed"),
            (DISMISSED, "Set aside"),
            (CLOSED, "Terminated"),
        ],
        required=True,
        default=TO_CONFIRM,
        readonly=True,
        copy=False,
        tracking=True,
    )
    company_id = fields.Many2one(
        "res.company",
        required=True,
        readonly=True,
        index=True,
        default=lambda self: self.env.company,
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    partner_id = fields.Many2one(
        "res.partner",
        string="Debtor",
        required=True,
        readonly=True,
        index=True,
        check_company=True,
    )
    siren = fields.Char(string="SIREN", readonly=True)
    kind = fields.Selection(KINDS, string="Proceedings", tracking=True)
    opened_on = fields.Date(
        string="Opening judgment",
        tracking=True,
        help="Debts born before this day are paid by the proceedings alone (Code de "
        "commerce, L622-7); the judgment takes effect at 0 h.",
    )
    published_on = fields.Date(
        string="Published on",
        tracking=True,
        help="In the bulletin (BODACC): the time to declare runs from this day.",
    )
    number = fields.Char(string="Notice", readonly=True, copy=False)
    court = fields.Char()
    notice_ids = fields.Many2many(
        "relance.notice", string="Notices", compute="_compute_notice_ids"
    )
    is_far = fields.Boolean(
        string="Court overseas or abroad",
        help="Two more months to declare, for a creditor who is not in the territory "
        "of the court (R622-24).",
    )
    deadline = fields.Date(
        string="Declare until",
        compute="_compute_deadline",
        store=True,
        help="Two months from the publication (Code de commerce, R622-24).",
    )
    representative_id = fields.Many2one(
        "res.partner",
        string="Representative of the creditors",
        help="Mandataire judiciaire or liquidator, to whom the claim is declared.",
    )
    user_id = fields.Many2one(
        "res.users",
        string="Followed by",
        tracking=True,
        domain=[("share", "=", False)],
    )
    confirmed_by_id = fields.Many2one("res.users", readonly=True, copy=False)
    confirmed_on = fields.Date(readonly=True, copy=False)
    declared_on = fields.Date(
        string="Declared on",
        copy=False,
        tracking=True,
        help="The day on which the claim was posted: keep the proof.",
    )

    claim_total = fields.Monetary(
        string="Amount to declare",
        compute="_compute_claim_rows",
        help="In company currency.",
    )

    _number_uniq = models.UniqueIndex(
        "(company_id, partner_id, number)", "These proceedings are known."
    )

    @api.depends("partner_id", "kind")
    def _compute_display_name(self):
        kinds = dict(self._fields["kind"]._description_selection(self.env))
        for record in self:
            # sudo: whose it is, as many2one fields say it to who reads the record.
            names = (record.sudo().partner_id.name, kinds.get(record.kind))
            record.display_name = " · ".join(filter(None, names))

    @api.depends("siren")
    def _compute_notice_ids(self):
        notices = self.env["relance.notice"].search(
            [("siren", "in", self.mapped("siren"))]
        )
        by_siren = notices.grouped("siren")
        for record in self:
            record.notice_ids = by_siren.get(record.siren, notices.browse())

    @api.depends("published_on", "is_far", "company_id.relance_alsace_moselle")
    def _compute_deadline(self):
        for record in self:
            record.deadline = record.published_on and insolvency.declaration_deadline(
                record.published_on,
                record.is_far,
                record.company_id.relance_alsace_moselle,
            )

    # ------------------------------------------------------------------------ CRUD

    @api.model
    def _get_writable_fields(self):
        return {
            "kind",
            "opened_on",
            "published_on",
            "court",
            "is_far",
            "representative_id",
            "user_id",
            "declared_on",
        }

    def _check_writable(self, vals):
        settled = {"kind", "opened_on"} & vals.keys()
        if settled and not self.env.su:
            for record in self.filtered(lambda r: r.state != TO_CONFIRM):
                raise UserError(
                    self.env._(
                        "%(name)s: the judgment was confirmed, it is not changed.",
                        name=record.display_name,
                    )
                )
        return super()._check_writable(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_confirmed(self):
        for record in self:
            if record.state in (CONFIRMED, CLOSED):
                raise UserError(
                    self.env._(
                        "%(name)s was confirmed: it is kept as a proof.",
                        name=record.display_name,
                    )
                )

    # ------------------------------------------------------------------- reading

    @api.model
    def _get_opening_domain(self, partner_ids, company, states):
        """Return the proceedings of debtors whose day of opening is known."""
        return [
            ("partner_id", "in", list(partner_ids)),
            ("company_id", "=", company.id),
            ("state", "in", states),
            ("opened_on", "!=", False),
        ]

    @api.model
    def _load_judgments(self, partner_ids, company):
        """Return ``{debtor id: days of its opening judgments}``, a set for each.

        Of what was confirmed, whether it goes on or has ended.
        """
        # sudo: which days stop interest, for whoever reckons penalties.
        rows = self.sudo()._read_group(
            self._get_opening_domain(partner_ids, company, (CONFIRMED, CLOSED)),
            ["partner_id"],
            ["opened_on:array_agg"],
        )
        return {partner.id: set(days) for partner, days in rows}

    @api.model
    def _load_openings(self, partner_ids, company, day=None):
        """Return ``{debtor id: day of the opening judgment}`` of what is confirmed.

        :param day: proceedings opened after this day do not count; None: all
        """
        # sudo: whether debts are stopped, for whoever plans or reckons penalties.
        found = self.sudo().search_fetch(
            [
                *self._get_opening_domain(partner_ids, company, (CONFIRMED,)),
                ("opened_on", "<=", day or fields.Date.to_date("9999-12-31")),
            ],
            ["partner_id", "opened_on"],
            order="opened_on",
        )
        return {record.partner_id.id: record.opened_on for record in found}
