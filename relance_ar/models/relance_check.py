from odoo import api, fields, models, tools

from ..core.preflight import BLOCKING, IGNORE, WARNING

CHECKS = [
    ("not_sent", "The invoice has not been sent"),
    ("bounced", "The e-mail of the invoice came back"),
    ("order_number", "The order number is missing"),
    ("terms", "The terms differ from those agreed"),
    ("draft_credit", "A credit note is still in draft"),
    ("loose_credit", "A credit note of no invoice is in draft"),
    ("in_process", "A payment is in process"),
    ("in_bank", "A bank line may be its payment"),
    ("free_credit", "Credits are not matched"),
    ("unread", "An answer has not been read"),
    ("refused", "Its e-mails are refused"),
    ("currency_rate", "The currency has no rate"),
    ("billing", "A billing requirement is not met"),
    ("einvoice", "The electronic invoice is refused, disputed or not delivered"),
]


class RelanceCheck(models.Model):
    """A check of our own side, and how grave it is. The codes are fixed."""

    _name = "relance.check"
    _description = "Check before a reminder"
    _order = "sequence, id"
    _rec_name = "code"

    code = fields.Selection(CHECKS, string="Check", required=True)
    description = fields.Char(string="Then", translate=True)
    sequence = fields.Integer(default=10)
    severity = fields.Selection(
        [
            (IGNORE, "Ignore"),
            (WARNING, "Warning"),
            (BLOCKING, "Blocking"),
        ],
        required=True,
        default=WARNING,
        help="A warning is written on the reminder. What blocks holds it, and gives "
        "our side a task.",
    )

    _code_uniq = models.UniqueIndex("(code)", "This check exists already.")

    @api.model
    @tools.ormcache()
    def _get_severities(self):
        """Return ``{code: severity}``."""
        # sudo: policy, the same for whoever plans.
        checks = self.sudo().search([], limit=len(CHECKS))
        return {check.code: check.severity for check in checks}

    def write(self, vals):
        result = super().write(vals)
        self.env.registry.clear_cache()
        return result

    @api.model_create_multi
    def create(self, vals_list):
        checks = super().create(vals_list)
        self.env.registry.clear_cache()
        return checks

    @api.ondelete(at_uninstall=False)
    def _unlink_clear_cache(self):
        self.env.registry.clear_cache()
