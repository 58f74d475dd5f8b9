from decimal import Decimal

from odoo import api, fields, models
from odoo.exceptions import AccessError, ValidationError
from odoo.tools import formatLang

from .relance_facts import RECEIVABLE
from .relance_groups import OFFICER_GROUP


class RelanceAgreement(models.AbstractModel):
    """What was said with a debtor about some instalments: all that such records share.

    The instalments are for officers: who has no rights on accounting reads the amounts
    that the record itself shows.
    """

    _name = "relance.agreement"
    _description = "Something said about instalments"
    _inherit = [
        # It extends mail.thread, and comes before it.
        "relance.agreement.sealing",
        "relance.agreement.litigation",
        "mail.thread",
        "mail.activity.mixin",
        "relance.agreement.moves",
        "relance.bounded",
        "relance.guarded",
        "relance.matching",
        "relance.agreement.writing",
        "relance.agreement.contact",
        "relance.agreement.people",
        "relance.agreement.cron",
    ]
    _check_company_auto = True
    _reference_prefix = ""

    reference = fields.Char(compute="_compute_reference")
    move_line_ids = fields.Many2many(
        "account.move.line",
        string="Instalments",
        groups=OFFICER_GROUP,
        domain="[('account_type', '=', 'asset_receivable'), ('reconciled', '=', False),"
        " ('parent_state', '=', 'posted'), ('amount_residual', '>', 0),"
        " ('partner_id.commercial_partner_id', '=?', partner_id)]",
    )
    company_id = fields.Many2one(
        "res.company",
        compute="_compute_from_lines",
        store=True,
        precompute=True,
        required=True,
        index=True,
    )
    partner_id = fields.Many2one(
        "res.partner",
        string="Debtor",
        compute="_compute_from_lines",
        store=True,
        readonly=False,
        precompute=True,
        required=True,
        index=True,
        tracking=True,
    )
    currency_id = fields.Many2one(
        "res.currency",
        compute="_compute_from_lines",
        store=True,
        precompute=True,
        required=True,
    )
    amount_open = fields.Monetary(
        string="Open today",
        compute="_compute_amount_open",
        help="What is still owed on the instalments, disputed or not.",
    )

    # ------------------------------------------------------------------ computes

    @api.depends("create_date")
    def _compute_reference(self):
        for record in self:
            record.reference = f"{self._reference_prefix}{record.id or 0:06d}"

    @api.depends("partner_id", "reference")
    def _compute_display_name(self):
        for record in self:
            # sudo: whose it is, as many2one fields say it to who reads the record.
            names = (record.id and record.reference, record.sudo().partner_id.name)
            record.display_name = " · ".join(filter(None, names))

    @api.depends("move_line_ids")
    def _compute_from_lines(self):
        for record in self:
            lines = record.move_line_ids
            company = lines.company_id[:1] or record.company_id or self.env.company
            record.company_id = company
            record.partner_id = (
                lines.partner_id.commercial_partner_id[:1] or record.partner_id
            )
            record.currency_id = (
                lines.currency_id[:1] or record.currency_id or company.currency_id
            )

    def _compute_amount_open(self):
        for record in self:
            record.amount_open = record._get_open_amount()

    def _get_open_amount(self):
        """Return what is still owed on the instalments, as the books stand now."""
        self.ensure_one()
        # sudo: one total, for whoever may read the record.
        return sum(self.sudo().move_line_ids._relance_open_amounts())

    def _get_payable_amount(self):
        """Return what is still owed on the instalments and not disputed."""
        self.ensure_one()
        # sudo: as in _get_open_amount.
        return sum(self.sudo().move_line_ids._relance_undisputed_amounts())

    # --------------------------------------------------------------- what it is about

    def _check_lines(self):
        """Refuse instalments that do not go together, or are not owed any more.

        :raise ValidationError: saying which and what to do
        """
        for record in self.sudo():  # sudo: who enters it may read what they chose
            lines = record.move_line_ids
            if not lines:
                raise ValidationError(
                    self.env._("Choose the instalments that it is about.")
                )
            for line in lines:
                if problem := record._line_problem(line):
                    raise ValidationError(problem)
            if len(lines.currency_id) > 1 or len(lines.company_id) > 1:
                raise ValidationError(
                    self.env._("The instalments have several currencies or companies.")
                )

    def _line_problem(self, line):
        """Return what is wrong with one instalment, or ""."""
        name = line.move_name or line.display_name
        if line.account_id.account_type != RECEIVABLE or line.balance <= 0:
            return self.env._("%(name)s is not owed by a customer.", name=name)
        debtor = self.partner_id.commercial_partner_id  # it may join a group
        if line.partner_id.commercial_partner_id != debtor:
            return self.env._(
                "%(name)s is owed by another customer than %(debtor)s.",
                name=name,
                debtor=self.partner_id.display_name,
            )
        if line.parent_state != "posted":
            return self.env._("%(name)s is not posted.", name=name)
        if line.reconciled or line.amount_residual_currency <= 0:
            return self.env._("%(name)s is paid: nothing is left of it.", name=name)
        return ""

    def _get_open_lines(self):
        """Return what is still owed, in the order in which money pays it."""
        # sudo: called by transitions, whose rights were checked.
        return (
            self.sudo()
            .move_line_ids.filtered(
                lambda li: li.parent_state == "posted" and not li.reconciled
            )
            .sorted(lambda li: (li.date_maturity or li.date, li.id))
        )

    # --------------------------------------------------------------- who does what

    @api.model_create_multi
    def create(self, vals_list):
        # From an empty recordset: what may be written differs, see below.
        records = super(RelanceAgreement, self.browse()).create(vals_list)
        records._take_turn()
        return records

    def write(self, vals):
        result = super().write(vals)
        if {"move_line_ids", "amount", "amount_total"} & vals.keys():
            self._take_turn()
        return result

    def _take_turn(self):
        """Have whoever says something of the same instalments at once begin again."""
        # sudo: ids of the instalments; a row of ours for each.
        self.env["relance.line.turn"].sudo()._take(self.sudo().move_line_ids.ids)

    @api.model
    def _get_writable_fields(self):
        # Without a record it is what a person may say of one that they enter.
        return self._get_changeable_fields() if self else self._get_enterable_fields()

    @api.model
    def _get_enterable_fields(self):
        """Return the names of the fields that people fill in. To be extended."""
        return {"move_line_ids", "company_id", "partner_id", "currency_id"}

    @api.model
    def _get_changeable_fields(self):
        """Return the names of the fields that people change later. To be extended."""
        return set()

    def _check_officer(self):
        """Refuse who is no collections officer.

        :raise AccessError: telling who may
        """
        if not (self.env.su or self.env.user.has_group(OFFICER_GROUP)):
            raise AccessError(self.env._("This is for collections officers."))

    def _move(self, transition, *args):
        """Apply a transition to the records that the user may write.

        :return: the records that it moved, in the user's environment
        """
        self.check_access("write")
        # sudo: states are written by transitions only, on records just checked.
        moved = getattr(self.sudo(), transition)(*args)
        return moved.with_env(self.env)

    def _money(self, amount):
        """Return an amount as the language writes it."""
        return formatLang(self.env, amount, currency_obj=self.currency_id)

    def _adopt_files(self, name):
        """Let whoever reads the record read the files of one of its fields.

        A file uploaded before the record was saved belongs to its author alone.
        """
        for record in self.sudo():  # sudo: the user could read them, or not link them
            orphans = record[name].filtered(lambda file: not file.res_id)
            orphans.write({"res_model": self._name, "res_id": record.id})

    @api.model
    def _to_decimal(self, amount):
        """Return a monetary amount as the core wants it."""
        return Decimal(str(amount or 0))
