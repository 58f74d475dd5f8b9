from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date, formatLang

PDF, XLSX = (
    "application/pdf",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
)


class RelanceStatement(models.TransientModel):
    """Asks for the statement of account of a debtor at any date: screen, PDF, XLSX."""

    _name = "relance.statement"
    _inherit = [
        "relance.statement.sheet",
        "relance.statement.spreadsheet",
        "relance.reminder.address",
        "relance.writing",
    ]
    _description = "Statement of account"

    partner_id = fields.Many2one("res.partner", string="Debtor")
    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    date = fields.Date(
        string="At", required=True, default=lambda self: fields.Date.context_today(self)
    )
    since = fields.Date(
        string="With what was settled since", help="Empty: what is open only."
    )
    with_penalties = fields.Boolean(string="With penalties", default=True)
    contact_id = fields.Many2one(related="partner_id.commercial_partner_id")
    is_for_page = fields.Boolean(
        readonly=True, help="A debtor downloads it: it says what their page says."
    )
    page_lang = fields.Char(readonly=True, help="The language of that page.")
    sheet_html = fields.Html(compute="_compute_sheet_html", sanitize=False)

    @api.depends("partner_id", "company_id", "date", "since", "with_penalties")
    def _compute_sheet_html(self):
        for wizard in self:
            if not (wizard.partner_id and wizard.date):
                wizard.sheet_html = Markup()
                continue
            wizard.sheet_html = self.env["ir.qweb"]._render(
                "relance_ar.statement_sheet", wizard._get_values(wizard.env.lang)
            )

    @api.model
    def _open_for(self, partner):
        """Return the action that opens the statement of a customer."""
        debtor = partner.commercial_partner_id
        return {
            **self.env["ir.actions.act_window"]._for_xml_id(
                "relance_ar.relance_statement_action"
            ),
            "context": {"default_partner_id": debtor.id},
        }

    @api.model
    def _make_for_page(self, scope):
        """Return the statement that a debtor downloads: what their page says today, of
        penalties too, in its language."""
        return self.create(
            {
                "partner_id": scope.debtor.id,
                "company_id": scope.company.id,
                "date": scope.today(),
                "with_penalties": scope.env["relance.page"]._asks_penalties(scope),
                "is_for_page": True,
                "page_lang": self._to_installed_lang(scope.env.lang),
            }
        )

    def _get_lang(self):
        """Return the language of the page, or of the debtor, if it is installed."""
        return self.page_lang or self._to_installed_lang(self.partner_id.lang)

    def _get_values(self, lang):
        """Return what the sheet is rendered with, in a language."""
        self.ensure_one()
        wizard = self.with_context(lang=lang)
        env = wizard.env
        return {
            "sheet": wizard._get_sheet(),
            "money": lambda amount, cur: formatLang(env, amount, currency_obj=cur),
            "day": lambda date: format_date(env, date),
            "kinds": wizard._get_kinds(),
        }

    def _get_sheet(self):
        """Return the statement; what is still to be entered, debtors do not read."""
        read = self._get_known_statement if self.is_for_page else self._get_statement
        return read(
            self.partner_id._origin or self.partner_id,
            self.company_id,
            self.date,
            self.since or None,
            self.with_penalties,
        )

    @api.model
    def _get_kinds(self):
        """Return the names of the kinds of items."""
        return {
            "invoice": self.env._("Invoice"),
            "credit_note": self.env._("Credit note"),
            "payment": self.env._("Payment"),
            "other": self.env._("Entry"),
        }

    def _get_sender_lines(self):
        """Return our address, for the head of the statement."""
        self.ensure_one()
        return self._to_sender_lines(self.company_id, self.company_id.email)

    # ------------------------------------------------------------------- documents

    def _get_reference(self):
        # A day as people write it, in what becomes the name of a file, too.
        day = format_date(self.env, self.date).replace("/", "-")
        return self.env._("Statement %(day)s", day=day)

    def action_print(self):
        """Download the statement as a PDF."""
        self._check_debtor()
        content = self._print()
        return self._download(content, f"{self._get_reference()}.pdf", PDF)

    def action_export(self):
        """Download the statement as a spreadsheet."""
        self._check_debtor()
        content = self._make_spreadsheet(self._get_values(self.env.lang))
        return self._download(content, f"{self._get_reference()}.xlsx", XLSX)

    def _check_debtor(self):
        self.ensure_one()
        if not self.partner_id:
            raise UserError(self.env._("Choose a customer first."))

    def _print(self):
        """Return the PDF of the statement, in the debtor's language."""
        wizard = self.with_context(lang=self._get_lang())
        return self.env["relance.reminder"]._print_document(
            "relance_ar.relance_statement_report",
            wizard,
            self.company_id,
            wizard._get_reference(),
        )

    def _download(self, content, name, mimetype):
        """Return the action that downloads a file; it goes with the wizard."""
        attachment = self.env["ir.attachment"].create(
            {
                "name": name,
                "raw": content,
                "mimetype": mimetype,
                "res_model": self._name,
                "res_id": self.id,
            }
        )
        return attachment._relance_download()
