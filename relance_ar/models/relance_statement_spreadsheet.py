import io

import xlsxwriter

from odoo import api, fields, models


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
            "date": book.add_format({"num_format": "yyyy-mm-dd"}),
            "money": book.add_format({"num_format": "#,##0.00"}),
        }
        sheet = values["sheet"]
        for group in sheet["groups"] or [None]:
            self._write_group(book, formats, sheet, group, values["kinds"])
        for section in sheet["agreements"]:
            page = book.add_worksheet(section["title"][:31])
            page.write_row(0, 0, section["columns"], formats["bold"])
            for rank, row in enumerate(section["rows"], 1):
                page.write_row(rank, 0, row)
        book.close()
        return output.getvalue()

    @api.model
    def _get_columns(self):
        """Return ``(key of an item, title, format)`` of the columns, in order."""
        return [
            ("number", self.env._("Number"), None),
            ("kind", self.env._("Kind"), None),
            ("date", self.env._("Date"), "date"),
            ("due", self.env._("Due on"), "date"),
            ("amount", self.env._("Amount"), "money"),
            ("settled", self.env._("Settled"), "money"),
            ("owed", self.env._("Owed"), "money"),
            ("settled_on", self.env._("Last settled on"), "date"),
            ("interest", self.env._("Interest"), "money"),
            ("indemnity", self.env._("Indemnity"), "money"),
            ("said", self.env._("Agreed or contested"), None),
        ]

    def _write_group(self, book, formats, sheet, group, kinds):
        """Write the items in one currency on a page of their own."""
        page = book.add_worksheet(group["currency"].name if group else None)
        columns = self._get_columns()
        page.write(0, 0, sheet["partner"].name, formats["bold"])
        page.write(0, 3, fields.Date.to_string(sheet["day"]), formats["bold"])
        page.write_row(1, 0, [title for _key, title, _form in columns], formats["bold"])
        items = [*group["open"], *group["settled"]] if group else []
        for rank, item in enumerate(items, 2):
            shown = {**item, "kind": kinds[item["kind"]]}
            shown["said"] = " · ".join(item["said"])
            for column, (key, _title, form) in enumerate(columns):
                self._write_cell(page, rank, column, shown[key], formats.get(form))
        self._write_totals(page, len(items) + 3, group, formats)
        page.set_column(0, len(columns), 15)

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
            (self.env._("Penalties"), group["interest"] + group["indemnity"]),
            (self.env._("Balance with penalties"), group["total"]),
        ]
        for offset, (title, amount) in enumerate(totals):
            page.write(rank + offset, 0, title, formats["bold"])
            page.write(rank + offset, 6, amount, formats["money"])
