from decimal import Decimal

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..core import exposure, identity


class RelanceScore(models.Model):
    """What a provider thought of a company on a day; the history is kept.

    Imported from a file, or brought by a provider (``relance.score.provider``). The
    company may be a prospect as well as a customer.
    """

    _name = "relance.score"
    _description = "Credit score"
    _order = "date desc, id desc"
    _check_company_auto = True

    partner_id = fields.Many2one(
        "res.partner",
        string="Company",
        required=True,
        index=True,
        ondelete="cascade",
        check_company=True,
    )
    siren = fields.Char(
        string="SIREN",
        related="partner_id.relance_siren",
        help="In an imported file: tells the company in place of its name.",
    )
    company_id = fields.Many2one(
        "res.company",
        string="Asked by",
        required=True,
        default=lambda self: self.env.company,
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    provider = fields.Char(required=True, default="import")
    date = fields.Date(required=True, default=fields.Date.context_today)
    score = fields.Float(digits=(16, 2), aggregator="avg")
    worst = fields.Float(
        string="Worst score", default=0, help="The end of the provider's scale."
    )
    best = fields.Float(
        string="Best score", default=100, help="The other end of the scale."
    )
    level = fields.Float(
        string="Score (0 to 100)",
        compute="_compute_level",
        store=True,
        digits=(5, 1),
        aggregator="avg",
    )
    limit = fields.Monetary(
        string="Credit limit", aggregator="avg", help="What the provider advises."
    )
    class_id = fields.Many2one("relance.risk.class", compute="_compute_class_id")

    _score_uniq = models.UniqueIndex(
        "(company_id, partner_id, provider, date)",
        "There is a score of this provider on that day.",
    )
    _limit_positive = models.Constraint(
        'CHECK ("limit" IS NULL OR "limit" >= 0)', "A limit cannot be negative."
    )

    @api.depends("score", "worst", "best")
    def _compute_level(self):
        for record in self:
            try:
                record.level = exposure.scaled(
                    *(
                        Decimal(str(value))
                        for value in (record.score, record.worst, record.best)
                    )
                )
            except ValueError:
                record.level = 0

    @api.depends("level", "company_id")
    def _compute_class_id(self):
        classes = self.env["relance.risk.class"]
        for record in self:
            record.class_id = classes._class_of(record.level, record.company_id)

    @api.constrains("score", "worst", "best")
    def _check_scale(self):
        for record in self:
            low, high = sorted((record.worst, record.best))
            if low == high or not low <= record.score <= high:
                raise ValidationError(
                    self.env._(
                        "The score %(score)s of %(name)s lies outside its scale, "
                        "%(worst)s to %(best)s.",
                        score=record.score,
                        name=record.partner_id.display_name,
                        worst=record.worst,
                        best=record.best,
                    )
                )

    def _convert_records(self, records, *, log=lambda message: None, savepoint):
        # EXTENDS 'base': what is wrong is told on its own row of the imported file.
        for xid, dbid, vals, info in super()._convert_records(
            records, log=log, savepoint=savepoint
        ):
            try:
                vals = self._relance_with_partner(vals)
                self._relance_check_row(vals)
            except ValidationError as error:
                log({**info, "type": "error", "message": str(error)})
                continue
            yield xid, dbid, vals, info

    @api.model
    def _relance_check_row(self, vals):
        """Check the scale of an imported row.

        :raise ValidationError: when the score lies outside
        """
        defaults = self.default_get(["worst", "best"])
        self.new({**defaults, **vals})._check_scale()

    @api.model_create_multi
    def create(self, vals_list):
        vals_list = [self._relance_with_partner(vals) for vals in vals_list]
        return super().create(vals_list)

    @api.model
    def _relance_with_partner(self, vals):
        """Return values with the company that a SIREN tells.

        :raise ValidationError: when the SIREN is wrong, or of nobody here
        """
        siren = identity.normalise(vals.get("siren"))
        vals = {name: value for name, value in vals.items() if name != "siren"}
        if vals.get("partner_id") or not siren:
            return vals
        partner = self.env["res.partner"].search(
            [("relance_siren", "=", siren), ("parent_id", "=", False)], limit=1
        )
        if not partner:
            raise ValidationError(
                self.env._("No company has the SIREN %(siren)s.", siren=siren)
            )
        return {**vals, "partner_id": partner.id}

    @api.model
    def _replace(self, vals):
        """Keep a score, in place of one of the same provider on the same day."""
        day = vals.get("date") or fields.Date.context_today(self)
        known = self.search(
            [
                ("company_id", "=", self.env.company.id),
                ("partner_id", "=", vals["partner_id"]),
                ("provider", "=", vals["provider"]),
                ("date", "=", day),
            ],
            limit=1,
        )
        if known:
            known.write(vals)
            return known
        return self.create({**vals, "date": day})
