from contextlib import suppress

from odoo import api, models

# What is sealed of a file, and what is read of an instalment.
FILE = {"id": int, "name": str, "size": int, "sha256": str}
LINE = {"number": (str, bool), "owed": str, "currency": str}


class RelanceEventReading(models.AbstractModel):
    """Reads what is kept of a contact as JSON, in which the database takes anything.

    Who rewrites it there takes no proof file away: what is none is read as nothing,
    and the check tells that the contact was changed.
    """

    _name = "relance.event.reading"
    _description = "What a contact keeps"

    def _read_files(self):
        """Return what was sealed of its files; None if it is no such list any more."""
        self.ensure_one()
        return self._read_rows(self.files, FILE)

    def _read_lines(self):
        """Return the instalments it was about; none if that cannot be read."""
        self.ensure_one()
        rows = self._read_rows(self.lines, LINE) or []
        with suppress(ValueError):
            return [{**row, "owed": float(row["owed"])} for row in rows]
        return []

    def _read_headers(self):
        """Return the headers of its message; none if they cannot be read."""
        self.ensure_one()
        headers = self.headers
        is_read = isinstance(headers, dict)
        return headers if is_read and self._are(headers.values(), str) else {}

    @api.model
    def _read_rows(self, value, kinds):
        """Return a list of dicts; None if it is none.

        :param kinds: ``{key: type of its value}``
        """
        rows = value or []
        if not isinstance(rows, list) or not self._are(rows, dict):
            return None
        is_read = all(
            isinstance(row.get(name), kind)
            for row in rows
            for name, kind in kinds.items()
        )
        return rows if is_read else None

    @api.model
    def _are(self, values, kind):
        return all(isinstance(value, kind) for value in values)
