from odoo import api, fields, models


class RelancePromiseCancel(models.TransientModel):
    """Asks why broken promises are taken back."""

    _name = "relance.promise.cancel"
    _description = "Take back broken promises"

    promise_ids = fields.Many2many("relance.promise", string="Promises", readonly=True)
    reason = fields.Char(string="Why", required=True)

    @api.model
    def _open_for(self, promises):
        """Return the action that asks for promises."""
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Take back broken promises"),
            "res_model": self._name,
            "view_mode": "form",
            "target": "new",
            "context": {"default_promise_ids": promises.ids},
        }

    def action_cancel(self):
        """Take them back, saying why."""
        self.promise_ids.cancel(self.reason)
        return {"type": "ir.actions.act_window_close"}
