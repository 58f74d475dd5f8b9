from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..registers.http import Client, RegisterError
from .relance_register import ADDRESSES, OFF, SERVICES


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
    relance_link_days = fields.Integer(
        related="company_id.relance_link_days", readonly=False
    )
    relance_letter_window = fields.Selection(
        related="company_id.relance_letter_window", readonly=False
    )
    relance_letter_sides = fields.Selection(
        related="company_id.relance_letter_sides", readonly=False
    )
    relance_letter_identity = fields.Char(
        related="company_id.relance_letter_identity", readonly=False
    )
    relance_postal_provider = fields.Selection(
        related="company_id.relance_postal_provider", readonly=False
    )
    relance_limitation_margin = fields.Integer(
        related="company_id.relance_limitation_margin", readonly=False
    )
    relance_block_duplicates = fields.Boolean(
        related="company_id.relance_block_duplicates", readonly=False
    )
    relance_sector = fields.Selection(
        related="company_id.relance_sector", readonly=False
    )
    relance_end_of_month = fields.Selection(
        related="company_id.relance_end_of_month", readonly=False
    )
    relance_declaration_margin = fields.Integer(
        related="company_id.relance_declaration_margin", readonly=False
    )
    relance_auto_send = fields.Boolean(related="company_id.relance_auto_send")
    relance_auto_send_from = fields.Date(related="company_id.relance_auto_send_from")
    relance_director_id = fields.Many2one(
        related="company_id.relance_director_id", readonly=False
    )
    relance_escalation_days = fields.Integer(
        related="company_id.relance_escalation_days", readonly=False
    )
    relance_call_attempts = fields.Integer(
        related="company_id.relance_call_attempts", readonly=False
    )
    relance_promise_tolerance = fields.Integer(
        related="company_id.relance_promise_tolerance", readonly=False
    )
    relance_promise_pauses = fields.Integer(
        related="company_id.relance_promise_pauses", readonly=False
    )
    relance_promise_longest = fields.Integer(
        related="company_id.relance_promise_longest", readonly=False
    )
    relance_promise_share = fields.Integer(
        related="company_id.relance_promise_share", readonly=False
    )
    relance_plan_tolerance = fields.Integer(
        related="company_id.relance_plan_tolerance", readonly=False
    )
    relance_slack = fields.Monetary(
        related="company_id.relance_slack",
        currency_field="currency_id",
        readonly=False,
    )
    relance_plan_first_days = fields.Integer(
        related="company_id.relance_plan_first_days", readonly=False
    )
    # The key is written here and never read back.
    relance_register_service = fields.Selection(
        SERVICES,
        string="Register of companies",
        default=OFF,
        config_parameter="relance_ar.register_service",
    )
    relance_register_watch = fields.Boolean(
        string="Look all customers up once a month",
        config_parameter="relance_ar.register_watch",
    )
    relance_bulletin_watch = fields.Boolean(
        string="Watch the insolvency notices every day",
        config_parameter="relance_ar.bulletin_watch",
    )
    relance_directory_address = fields.Char(
        string="Address of Recherche d'entreprises",
        config_parameter="relance_ar.directory_address",
        default=ADDRESSES["directory"],
    )
    relance_sirene_address = fields.Char(
        string="Address of INSEE Sirene",
        config_parameter="relance_ar.sirene_address",
        default=ADDRESSES["sirene"],
    )
    relance_bodacc_address = fields.Char(
        string="Address of the bulletin",
        config_parameter="relance_ar.bodacc_address",
        default=ADDRESSES["bodacc"],
    )
    relance_sirene_key = fields.Char(
        string="New key of INSEE",
        help="Kept, and not shown again.",
    )
    relance_has_sirene_key = fields.Boolean(compute="_compute_relance_has_sirene_key")

    @api.depends_context("uid")
    def _compute_relance_has_sirene_key(self):
        # sudo: only whether there is a key.
        parameters = self.env["ir.config_parameter"].sudo()
        self.relance_has_sirene_key = bool(
            parameters.get_param("relance_ar.sirene_key")
        )

    @api.constrains(
        "relance_directory_address", "relance_sirene_address", "relance_bodacc_address"
    )
    def _check_relance_addresses(self):
        for settings in self:
            for name in ("directory", "sirene", "bodacc"):
                address = settings[f"relance_{name}_address"]
                settings._check_relance_address(address)

    @api.model
    def _check_relance_address(self, address):
        """Refuse what is no web address; empty is the public service."""
        try:
            if address:
                Client(address, 1)
        except RegisterError as error:
            raise ValidationError(
                self.env._("%(address)s is not a web address.", address=address)
            ) from error

    def set_values(self):
        result = super().set_values()
        if self.relance_sirene_key:
            # sudo: only administrators save settings; the key is stored as they store
            # others, and emptied from this form.
            parameters = self.env["ir.config_parameter"].sudo()
            parameters.set_param("relance_ar.sirene_key", self.relance_sirene_key)
            self.relance_sirene_key = False
        return result

    def action_relance_forget_key(self):
        """Forget the key of INSEE."""
        self.check_access("write")
        # sudo: as in set_values.
        self.env["ir.config_parameter"].sudo().set_param("relance_ar.sirene_key", False)
        return {"type": "ir.actions.client", "tag": "soft_reload"}
