from datetime import timedelta
from decimal import Decimal

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ..core.schedule import Level, Phase
from .relance_recipients import LEVEL_ROLES

PREVENTIVE, FORMAL_NOTICE, LITIGATION = "preventive", "formal_notice", "litigation"
PHASES = [
    (PREVENTIVE, "Preventive"),
    ("level_1", "Level 1"),
    ("level_2", "Level 2"),
    ("level_3", "Level 3"),
    (FORMAL_NOTICE, "Formal notice"),
    (LITIGATION, "Litigation"),
]
PHASE_RANK = {code: Phase(rank) for rank, (code, _name) in enumerate(PHASES)}
PHASE_CODE = {rank: code for code, rank in PHASE_RANK.items()}


class RelanceLevel(models.Model):
    """One step of a scenario: when, by which channels, in which words, by whom."""

    _name = "relance.level"
    _description = "Dunning level"
    _order = "scenario_id, delay_days, id"

    name = fields.Char(required=True, translate=True)
    scenario_id = fields.Many2one(
        "relance.scenario", required=True, index=True, ondelete="cascade"
    )
    active = fields.Boolean(default=True)
    phase = fields.Selection(PHASES, required=True)
    delay_days = fields.Integer(
        string="Delay (days)",
        required=True,
        aggregator="max",
        help="Days from the maturity of an instalment: negative before it.",
    )
    example_date = fields.Date(
        string="If due today",
        compute="_compute_example_date",
        help="When this level comes for an instalment that matures today.",
    )
    channel_line_ids = fields.One2many("relance.level.channel", "level_id", copy=True)
    channel_ids = fields.Many2many(
        "relance.channel",
        string="Channels",
        compute="_compute_channel_ids",
        inverse="_inverse_channel_ids",
        search="_search_channel_ids",
        help="In order of preference. The first usable one that differs from the last "
        "contact with the debtor is taken.",
    )
    role = fields.Selection(
        LEVEL_ROLES,
        string="Meant for",
        help="Which contact of the debtor receives it. Without such a contact: whom "
        "the invoice names, else the invoice address, else the debtor.",
    )
    minimum_amount = fields.Float(
        string="Least amount",
        digits=(16, 2),
        help="In the currency of the company: for less than this, credits taken off "
        "and penalties left out, no message of this level leaves. None with 0.",
    )
    auto_propose = fields.Boolean(
        string="Propose by itself",
        default=True,
        help="The daily run proposes this level. Otherwise only a run that a person "
        "makes does.",
    )
    auto_approve = fields.Boolean(
        string="Approve by itself",
        help="The daily run approves reminders of this level; they wait for somebody "
        "to send or post them.",
    )
    auto_send = fields.Boolean(
        string="Send by itself",
        help="E-mails of this level are approved and leave without anybody, once "
        "automatic sending is switched on for the company.",
    )
    approver = fields.Selection(
        [("officer", "Collections officer"), ("manager", "Credit manager")],
        required=True,
        default="officer",
        help="Who may approve a reminder of this level.",
    )
    deadline_days = fields.Integer(
        string="Days to pay",
        default=8,
        help="Days that the message grants to the debtor. Nothing firmer follows "
        "before. None with 0.",
    )
    claim_penalties = fields.Boolean(
        string="State penalties",
        help="The message states late-payment interest and the lump-sum indemnity.",
    )
    mail_template_id = fields.Many2one(
        "mail.template",
        string="Text",
        domain=[("model", "=", "relance.reminder")],
        help="Text of the e-mails and letters of this level.",
    )
    instructions = fields.Text(
        translate=True, help="What the officer asks and says on the phone or on site."
    )

    _delay_bounded = models.Constraint(
        "CHECK (delay_days BETWEEN -365 AND 3650)",
        "A delay must lie between -365 and 3650 days.",
    )
    _deadline_bounded = models.Constraint(
        "CHECK (deadline_days BETWEEN 0 AND 365)",
        "The days to pay must lie between 0 and 365.",
    )
    _minimum_positive = models.Constraint(
        "CHECK (minimum_amount IS NULL OR minimum_amount >= 0)",
        "The least amount of a level cannot be negative.",
    )
    _phase_fits_delay = models.Constraint(
        "CHECK ((phase = 'preventive') = (delay_days <= 0))",
        "Preventive levels come on or before the maturity, all others after it.",
    )
    _delay_uniq = models.UniqueIndex(
        "(scenario_id, delay_days) WHERE active",
        "Two active levels of a scenario cannot come on the same day.",
    )

    @api.depends("delay_days")
    def _compute_example_date(self):
        today = fields.Date.context_today(self)
        for level in self:
            level.example_date = today + timedelta(days=level.delay_days)

    @api.depends("channel_line_ids.channel_id", "channel_line_ids.sequence")
    def _compute_channel_ids(self):
        for level in self:
            level.channel_ids = level.channel_line_ids.sorted("sequence").channel_id

    def _inverse_channel_ids(self):
        for level in self:
            channels = level.channel_ids
            level.channel_line_ids = [
                fields.Command.clear(),
                *(
                    fields.Command.create({"channel_id": channel.id, "sequence": rank})
                    for rank, channel in enumerate(channels, start=1)
                ),
            ]

    def _search_channel_ids(self, operator, value):
        return [("channel_line_ids.channel_id", operator, value)]

    @api.depends("name", "delay_days")
    def _compute_display_name(self):
        for level in self:
            level.display_name = self.env._(
                "%(name)s (day %(day)+d)", name=level.name or "", day=level.delay_days
            )

    @api.constrains("phase", "delay_days", "active", "scenario_id")
    def _check_order_of_phases(self):
        if not self.env.context.get("relance_levels_in_one_go"):
            self._check_order()

    def _check_order(self):
        """Check that the phases come in their order.

        :raise ValidationError: naming the scenario
        """
        for scenario, levels in self.scenario_id.level_ids.grouped(
            "scenario_id"
        ).items():
            ranks = [PHASE_RANK[level.phase] for level in levels.sorted("delay_days")]
            if ranks != sorted(ranks):
                raise ValidationError(
                    self.env._(
                        "In the scenario %(name)s a firmer phase comes before a milder "
                        "one: put the levels in the order of their phases.",
                        name=scenario.name,
                    )
                )

    @api.constrains("mail_template_id")
    def _check_mail_template(self):
        for level in self:
            template = level.mail_template_id.sudo()  # sudo: its model only
            if template and template.model != "relance.reminder":
                raise ValidationError(
                    self.env._(
                        "The text “%(text)s” is not one for reminders.",
                        text=template.name,
                    )
                )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_used(self):
        used = self.env["relance.reminder.line"].search_fetch(
            [("level_id", "in", self.ids)], ["level_id"], limit=1
        )
        if used:
            raise UserError(
                self.env._(
                    "The level %(name)s has served: it belongs to the history of "
                    "reminders. Archive it instead.",
                    name=used.level_id.name,
                )
            )

    def _firmest(self):
        """Return the firmest of the levels: the last phase, then the last day."""
        return self.sorted(lambda lv: (PHASE_RANK[lv.phase], lv.delay_days))[-1:]

    def _to_core(self):
        """Return the level as the decision core wants it."""
        self.ensure_one()
        return Level(
            id=self.id,
            phase=PHASE_RANK[self.phase],
            delay=self.delay_days,
            channels=tuple(self.channel_ids.mapped("code")),
            role=self.role or "",
            minimum=Decimal(str(self.minimum_amount)),
            granted=self.deadline_days,
        )


class RelanceLevelChannel(models.Model):
    """A channel of a level, with its place in the order of preference."""

    _name = "relance.level.channel"
    _description = "Channel of a dunning level"
    _order = "level_id, sequence, id"

    level_id = fields.Many2one(
        "relance.level", required=True, index=True, ondelete="cascade"
    )
    channel_id = fields.Many2one("relance.channel", required=True, ondelete="cascade")
    sequence = fields.Integer(default=10)

    _channel_uniq = models.UniqueIndex(
        "(level_id, channel_id)", "A level lists each channel once."
    )
