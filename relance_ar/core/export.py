"""Tables for other programs."""

import csv
import io
import re

# What a spreadsheet takes for a formula at the start of a cell.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
# A phone number or an amount: figures only, with which no formula does anything.
_FIGURES = re.compile(r"\+\d[\d .()]*|[+-]?\d+(?:[.,]\d+)?", re.ASCII)


def safe_cell(value):
    """Return a text that no spreadsheet runs; numbers stay as they are.

    So do phone numbers and amounts written as text: a program that imports them takes
    an apostrophe for a part of them.
    """
    if not isinstance(value, str):
        return "" if value is None or value is False else value
    text = value.replace("\r\n", "\n").strip()
    if _FIGURES.fullmatch(text):
        return text
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
