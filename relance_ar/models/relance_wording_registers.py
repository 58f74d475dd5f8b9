from odoo import api, models


class RelanceWordingRegisters(models.AbstractModel):
    """Puts what the registers and the law stop in words."""

    _name = "relance.wording.registers"
    _description = "Words for what the registers say"

    @api.model
    def _say_earlier_debt(self, opened_on, **_names):
        return self.env._(
            "Born before the insolvency judgment of %(opened_on)s: it is declared, not "
            "chased (Code de commerce, L622-7 and L622-21).",
            opened_on=opened_on,
        )
