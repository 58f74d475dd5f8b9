from odoo import api, fields, models
from odoo.fields import Domain

from .relance_groups import OFFICER_GROUP
from .relance_recipients import ROLES


class RelanceDebtorPolicy(models.AbstractModel):
    """How one customer is chased: hold, contacts, what they want.

    Not copied with a customer: who is no officer may copy one, not read this.
    """

    _name = "relance.debtor.policy"
    _description = "Collections policy of a customer"

    relance_hold_until = fields.Date(
        string="Dunning on hold until",
        company_dependent=True,
        groups=OFFICER_GROUP,
        help="No reminder until the end of this day.",
    )
    relance_hold_reason = fields.Char(
        string="Reason of the hold", company_dependent=True, groups=OFFICER_GROUP
    )
    relance_role = fields.Selection(
        ROLES,
        string="Role for invoices",
        copy=False,
        groups=OFFICER_GROUP,
        help="Which reminders this contact receives: each level says whom it is meant "
        "for.",
    )
    relance_requires_order = fields.Boolean(
        string="Requires an order number",
        copy=False,
        groups=OFFICER_GROUP,
        help="The customer pays no invoice without a reference of theirs on it.",
    )
    relance_refused_channel_ids = fields.Many2many(
        "relance.channel",
        "relance_partner_refused_channel_rel",
        string="Channels refused",
        copy=False,
        groups=OFFICER_GROUP,
        help="How the customer does not want to be contacted.",
    )
    relance_electronic_consent_on = fields.Date(
        string="Agreed to electronic registered letters on",
        copy=False,
        groups=OFFICER_GROUP,
        help="A customer who is not a professional must have agreed beforehand (Code "
        "des postes et des communications électroniques, L100).",
    )
    relance_closing_ids = fields.One2many(
        "relance.closing",
        "partner_id",
        string="Closing periods",
        groups=OFFICER_GROUP,
        help="When the customer is closed: nobody is contacted then.",
    )
    relance_reminder_count = fields.Integer(
        string="Reminders",
        compute="_compute_relance_reminder_count",
        groups=OFFICER_GROUP,
    )
    relance_level_id = fields.Many2one(
        "relance.level",
        string="Level reached",
        compute="_compute_relance_level_id",
        groups=OFFICER_GROUP,
        help="The firmest level reached by what the customer still owes.",
    )

    @api.constrains("relance_hold_until")
    def _check_relance_hold_until(self):
        # sudo: who creates a customer may not read it; only its range is looked at.
        for partner in self.sudo():
            self.env["relance.run"]._check_day(partner.relance_hold_until)

    def _compute_relance_reminder_count(self):
        counts = dict(
            self.env["relance.reminder"]._read_group(
                [
                    ("partner_id", "in", self.commercial_partner_id.ids),
                    ("state", "!=", "cancelled"),
                ],
                ["partner_id"],
                ["__count"],
            )
        )
        for partner in self:
            partner.relance_reminder_count = counts.get(
                partner.commercial_partner_id, 0
            )

    def _compute_relance_level_id(self):
        lines = self.env["relance.reminder.line"]
        domain = lines._get_confirmed_domain() & Domain(
            [
                ("reminder_id.partner_id", "in", self.commercial_partner_id.ids),
                ("move_line_id.reconciled", "=", False),
            ]
        )
        found = lines.search_fetch(domain, ["reminder_id", "level_id"])
        by_debtor = found.grouped(lambda line: line.reminder_id.partner_id)
        for partner in self:
            debtor_lines = by_debtor.get(partner.commercial_partner_id, lines)
            partner.relance_level_id = debtor_lines.level_id._firmest()

    def action_relance_statement(self):
        """Open the statement of account of this customer."""
        self.ensure_one()
        return self.env["relance.statement"]._open_for(self)

    def action_relance_sheet(self):
        """Open the screen to look at before a call."""
        self.ensure_one()
        action = self.env["ir.actions.client"]._for_xml_id(
            "relance_ar.relance_customer_action"
        )
        debtor = self.commercial_partner_id
        return {
            **action,
            "name": debtor.display_name,
            "params": {"partner_id": debtor.id},
        }

    def action_relance_events(self):
        """Open the contacts with this debtor, sealed."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "relance_ar.relance_event_action"
        )
        debtor = self.commercial_partner_id
        return {**action, "domain": [("partner_id", "=", debtor.id)], "context": {}}

    def action_relance_reminders(self):
        """Open the reminders to this debtor."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "relance_ar.relance_reminder_action_all"
        )
        debtor = self.commercial_partner_id
        return {
            **action,
            "domain": [("partner_id", "=", debtor.id)],
            "context": {"default_partner_id": debtor.id},
        }
