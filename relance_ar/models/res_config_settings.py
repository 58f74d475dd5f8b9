from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    relance_scenario_id = fields.Many2one(
        related="company_id.relance_scenario_id", readonly=False
    )
    relance_consumer_scenario_id = fields.Many2one(
        related="company_id.relance_consumer_scenario_id", readonly=False
    )
    relance_user_id = fields.Many2one(
        related="company_id.relance_user_id", readonly=False
    )
    relance_alsace_moselle = fields.Boolean(
        related="company_id.relance_alsace_moselle", readonly=False
    )
    relance_penalty_rate = fields.Float(
        related="company_id.relance_penalty_rate", readonly=False
    )
    relance_approval_ceiling = fields.Monetary(
        related="company_id.relance_approval_ceiling",
        currency_field="currency_id",
        readonly=False,
    )
    relance_automatic_method_line_ids = fields.Many2many(
        related="company_id.relance_automatic_method_line_ids", readonly=False
    )
    relance_auto_send = fields.Boolean(related="company_id.relance_auto_send")
    relance_auto_send_from = fields.Date(related="company_id.relance_auto_send_from")
    relance_director_id = fields.Many2one(
        related="company_id.relance_director_id", readonly=False
    )
    relance_escalation_days = fields.Integer(
        related="company_id.relance_escalation_days", readonly=False
    )
    relance_promise_tolerance = fields.Integer(
        related="company_id.relance_promise_tolerance", readonly=False
    )
    relance_promise_pauses = fields.Integer(
        related="company_id.relance_promise_pauses", readonly=False
    )
    relance_plan_tolerance = fields.Integer(
        related="company_id.relance_plan_tolerance", readonly=False
    )
