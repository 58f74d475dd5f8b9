"""Tables for other programs."""

import csv
import io
import re

# What a spreadsheet takes for a formula at the start of a cell.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
# A phone number or an amount: figures only, with which no formula does anything.
_FIGURES = re.compile(r"\+\d[\d .()]*(?:, \d[\d .()]*)*|[+-]?\d+(?:[.,]\d+)?", re.ASCII)
# A phone number as people write it: a spreadsheet would subtract and divide.
_PHONE = re.compile(r"\+[1-9][\d .()/\u00a0\u202f-]*", re.ASCII)
_OTHER_END, _GAPS = re.compile(r"\s/\s"), re.compile(r"[\s/-]+")
# Figures of an international number, with an extension or the end of a second one.
PHONE_FIGURES = range(7, 21)


def safe_cell(value):
    """Return a text that no spreadsheet runs; numbers stay as they are.

    So do phone numbers and amounts written as text: a program that imports them takes
    an apostrophe for a part of them. Dashes and slashes of a phone number, which would
    make a sum of it, become spaces; a second end after " / " follows a comma.
    """
    if not isinstance(value, str):
        return "" if value is None or value is False else value
    text = _without_dashes(value.replace("\r\n", "\n").strip())
    if _FIGURES.fullmatch(text):
        return text
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text


def _without_dashes(text):
    """Return a phone number without what reckons; any other text as it is."""
    figures = sum(map(text.count, "0123456789"))
    if figures not in PHONE_FIGURES or not _PHONE.fullmatch(text):
        return text
    return _GAPS.sub(" ", _OTHER_END.sub(", ", text)).strip()


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
