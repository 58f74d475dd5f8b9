import base64
import contextlib

from odoo import fields, models


class RelanceWitnessCompare(models.TransientModel):
    """Compares a table of digests that was received with the contacts as they are."""

    _name = "relance.witness.compare"
    _description = "Comparison of digests"

    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    table = fields.Binary(string="Table received by e-mail", required=True)
    table_name = fields.Char()
    result = fields.Text(readonly=True)

    def action_compare(self):
        """Say whether the contacts are those of the table."""
        self.ensure_one()
        self.company_id.check_access("read")
        content = self._read_table()
        self.result = self.env["relance.witness"]._compare(self.company_id, content)
        return self._show()

    def _read_table(self):
        """Return the bytes of the table; none of what is no file at all."""
        with contextlib.suppress(ValueError):  # not base64
            return base64.b64decode(self.table or b"")
        return b""

    def _show(self):
        """Return the action that shows what was found."""
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Compare with a table"),
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "target": "new",
        }
