from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ..models.relance_groups import MANAGER_GROUP
from ..models.relance_level import PHASES
from ..models.relance_simulator import Simulator


class RelanceActivation(models.TransientModel):
    """Switches automatic sending on, after showing what it would have sent."""

    _name = "relance.activation"
    _inherit = ["relance.company.fixed", "relance.guarded"]
    _description = "Start of automatic sending"

    company_id = fields.Many2one(
        "res.company",
        required=True,
        readonly=True,
        default=lambda self: self.env.company,
    )
    is_active = fields.Boolean(related="company_id.relance_auto_send")
    date_from = fields.Date(
        string="Automatic sending from",
        required=True,
        default=fields.Date.context_today,
    )
    old_debt_before = fields.Date(
        string="Old debts: due before",
        default=lambda self: fields.Date.subtract(
            fields.Date.context_today(self), days=30
        ),
    )
    old_debt_rule = fields.Selection(
        lambda self: (
            self.env["res.company"]
            ._fields["relance_old_debt_rule"]
            ._description_selection(self.env)
        ),
        string="Rule for old debts",
        required=True,
        default="approve",
    )
    line_ids = fields.One2many(
        "relance.activation.line", "activation_id", string="Simulation", readonly=True
    )
    failures = fields.Text(
        readonly=True, help="Debtors that could not be played, and why."
    )
    simulated = fields.Char(
        readonly=True, help="The choices whose simulation was shown."
    )

    @api.model
    def _get_writable_fields(self):
        return {"company_id", "date_from", "old_debt_before", "old_debt_rule"}

    @api.constrains("date_from", "old_debt_before")
    def _check_days(self):
        for wizard in self:
            self.env["relance.run"]._check_day(wizard.date_from)
            self.env["relance.run"]._check_day(wizard.old_debt_before)

    def _get_choices(self):
        """Return what the simulation depends on, as one string."""
        self.ensure_one()
        return f"{self.date_from} {self.old_debt_rule} {self.old_debt_before}"

    def _check_manager(self):
        """Let only credit managers decide.

        :raise AccessError: for anybody else
        """
        if not self.env.user.has_group(MANAGER_GROUP):
            raise AccessError(
                self.env._("Automatic sending is switched by a credit manager.")
            )

    @api.model
    def action_open(self):
        """Open the wizard with a fresh simulation."""
        self._check_manager()
        wizard = self.create(self._get_current_values())
        wizard.action_simulate()
        return wizard._reopen()

    @api.model
    def _get_current_values(self):
        """Return what is in force, if automatic sending is on."""
        company = self.env.company
        if not company.relance_auto_send:
            return {}
        rule, before = company._get_relance_old_debt()
        return {
            "date_from": company.relance_auto_send_from,
            "old_debt_rule": rule,
            "old_debt_before": before,
        }

    def _reopen(self):
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Automatic sending"),
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "target": "new",
        }

    def action_simulate(self):
        """Count what the run of the chosen day would do. Writes to no customer."""
        self.ensure_one()
        self._check_manager()
        run = self.env["relance.run"].new(
            {"company_id": self.company_id.id, "date": self.date_from}
        )
        old_debt = (self.old_debt_rule, self.old_debt_before)
        simulator = Simulator(run, old_debt)
        counts = simulator.simulate()
        order = {code: rank for rank, (code, _name) in enumerate(PHASES)}
        # sudo: what was simulated is not written by hand; the manager was checked.
        wizard = self.sudo()
        wizard.line_ids.unlink()
        wizard.failures = "\n".join(simulator.failed.values())
        wizard.line_ids = [
            fields.Command.create(
                {"phase": phase, "channel": channel, "auto_send": auto, **values}
            )
            for (phase, channel, auto), values in sorted(
                counts.items(), key=lambda item: (order[item[0][0]], item[0][1])
            )
        ]
        wizard.simulated = self._get_choices()
        return self._reopen()

    def action_activate(self):
        """Switch automatic sending on, from the date whose simulation was shown."""
        self.ensure_one()
        self._check_manager()
        if self.simulated != self._get_choices():
            raise UserError(
                self.env._(
                    "Look at the simulation of the %(day)s first: press “Simulate”.",
                    day=self.date_from.strftime("%d/%m/%Y"),
                )
            )
        self._write_company(
            {
                "relance_auto_send": True,
                "relance_auto_send_from": self.date_from,
                "relance_old_debt_before": self.old_debt_before,
                "relance_old_debt_rule": self.old_debt_rule,
            }
        )
        return {"type": "ir.actions.client", "tag": "soft_reload"}

    def action_deactivate(self):
        """Switch automatic sending off at once."""
        self.ensure_one()
        self._check_manager()
        self._write_company({"relance_auto_send": False})
        return {"type": "ir.actions.client", "tag": "soft_reload"}

    def _write_company(self, values):
        if self.company_id not in self.env.companies:
            raise AccessError(
                self.env._("You do not work in %(name)s.", name=self.company_id.name)
            )
        # sudo: these settings of dunning alone are the credit manager's, who was
        # checked above, and who has no rights on the other settings of companies.
        self.company_id.sudo().write(values)


class RelanceActivationLine(models.TransientModel):
    """What the simulation would send, by phase and channel."""

    _name = "relance.activation.line"
    _description = "Simulated reminders"
    _order = "id"

    activation_id = fields.Many2one(
        "relance.activation", required=True, index=True, ondelete="cascade"
    )
    phase = fields.Selection(PHASES, readonly=True)
    channel = fields.Char(readonly=True)
    auto_send = fields.Boolean(string="Leaves by itself", readonly=True)
    reminder_count = fields.Integer(string="Reminders", readonly=True)
    line_count = fields.Integer(string="Instalments", readonly=True)
    company_currency_id = fields.Many2one(
        related="activation_id.company_id.currency_id"
    )
    amount = fields.Monetary(currency_field="company_currency_id", readonly=True)
