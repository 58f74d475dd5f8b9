import io

import xlsxwriter

from odoo import api, models

from .relance_statement_agreements import Money

# Rows above the items: debtor, creditor, day, nothing, titles.
HEAD = 5


class RelanceStatementSpreadsheet(models.AbstractModel):
    """A statement of account as a spreadsheet: a sheet for each currency."""

    _name = "relance.statement.spreadsheet"
    _description = "Spreadsheet of a statement"

    @api.model
    def _make_spreadsheet(self, values):
        """Return the bytes of a spreadsheet; what is typed by people is never run."""
        output = io.BytesIO()
        options = {"in_memory": True, "strings_to_formulas": False}
        book = xlsxwriter.Workbook(output, {**options, "strings_to_urls": False})
        formats = {
            "bold": book.add_format({"bold": True}),
            # The short date of the country of whoever opens it.
            "date": book.add_format({"num_format": 14}),
            "money": book.add_format({"num_format": "#,##0.00"}),
        }
        sheet = values["sheet"]
        for group in sheet["groups"] or [None]:
            self._write_group(book, formats, sheet, group, values["kinds"])
        for section in sheet["agreements"]:
            self._write_section(book, formats, section)
        book.close()
        return output.getvalue()

    def _write_section(self, book, formats, section):
        """Write what was contested, promised or agreed on a page of its own: days and
        amounts as what they are, so that they can be sorted and added up."""
        page = book.add_worksheet(section["title"][:31])
        page.write_row(0, 0, section["columns"], formats["bold"])
        for rank, row in enumerate(section["values"], 1):
            for column, cell in enumerate(row):
                if isinstance(cell, Money):
                    # Amounts in several currencies may follow each other.
                    form = self._get_money_format(book, formats, cell.currency)
                    page.write_number(rank, column, float(cell.amount), form)
                else:
                    self._write_cell(page, rank, column, cell, formats["date"])
        page.set_column(0, len(section["columns"]), 18)

    @api.model
    def _get_money_format(self, book, formats, currency):
        """Return the format of amounts in a currency, made once in a spreadsheet."""
        name = f"money {currency.name}"
        if name not in formats:
            shown = {"num_format": f'#,##0.00 "{currency.name}"'}
            formats[name] = book.add_format(shown)
        return formats[name]

    @api.model
    def _get_columns(self, with_penalties):
        """Return ``(key of an item, title, format)`` of the columns, in order."""
        penalties = [
            ("interest", self.env._("Interest"), "money"),
            ("indemnity", self.env._("Indemnity"), "money"),
        ]
        return [
            ("number", self.env._("Number"), None),
            ("kind", self.env._("Kind"), None),
            ("date", self.env._("Date"), "date"),
            ("due", self.env._("Due on"), "date"),
            ("amount", self.env._("Amount"), "money"),
            ("settled", self.env._("Settled"), "money"),
            ("owed", self.env._("Owed"), "money"),
            ("settled_on", self.env._("Last settled on"), "date"),
            *(penalties if with_penalties else ()),
            ("said", self.env._("Agreed or contested"), None),
        ]

    def _write_group(self, book, formats, sheet, group, kinds):
        """Write the items in one currency on a page of their own."""
        page = book.add_worksheet(group["currency"].name if group else None)
        columns = self._get_columns(bool(group and group["has_penalties"]))
        self._write_head(page, formats, sheet)
        titles = [title for _key, title, _form in columns]
        page.write_row(HEAD - 1, 0, titles, formats["bold"])
        items = [*group["open"], *group["settled"]] if group else []
        for rank, item in enumerate(items, HEAD):
            shown = {**item, "kind": kinds[item["kind"]]}
            shown["said"] = " · ".join(item["said"])
            for column, (key, _title, form) in enumerate(columns):
                self._write_cell(page, rank, column, shown[key], formats.get(form))
        self._write_totals(page, len(items) + HEAD + 1, group, formats)
        page.set_column(0, len(columns), 15)

    @api.model
    def _write_head(self, page, formats, sheet):
        """Write who is owed by whom, as it stood on which day."""
        page.write_string(0, 0, sheet["partner"].name or "", formats["bold"])
        page.write_string(1, 0, self.env._("Creditor"))
        page.write_string(1, 1, sheet["company"].name, formats["bold"])
        page.write_string(2, 0, self.env._("Statement of account at"))
        page.write_datetime(2, 1, sheet["day"], formats["date"])

    @api.model
    def _write_cell(self, page, rank, column, value, form):
        if value is None or value is False:
            return
        if hasattr(value, "isoformat"):
            page.write_datetime(rank, column, value, form)
        else:
            page.write(rank, column, value, form)

    def _write_totals(self, page, rank, group, formats):
        if not group:
            page.write(rank, 0, self.env._("Nothing is owed."))
            return
        totals = [
            (self.env._("Overdue"), group["overdue"]),
            (self.env._("Coming due"), group["to_come"]),
            (self.env._("Credits"), group["credits"]),
            (self.env._("Balance"), group["balance"]),
        ]
        if group["has_penalties"]:
            penalties = group["interest"] + group["indemnity"]
            totals += [
                (self.env._("Penalties"), penalties),
                (self.env._("Balance with penalties"), group["total"]),
            ]
        for offset, (title, amount) in enumerate(totals):
            page.write(rank + offset, 0, title, formats["bold"])
            page.write(rank + offset, 6, amount, formats["money"])
