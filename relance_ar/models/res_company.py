from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..core.calendar import Calendar
from ..core.promise import PauseRules
from .relance_groups import MANAGER_GROUP, OFFICER_GROUP
from .relance_interest_rate import RATE_DIGITS
from .relance_terms import END_OF_MONTH, SECTORS


class ResCompany(models.Model):
    _name = "res.company"
    _inherit = [
        "relance.company.penalty",
        "relance.company.disputes",
        "relance.company.agreements",
        "relance.company.letters",
        "res.company",
    ]

    relance_scenario_id = fields.Many2one(
        "relance.scenario",
        string="Default scenario",
        help="For customers without a scenario of their own.",
    )
    relance_consumer_scenario_id = fields.Many2one(
        "relance.scenario",
        string="Scenario for individuals",
        help="For customers who are not companies.",
    )
    relance_user_id = fields.Many2one(
        "res.users",
        string="Default collections officer",
        help="For customers without an officer of their own.",
    )
    relance_alsace_moselle = fields.Boolean(
        string="Alsace-Moselle holidays",
        help="Good Friday and 26 December are holidays too.",
    )
    relance_penalty_rate = fields.Float(
        string="Contract penalty rate (%)",
        digits=RATE_DIGITS,
        help="Yearly rate in your terms of sale. With 0 the statutory rate applies: "
        "the ECB's refinancing rate plus 10 points (Code de commerce, L441-10).",
    )
    relance_approval_ceiling = fields.Monetary(
        string="Ceiling of officers",
        currency_field="currency_id",
        help="A reminder about more than this is approved by a credit manager. None "
        "with 0.",
    )
    relance_auto_send = fields.Boolean(
        string="Automatic sending",
        readonly=True,
        help="Switched on by a credit manager, after a simulation.",
    )
    relance_auto_send_from = fields.Date(string="Automatic sending from", readonly=True)
    relance_automatic_method_line_ids = fields.Many2many(
        "account.payment.method.line",
        "relance_company_automatic_method_rel",
        string="Automatic payment methods",
        domain="[('payment_type', '=', 'inbound'), ('company_id', 'parent_of', id)]",
        help="Methods by which customers pay without doing anything: direct debit, "
        "bill of exchange, card on file.",
    )
    relance_promise_tolerance = fields.Integer(
        string="Tolerance of promises",
        default=3,
        help="Days left to the bank after the day of a promise.",
    )
    relance_promise_pauses = fields.Integer(
        string="Promises that suspend",
        default=2,
        help="How many promises about the same instalment suspend its reminders, as "
        "long as it is owed. None with 0.",
    )
    relance_promise_longest = fields.Integer(
        string="Longest pause of a promise",
        default=60,
        help="Days after which reminders go on, for however late a day a payment was "
        "promised. No promise suspends with 0.",
    )
    relance_promise_share = fields.Integer(
        string="Least share of a promise",
        default=50,
        help="Percentage of what is owed on its instalments that a promise must cover "
        "to suspend their reminders: a smaller one leaves the rest late.",
    )
    relance_plan_tolerance = fields.Integer(
        string="Tolerance of payment plans",
        default=5,
        help="Days left to the bank after each instalment of a plan.",
    )
    relance_plan_first_days = fields.Integer(
        string="Days to the first instalment",
        default=30,
        help="A credit manager agrees to a plan that begins later.",
    )
    relance_assessment_failure = fields.Char(
        string="Payers not assessed",
        readonly=True,
        help="Why the last assessment failed; it is tried again every day.",
    )
    relance_block_duplicates = fields.Boolean(
        string="One account per SIREN",
        help="A second account with the SIREN of another one is refused.",
    )
    relance_sector = fields.Selection(
        SECTORS,
        string="Sector",
        default="general",
        help="Sets the longest payment terms (Code de commerce, L441-10 and L441-11).",
    )
    relance_end_of_month = fields.Selection(
        END_OF_MONTH,
        string="45 days end of month",
        help="How it is counted in your terms of sale, if they have it: both ways are "
        "lawful, if agreed beforehand.",
    )
    relance_declaration_margin = fields.Integer(
        string="Margin to declare a claim",
        default=15,
        help="Days before the end of the time to declare, when the task is due.",
    )
    relance_assessed_on = fields.Date(string="Payers assessed on", readonly=True)
    relance_old_debt_before = fields.Date(
        string="Old debts: due before",
        readonly=True,
        help="Instalments due before this day follow the rule for old debts.",
    )
    relance_old_debt_rule = fields.Selection(
        [
            ("approve", "Propose, never send by itself"),
            ("ignore", "Leave out"),
            ("include", "Treat as any other"),
        ],
        string="Rule for old debts",
        default="approve",
        readonly=True,
    )

    _relance_penalty_rate_bounded = models.Constraint(
        "CHECK (relance_penalty_rate IS NULL "
        "OR (relance_penalty_rate >= 0 AND relance_penalty_rate <= 100))",
        "The penalty rate must lie between 0 and 100 %.",
    )

    _relance_tolerances_bounded = models.Constraint(
        "CHECK (COALESCE(relance_promise_tolerance, 0) BETWEEN 0 AND 60 "
        "AND COALESCE(relance_plan_tolerance, 0) BETWEEN 0 AND 60 "
        "AND COALESCE(relance_escalation_days, 0) BETWEEN 0 AND 60 "
        "AND COALESCE(relance_promise_pauses, 0) BETWEEN 0 AND 99)",
        "Tolerances and delays lie between 0 and 60 days, promises between 0 and 99.",
    )
    _relance_promise_pause_bounded = models.Constraint(
        "CHECK (COALESCE(relance_promise_longest, 0) BETWEEN 0 AND 366 "
        "AND COALESCE(relance_plan_first_days, 0) BETWEEN 0 AND 366 "
        "AND COALESCE(relance_promise_share, 0) BETWEEN 0 AND 100)",
        "The pause of a promise and the first instalment lie between 0 and 366 days, "
        "the share of a promise between 0 and 100 %.",
    )
    _relance_link_days_bounded = models.Constraint(
        "CHECK (COALESCE(relance_link_days, 0) BETWEEN 0 AND 366)",
        "Personal links are valid for 0 to 366 days.",
    )
    _relance_approval_ceiling_positive = models.Constraint(
        "CHECK (relance_approval_ceiling IS NULL OR relance_approval_ceiling >= 0)",
        "The ceiling of officers cannot be negative.",
    )

    @api.constrains("relance_scenario_id", "relance_consumer_scenario_id")
    def _check_relance_scenarios(self):
        for company in self:
            scenarios = (
                company.relance_scenario_id | company.relance_consumer_scenario_id
            )
            for scenario in scenarios.sudo():  # sudo: to name the one that does not fit
                if (
                    scenario.company_id
                    and scenario.company_id not in company.parent_ids
                ):
                    raise ValidationError(
                        self.env._(
                            "The scenario %(scenario)s belongs to another company than "
                            "%(company)s.",
                            scenario=scenario.name,
                            company=company.name,
                        )
                    )

    def _get_relance_scenario(self, is_company):
        """Return the scenario of customers who have none of their own."""
        self.ensure_one()
        ref = self.env["ir.model.data"]._xmlid_to_res_id
        if is_company:
            scenario = self.relance_scenario_id
            standard = "relance_ar.scenario_standard"
        else:
            scenario = self.relance_consumer_scenario_id
            standard = "relance_ar.scenario_consumer"
        standard_id = scenario.id or ref(standard)
        return self.env["relance.scenario"].browse(standard_id or [])

    def _get_relance_pause_rules(self):
        """Return what is granted to those who promise, as ``core.promise`` wants it."""
        self.ensure_one()
        return PauseRules(
            self.relance_promise_pauses,
            self.relance_promise_longest,
            self.relance_promise_share,
        )

    def _get_relance_calendar(self):
        """Return the working days of the company."""
        self.ensure_one()
        return Calendar(
            alsace_moselle=self.relance_alsace_moselle,
            closings=self.env["relance.closing"]._of_company(self)._to_core(),
            seasons=self.env["relance.season"]._of_company(self)._to_core(),
        )

    def _get_relance_lang(self):
        """Return the language of what jobs write, for the people of the company.

        One that was deactivated is none: Odoo refuses to work in it.
        """
        self.ensure_one()
        return self.env["relance.writing"]._to_installed_lang(self.partner_id.lang)

    def _get_relance_officer(self):
        """Return who handles debtors without an officer of their own."""
        self.ensure_one()
        return self._pick_relance_officer(self._get_relance_officers())

    def _pick_relance_officer(self, officers):
        """Return, of the officers, the one of the company, else the first."""
        return (self.relance_user_id & officers) or officers[:1]

    def _get_relance_officers(self):
        """Return the collections officers of the company, plain officers first."""
        # sudo: names of groups and their members only, to know whom to notify.
        groups = self.env["res.groups"].sudo()
        to_id = self.env["ir.model.data"]._xmlid_to_res_id
        group = groups.browse(to_id(OFFICER_GROUP))
        manager = groups.browse(to_id(MANAGER_GROUP))
        users = group.all_user_ids.filtered(
            lambda user: user.active and self in user.company_ids and not user.share
        )
        managers = manager.all_user_ids
        return users.sorted(lambda user: (user in managers, user.id)).sudo(False)

    def _get_relance_old_debt(self):
        """Return the rule for old debts and the day before which a debt is old."""
        self.ensure_one()
        return self.relance_old_debt_rule, self.relance_old_debt_before

    def _relance_is_automatic(self, day):
        """Say whether messages may leave by themselves on ``day``."""
        self.ensure_one()
        start = self.relance_auto_send_from
        return self.relance_auto_send and (not start or start <= day)
