from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.tools import format_date, formatLang, html2plaintext

from ..core import quoting

# What the owner reads of the customer's messages.
MESSAGES, CHARACTERS = 10, 1500


class RelanceDisputePapers(models.AbstractModel):
    """What the owner of a dispute reads of the invoices concerned, and nothing more.

    They have no rights on accounting: all that they see of it comes through here.
    """

    _name = "relance.dispute.papers"
    _description = "Papers of a dispute"

    proof_ids = fields.Many2many(
        "ir.attachment",
        "relance_dispute_proof_rel",
        string="Proofs for the customer",
        copy=False,
        bypass_search_access=True,
        help="What leaves with our answer. What is added below, with the paper clip, "
        "stays among us.",
    )
    invoices = fields.Html(compute="_compute_invoices", sanitize=False)
    messages = fields.Html(
        string="Messages of the customer", compute="_compute_messages", sanitize=False
    )

    def _compute_invoices(self):
        for record in self:
            values = {"record": record, "rows": record._get_invoice_rows()}
            record.invoices = self.env["ir.qweb"]._render(
                "relance_ar.dispute_invoices", values
            )

    def _get_invoice_rows(self):
        """Return what is told of the invoices: number, dates, amounts, PDF."""
        self.ensure_one()
        self.check_access("read")
        # sudo: the few figures of the invoices concerned, for whoever may read the
        # dispute.
        lines = self.sudo().move_line_ids
        rows = []
        for line in lines.sorted(lambda li: (li.date_maturity or li.date, li.id)):
            move = line.move_id
            rows.append(
                {
                    "name": line.move_name or move.name,
                    "date": format_date(self.env, move.invoice_date or move.date),
                    "due": format_date(self.env, line.date_maturity or move.date),
                    "total": self._amount(move.amount_total, move.currency_id),
                    "open": self._amount(
                        line.amount_residual_currency, line.currency_id
                    ),
                    "products": ", ".join(self._get_products(move)),
                    "url": move.is_invoice()
                    and f"/relance/dispute/{self.id}/invoice/{move.id}",
                }
            )
        return rows

    @api.model
    def _get_products(self, move):
        """Return the first words of what was invoiced: a few lines."""
        named = move.invoice_line_ids.filtered("name")[:3]
        return [line.name.splitlines()[0] for line in named]

    def _amount(self, amount, currency):
        return formatLang(self.env, amount, currency_obj=currency)

    def _compute_messages(self):
        for record in self:
            record.messages = self.env["ir.qweb"]._render(
                "relance_ar.dispute_messages",
                {"rows": record._get_debtor_messages()},
            )

    def _get_debtor_messages(self):
        """Return what the customer wrote about the instalments, as plain text."""
        self.ensure_one()
        self.check_access("read")
        # sudo: the customer's own words about these instalments, no others.
        record = self.sudo()
        reminders = (
            record.env["relance.reminder.line"]
            .search([("move_line_id", "in", record.move_line_ids.ids)])
            .reminder_id
        )
        found = (
            self.env["mail.message"]
            .sudo()
            .search(
                [
                    ("model", "=", "relance.reminder"),
                    ("res_id", "in", reminders.ids),
                    ("message_type", "in", ("email", "comment")),
                ],
                order="id desc",
            )
        )
        theirs = found.filtered(lambda m: m._relance_is_from_debtor(self.company_id))
        return [
            {
                "author": message.author_id.name or message.email_from,
                "date": format_date(self.env, message.date.date()),
                "text": self._get_own_words(message.body)[:CHARACTERS],
            }
            for message in theirs[:MESSAGES]
        ]

    @api.model
    def _get_own_words(self, body):
        """Return what a message says itself: what it quotes lists other invoices."""
        written = quoting.without_quotes(str(body or ""))
        return quoting.own_words(html2plaintext(written, include_references=False))

    def _get_invoice_pdf(self, move_id):
        """Return the name and the PDF of one invoice that the dispute is about.

        :raise AccessError: for any other entry, or whoever may not read the dispute
        """
        self.ensure_one()
        self.check_access("read")
        # sudo: one document, of which the line above and the next one say that the
        # reader of the dispute is concerned.
        move = self.sudo().move_line_ids.move_id.filtered(lambda m: m.id == move_id)
        if not move or not move.is_invoice() or move.state != "posted":
            raise AccessError(self.env._("The dispute is not about this invoice."))
        stored = move.invoice_pdf_report_id
        if stored:
            return stored.name, stored.raw
        printed = self.env["relance.reminder"]._print_invoices(move.ids)
        return move._get_invoice_report_filename(), printed[move.id]

    def _process_attachments_for_template_post(self, mail_template):
        # EXTENDS 'mail': what is written to the customer carries the invoices, and
        # what was chosen as proofs; never what colleagues tell each other.
        result = super()._process_attachments_for_template_post(mail_template)
        for record in self:
            values = result.setdefault(record.id, {})
            files = record._store_invoices() + record.proof_ids.ids
            values.setdefault("attachment_ids", []).extend(files)
        return result

    def _store_invoices(self):
        """Return the ids of attachments with the PDF of each invoice, for an e-mail."""
        self.ensure_one()
        # sudo: which invoices the dispute is about, for whom may write about it.
        moves = self.sudo().move_line_ids.move_id.filtered(
            lambda m: m.is_invoice() and m.state == "posted"
        )
        return (
            self.env["ir.attachment"]
            .create(
                [
                    {
                        "name": name,
                        "raw": content,
                        "res_model": "mail.compose.message",
                        "res_id": 0,
                    }
                    for name, content in map(self._get_invoice_pdf, moves.ids)
                ]
            )
            .ids
        )
