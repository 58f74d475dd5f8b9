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
    relance_assessment_failure = fields.Char(
        related="company_id.relance_assessment_failure"
    )
    relance_penalty_rate_note = fields.Char(
        related="company_id.relance_penalty_rate_note"
    )
    relance_penalty_year = fields.Selection(
        related="company_id.relance_penalty_year", readonly=False
    )
    relance_penalty_paid_late = fields.Boolean(
        related="company_id.relance_penalty_paid_late", readonly=False
    )
    relance_penalty_account_id = fields.Many2one(
        related="company_id.relance_penalty_account_id", readonly=False
    )
    relance_penalty_excluded_country_ids = fields.Many2many(
        related="company_id.relance_penalty_excluded_country_ids", readonly=False
    )
    relance_penalty_mentions = fields.Boolean(
        related="company_id.relance_penalty_mentions", readonly=False
    )
    relance_discount_note = fields.Char(
        related="company_id.relance_discount_note", readonly=False
    )
    relance_auto_send = fields.Boolean(related="company_id.relance_auto_send")
    relance_auto_send_from = fields.Date(related="company_id.relance_auto_send_from")
