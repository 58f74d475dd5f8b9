from collections import defaultdict
from typing import NamedTuple

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import format_date, formatLang

from ..core import dispute, promise


class Money(NamedTuple):
    """An amount in a cell, with its currency (a record)."""

    amount: float
    currency: object


class RelanceStatementAgreements(models.AbstractModel):
    """What is contested, promised and agreed about the items of a statement, as it
    stood at the end of its day."""

    _name = "relance.statement.agreements"
    _description = "Disputes, promises and plans of a statement"

    @api.model
    def _get_agreements(self, items, day):
        """Return what was said about the items, and note it on each of them.

        :param items: as ``_load_items`` returns them; each gets ``said``: texts
        :return: list of dicts: ``title``, ``columns`` (titles), ``values`` (lists of
            texts, dates and ``Money``) and ``rows`` (the same as texts)
        """
        for item in items:
            item["said"] = []
        by_line = {item["line"]: item for item in items}
        sections = [
            self._tell_disputes(by_line, day),
            self._tell_promises(by_line, day),
            self._tell_plans(by_line, day),
        ]
        for section in sections:
            section["rows"] = [
                [self._to_text_cell(cell) for cell in row] for row in section["values"]
            ]
        return [section for section in sections if section["rows"]]

    @api.model
    def _to_text_cell(self, cell):
        """Return a cell as people read it."""
        if isinstance(cell, Money):
            return formatLang(self.env, cell.amount, currency_obj=cell.currency)
        return format_date(self.env, cell) if hasattr(cell, "isoformat") else cell

    @api.model
    def _find_said(self, model, by_line, domain):
        """Return the records about the items, in the order of their dates."""
        about = Domain("move_line_ids", "in", list(by_line))
        # sudo: what was said with the debtor about items that the reader may see.
        records = self.env[model].sudo().search(about & Domain(domain), order="id")
        return records, records._line_ids_by_record()

    @api.model
    def _names(self, line_ids, by_line):
        """Return the numbers of the items among some lines."""
        numbers = [by_line[i]["number"] for i in line_ids if i in by_line]
        return ", ".join(dict.fromkeys(numbers))

    @api.model
    def _say_amount(self, amount, record):
        return formatLang(self.env, float(amount), currency_obj=record.currency_id)

    # -------------------------------------------------------------------- disputes

    @api.model
    def _tell_disputes(self, by_line, day):
        known = [("state", "!=", "cancelled"), ("date_open", "<=", day)]
        found, lines_of = self._find_said("relance.dispute", by_line, known)
        rows, opened = [], found.browse()
        for record in found:
            is_over = record.resolved_on and record.resolved_on <= day
            opened += record.browse() if is_over else record
            words = record._to_fact("outcome")[1] if is_over else self.env._("Open")
            rows.append(
                [
                    record.reference,
                    record.date_open,
                    self._names(lines_of[record.id], by_line),
                    record.reason_id.name,
                    Money(record.amount, record.currency_id),
                    words,
                ]
            )
        self._note_parts(opened, lines_of, by_line, day)
        return {
            "title": self.env._("Disputes"),
            "columns": [
                self.env._("Dispute"),
                self.env._("Opened on"),
                self.env._("Invoices"),
                self.env._("Reason"),
                self.env._("Disputed"),
                self.env._("State"),
            ],
            "values": rows,
        }

    @api.model
    def _note_parts(self, opened, lines_of, by_line, day):
        """Note on each item which part of what was owed is contested."""
        if day >= fields.Date.context_today(self):
            parts = opened._load_disputed_parts(list(by_line))
        else:
            to_decimal = opened._to_decimal
            owed = {i: to_decimal(item["owed"]) for i, item in by_line.items()}
            wanted = [(r.id, to_decimal(r.amount), lines_of[r.id]) for r in opened]
            parts = dispute.disputed_parts(wanted, owed)
        currencies = self.env["res.currency"]
        for line_id, part in parts.items():
            currency = currencies.browse(by_line[line_id]["currency"])
            amount = formatLang(self.env, float(part), currency_obj=currency)
            words = self.env._("%(amount)s disputed", amount=amount)
            by_line[line_id]["said"].append(words)

    # -------------------------------------------------------------------- promises

    @api.model
    def _tell_promises(self, by_line, day):
        known = [("state", "!=", "cancelled"), ("made_on", "<=", day)]
        found, lines_of = self._find_said("relance.promise", by_line, known)
        words = {
            promise.OPEN: self.env._("Open"),
            promise.KEPT: self.env._("Kept"),
            promise.BROKEN: self.env._("Broken"),
        }
        rows = []
        for record in found:
            state = self._get_promise_state(record, day)
            rows.append(
                [
                    record.reference,
                    record.made_on,
                    self._names(lines_of[record.id], by_line),
                    record.date,
                    Money(record.amount, record.currency_id),
                    words[state],
                ]
            )
            if state == promise.OPEN:
                on = format_date(self.env, record.date)
                note = self.env._("promised for %(day)s", day=on)
                self._note(note, lines_of[record.id], by_line)
        return {
            "title": self.env._("Promises to pay"),
            "columns": [
                self.env._("Promise"),
                self.env._("Made on"),
                self.env._("Invoices"),
                self.env._("Promised for"),
                self.env._("Amount"),
                self.env._("State"),
            ],
            "values": rows,
        }

    @api.model
    def _get_promise_state(self, record, day):
        """Return where a promise stood at the end of a day."""
        if record.settled_on and record.settled_on <= day:
            return promise.KEPT
        is_over = record.date_limit and record.date_limit < day
        return promise.BROKEN if is_over else promise.OPEN

    @api.model
    def _note(self, words, line_ids, by_line):
        """Note words on the items among some lines of which something is owed."""
        for line_id in line_ids:
            if line_id in by_line and by_line[line_id]["owed"] > 0:
                by_line[line_id]["said"].append(words)

    # ----------------------------------------------------------------------- plans

    @api.model
    def _tell_plans(self, by_line, day):
        known = [
            ("state", "in", ("active", "broken", "done")),
            ("accepted_on", "<=", day),
        ]
        found, lines_of = self._find_said("relance.plan", by_line, known)
        rows = defaultdict(list)
        for record, progress in found._progress(day, until=day).items():
            names = self._names(lines_of[record.id], by_line)
            for watched in progress.instalments:
                rows[record].append(self._make_instalment(record, names, watched))
            following = progress.next_one
            if following and not (record.broken_on and record.broken_on < day):
                words = self.env._(
                    "plan %(plan)s: %(amount)s on %(day)s",
                    plan=record.reference,
                    amount=self._say_amount(following.missing, record),
                    day=format_date(self.env, following.day),
                )
                self._note(words, lines_of[record.id], by_line)
        return {
            "title": self.env._("Payment plans"),
            "columns": [
                self.env._("Payment plan"),
                self.env._("Invoices"),
                self.env._("Instalment"),
                self.env._("Amount"),
                self.env._("Paid"),
                self.env._("State"),
            ],
            "values": [row for record in found for row in rows[record]],
        }

    @api.model
    def _make_instalment(self, record, names, watched):
        states = self.env["relance.plan.instalment"]._fields["state"]
        return [
            record.reference,
            names,
            watched.day,
            Money(float(watched.amount), record.currency_id),
            Money(float(watched.paid), record.currency_id),
            dict(states._description_selection(self.env))[watched.state],
        ]
