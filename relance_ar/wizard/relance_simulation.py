from odoo import api, fields, models
from odoo.exceptions import UserError

from ..models.relance_channel import CHANNELS
from ..models.relance_level import PHASE_CODE, PHASES
from ..models.relance_simulator import Simulator

# How far a simulation looks ahead.
YEARS = 3


class RelanceSimulation(models.TransientModel):
    """What would the run of a day do? Shown, and written nowhere else.

    The contacts until then are taken as made, so that the answer is the one that the
    day will give if nobody pays.
    """

    _name = "relance.simulation"
    _inherit = ["relance.company.fixed", "relance.guarded"]
    _description = "Simulation of a run"

    date = fields.Date(
        string="Run of", required=True, default=fields.Date.context_today
    )
    company_id = fields.Many2one(
        "res.company",
        required=True,
        readonly=True,
        default=lambda self: self.env.company,
    )
    line_ids = fields.One2many(
        "relance.simulation.line", "simulation_id", readonly=True
    )
    failures = fields.Text(
        readonly=True, help="Debtors that could not be played, and why."
    )
    line_count = fields.Integer(compute="_compute_totals")
    company_currency_id = fields.Many2one(related="company_id.currency_id")
    amount = fields.Monetary(
        compute="_compute_totals", currency_field="company_currency_id"
    )

    @api.depends("line_ids")
    def _compute_totals(self):
        for simulation in self:
            simulation.line_count = len(simulation.line_ids)
            simulation.amount = sum(simulation.line_ids.mapped("amount"))

    @api.model
    def _get_writable_fields(self):
        return {"date", "company_id"}

    def action_simulate(self):
        """Play the days until the chosen one, and list what its run would propose.

        :return: the action that opens the list
        :raise UserError: for a day that is past, or too far
        """
        self.ensure_one()
        self.check_access("write")
        today = fields.Date.context_today(self)
        if self.date < today:
            raise UserError(
                self.env._("Choose today or a day to come: the past is not played.")
            )
        if self.date > fields.Date.add(today, years=YEARS):
            raise UserError(
                self.env._(
                    "Choose a day within %(count)s years: the contacts until then are "
                    "played one after the other.",
                    count=YEARS,
                )
            )
        run = self.env["relance.run"].new(
            {"company_id": self.company_id.id, "date": self.date}
        )
        run._check_company_allowed()
        simulator = Simulator(run)
        plans = simulator.foresee(today)
        # sudo: lines are written by the simulation only; access was checked.
        simulation = self.sudo()
        simulation.line_ids.unlink()
        simulation.failures = "\n".join(simulator.failed.values())
        self.env["relance.simulation.line"].sudo().create(
            [self._prepare_line_vals(plan, simulator) for plan in plans]
        )
        simulation.invalidate_recordset(["line_ids"])
        return self._open_lines()

    def _tell_failures(self, action):
        """Return an action that names the debtors left out, before another one."""
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "title": self.env._("Debtors left out"),
                "message": self.failures,
                "type": "warning",
                "sticky": True,
                "next": action,
            },
        }

    def _prepare_line_vals(self, plan, simulator):
        """Return the values of the line of one reminder to be."""
        lead = plan.lead
        return {
            "simulation_id": self.id,
            "partner_id": plan.facts.partner_id,
            "contact_id": plan.recipient.contact_id,
            "level_id": lead.level.id,
            "phase": PHASE_CODE[lead.level.phase],
            "channel": lead.channel,
            "held": not lead.channel or lead.held,
            "leaves_by_itself": self.company_id._relance_is_automatic(self.date)
            and simulator._leaves_by_itself(plan),
            "approver": simulator._approver(plan),
            "line_count": len(plan.decisions),
            "amount": float(plan.principal),
            "why": simulator._why(plan),
        }

    def _open_lines(self):
        """Return the action that opens the simulated reminders."""
        action = {
            "type": "ir.actions.act_window",
            "name": self.env._(
                "Simulation of %(date)s",
                date=self.env["relance.run"]._format(self.date),
            ),
            "res_model": "relance.simulation.line",
            "view_mode": "list,pivot,form",
            "domain": [("simulation_id", "=", self.id)],
            "context": {"create": False, "edit": False},
            "help": self.env._(
                "The run of this day would propose nothing: no instalment is due for a "
                "contact then."
            ),
        }
        return self._tell_failures(action) if self.failures else action


class RelanceSimulationLine(models.TransientModel):
    """A reminder that the run of the day would propose."""

    _name = "relance.simulation.line"
    _description = "Simulated reminder"
    _order = "phase desc, amount desc, id"

    simulation_id = fields.Many2one(
        "relance.simulation", required=True, index=True, ondelete="cascade"
    )
    partner_id = fields.Many2one("res.partner", string="Debtor", readonly=True)
    contact_id = fields.Many2one("res.partner", readonly=True)
    level_id = fields.Many2one("relance.level", readonly=True)
    phase = fields.Selection(PHASES, readonly=True)
    channel = fields.Selection(CHANNELS, readonly=True)
    held = fields.Boolean(
        readonly=True, help="Something on our side, or the contact, comes first."
    )
    leaves_by_itself = fields.Boolean(readonly=True)
    approver = fields.Selection(
        [("officer", "Collections officer"), ("manager", "Credit manager")],
        readonly=True,
    )
    line_count = fields.Integer(string="Instalments", readonly=True)
    company_currency_id = fields.Many2one(
        related="simulation_id.company_id.currency_id"
    )
    amount = fields.Monetary(currency_field="company_currency_id", readonly=True)
    why = fields.Text(readonly=True)
