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

    @api.model
    def _say_check_billing(self, missing, **_names):
        return self.env._("What the customer asks for: %(missing)s.", missing=missing)

    @api.model
    def _say_check_einvoice(self, status, effect, **_names):
        words = {
            "undelivered": self.env._(
                "it has not reached the customer: send it again."
            ),
            "pause": self.env._("the customer disputes it or has suspended it."),
            "partial": self.env._("the customer approves a part of it."),
            "stop": self.env._(
                "the customer refuses it, or it is replaced: correct it."
            ),
            "grace": self.env._("the customer says that the payment is on its way."),
            "paid": self.env._("it is said to be paid: look for the payment."),
            "factor": self.env._("the factor is to be paid: follow it up there."),
        }
        return self.env._(
            "Electronic invoice, status “%(status)s”: %(what)s",
            status=status,
            what=words.get(effect, effect),
        )
