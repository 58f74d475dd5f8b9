import io
import logging
from collections import defaultdict

import xlsxwriter

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date, formatLang

from ..core.penalty import NOTHING
from .relance_penalty_states import SETTLED

_logger = logging.getLogger(__name__)

# The columns of a row that are days, kept in JSON as text.
DAYS = ("date", "due")


class RelanceProceedingClaim(models.AbstractModel):
    """The statement of claim: what was owed on the day of the judgment."""

    _name = "relance.proceeding.claim"
    _description = "Statement of a claim in insolvency"

    claim_rows = fields.Json(compute="_compute_claim_rows")
    late_payment_count = fields.Integer(
        string="Payments after the judgment",
        compute="_compute_claim_rows",
        help="Payments of earlier debts received since the judgment: to be reviewed, "
        "because they may have to be returned (L622-7).",
    )

    @api.depends("opened_on", "partner_id", "company_id")
    def _compute_claim_rows(self):
        for record in self:
            lines = record._get_earlier_lines()
            since = record._get_settled_since(lines)
            penalties, missing = record._get_penalties(lines)
            rows = [
                record._prepare_claim_row(
                    line,
                    since[line.id],
                    None if line.id in missing else penalties.get(line.id, NOTHING),
                )
                for line in lines
            ]
            record.claim_rows = rows
            record.claim_total = sum(row["total_company"] for row in rows)
            record.late_payment_count = sum(1 for row in rows if row["paid_since"])

    def _get_earlier_lines(self):
        """Return the receivable lines born before the judgment and open on its day."""
        self.ensure_one()
        if not self.opened_on:
            return self.env["account.move.line"]
        lines = self.env["account.move.line"].search(
            [
                ("company_id", "=", self.company_id.id),
                ("partner_id", "child_of", self.partner_id.id),
                ("account_type", "=", "asset_receivable"),
                ("parent_state", "=", "posted"),
                ("date", "<", self.opened_on),
            ],
            order="date_maturity, id",
        )
        since = self._get_settled_since(lines)
        return lines.filtered(
            lambda line: (
                not line.currency_id.is_zero(
                    line.amount_residual_currency + since[line.id]
                )
                and line._get_relance_birth() < self.opened_on
            )
        )

    def _get_settled_since(self, lines):
        """Return ``{line id: what was settled from the day of the judgment on}``.

        Signed as the line: positive on an invoice, negative on a credit.
        """
        settled = defaultdict(float)
        partials = self.env["account.partial.reconcile"].search(
            [
                "|",
                ("debit_move_id", "in", lines.ids),
                ("credit_move_id", "in", lines.ids),
            ]
        )
        for partial in partials:
            debit, credit = partial.debit_move_id, partial.credit_move_id
            if credit.date >= self.opened_on:
                settled[debit.id] += partial.debit_amount_currency
            if debit.date >= self.opened_on:
                settled[credit.id] -= partial.credit_amount_currency
        return settled

    def _prepare_claim_row(self, line, settled_since, penalty):
        """Return what the statement says of one line, in its currency.

        :param penalty: None if it is not known: neither is it zero
        """
        owed = line.amount_residual_currency + settled_since
        interest, indemnity = (
            (float(penalty.interest), float(penalty.indemnity))
            if penalty
            else (None, None)
        )
        currency, company = line.currency_id, self.company_id
        total = owed + (interest or 0) + (indemnity or 0)
        return {
            "line": line.id,
            "number": line.move_id.name,
            "date": fields.Date.to_string(line.move_id.invoice_date or line.date),
            "due": fields.Date.to_string(line.date_maturity) or "",
            "amount": line.amount_currency,
            "owed": currency.round(owed),
            "interest": interest,
            "indemnity": indemnity,
            "total": currency.round(total),
            "currency": currency.name,
            "is_to_come": bool(
                line.date_maturity and line.date_maturity >= self.opened_on
            ),
            "paid_since": currency.round(settled_since) if settled_since > 0 else 0.0,
            "total_company": currency._convert(
                total, company.currency_id, company, self.opened_on
            ),
        }

    def _get_printed_rows(self):
        """Return the rows of the statement, with dates and amounts as people read them.

        :return: a list of ``{name: text}``; None is an amount that is not known yet
        """
        self.ensure_one()
        rows = self.claim_rows or []  # JSON takes an empty list for nothing
        currencies = self.env["res.currency"].with_context(active_test=False)
        names = {row["currency"] for row in rows}
        by_name = currencies.search([("name", "in", list(names))]).grouped("name")
        return [self._say_row(row, by_name[row["currency"]]) for row in rows]

    def _say_row(self, row, currency):
        said = {
            name: None
            if row[name] is None
            else formatLang(self.env, row[name], currency_obj=currency)
            for name in ("owed", "interest", "indemnity", "total")
        }
        days = {name: format_date(self.env, row[name]) for name in DAYS}
        return {**row, **said, **days}

    def _get_penalties(self, lines):
        """Return the penalties of lines up to the eve of the judgment (L622-28).

        Without what was waived, or invoiced: the statement lists that invoice itself.
        Where a rate is missing, the principal is declared all the same.

        :return: as ``relance.penalty.facts._compute``
        """
        if not lines:
            return {}, {}
        eve = fields.Date.subtract(self.opened_on, days=1)
        # sudo: what was claimed on lines just found.
        claims = self.env["relance.penalty.claim"].sudo()
        return claims._get_unclaimed(lines, eve, SETTLED, disputed={})

    # --------------------------------------------------------------------- documents

    def action_make_statement(self):
        """Make the statement of claim again, as a PDF and as a spreadsheet."""
        self.check_access("write")
        for record in self:
            record._make_statement()
        return True

    def _make_statement(self):
        """Keep the statement of the day with the proceedings."""
        self.ensure_one()
        name = self.env._("Statement of claim")
        files = [(f"{name}.xlsx", self._make_spreadsheet())]
        try:
            content, kind = self.env["ir.actions.report"]._render_qweb_pdf(
                "relance_ar.relance_proceeding_report", self.ids
            )
            files.append((f"{name}.{kind}", content))
        except UserError as error:  # no program to print with: the figures are there
            _logger.info("The statement of claim could not be printed: %s", error)
        said = self.env._(
            "Statement of claim at the judgment of %(day)s.",
            day=format_date(self.env, self.opened_on),
        )
        self.message_post(
            body=" ".join([said, *self._say_unknown_penalties()]), attachments=files
        )

    def _say_unknown_penalties(self):
        """Return why some penalties are not in the statement, with the remedy."""
        _found, missing = self._get_penalties(self._get_earlier_lines())
        rates = self.env["relance.interest.rate"]
        return sorted({rates._say_missing(error) for error in missing.values()})

    def _make_spreadsheet(self):
        """Return the statement as the bytes of a spreadsheet."""
        self.ensure_one()
        titles = [title for _name, title in self._get_claim_columns()]
        output = io.BytesIO()
        book = xlsxwriter.Workbook(
            output,
            {
                "in_memory": True,
                "strings_to_formulas": 0,
                "default_date_format": "yyyy-mm-dd",
            },
        )
        sheet = book.add_worksheet()
        bold = book.add_format({"bold": True})
        sheet.write_row(0, 0, titles, bold)
        rows = self.claim_rows or []  # JSON takes an empty list for nothing
        unknown = self.env._("not known yet")
        for position, row in enumerate(rows, 1):
            days = {name: fields.Date.to_date(row[name]) or "" for name in DAYS}
            row = {**row, **days}
            cells = [row[name] for name, _title in self._get_claim_columns()]
            sheet.write_row(
                position, 0, [unknown if cell is None else cell for cell in cells]
            )
        sheet.write(len(rows) + 1, 0, self.env._("Total in company currency"), bold)
        sheet.write(len(rows) + 1, 1, self.claim_total, bold)
        sheet.set_column(0, len(titles), 16)
        book.close()
        return output.getvalue()

    @api.model
    def _get_claim_columns(self):
        """Return ``(key of a row, title)`` of the columns, in order."""
        return [
            ("number", self.env._("Invoice")),
            ("date", self.env._("Date")),
            ("due", self.env._("Due on")),
            ("amount", self.env._("Amount")),
            ("owed", self.env._("Owed on the day of the judgment")),
            ("interest", self.env._("Interest up to the eve")),
            ("indemnity", self.env._("Lump-sum indemnity")),
            ("total", self.env._("Total")),
            ("currency", self.env._("Currency")),
            ("paid_since", self.env._("Paid since")),
        ]

    def action_open_late_payments(self):
        """Open the earlier debts on which money came after the judgment."""
        self.ensure_one()
        ids = [row["line"] for row in self.claim_rows or () if row["paid_since"]]
        lines = self.env["account.move.line"].browse(ids)
        return lines._get_records_action(name=self.env._("Payments to review"))
