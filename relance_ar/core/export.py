"""Tables for other programs."""

import csv
import io

# What a spreadsheet takes for a formula at the start of a cell.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def safe_cell(value):
    """Return a text that no spreadsheet runs; numbers stay as they are."""
    if not isinstance(value, str):
        return "" if value is None or value is False else value
    text = value.replace("\r\n", "\n").strip()
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text


def write_csv(columns, rows):
    """Return a table as bytes that French spreadsheets open as they are.

    UTF-8 with a byte order mark, semicolons; amounts come as texts.

    :param columns: ``(key, title)``
    :param rows: dicts
    """
    output = io.StringIO(newline="")
    writer = csv.writer(output, delimiter=";", lineterminator="\r\n")
    writer.writerow([title for _key, title in columns])
    for row in rows:
        writer.writerow([safe_cell(row.get(key)) for key, _title in columns])
    return output.getvalue().encode("utf-8-sig")
