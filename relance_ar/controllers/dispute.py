from odoo import http
from odoo.exceptions import AccessError, MissingError
from odoo.http import request


class DisputeController(http.Controller):
    """The invoices of a dispute, for its owner who has no rights on accounting."""

    @http.route(
        "/relance/dispute/<int:dispute_id>/invoice/<int:move_id>",
        type="http",
        auth="user",
    )
    def invoice(self, dispute_id, move_id):
        """Return the PDF of an invoice that the dispute is about; 404 for all else."""
        record = request.env["relance.dispute"].browse(dispute_id)
        try:
            name, content = record._get_invoice_pdf(move_id)
        except (AccessError, MissingError):
            return request.not_found()
        return request.make_response(
            content,
            [
                ("Content-Type", "application/pdf"),
                ("Content-Length", len(content)),
                ("Content-Disposition", http.content_disposition(name, "inline")),
                ("X-Content-Type-Options", "nosniff"),
            ],
        )
