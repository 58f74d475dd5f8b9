from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from odoo import api, models
from odoo.exceptions import UserError
from odoo.models import BaseModel
from odoo.tools import email_normalize

from ..core import entry, upload
from ..core.calendar import shift

# How far a day that is promised may lie ahead, and one on which it was paid behind.
LATEST, EARLIEST = 366, 366
# Not once insolvency proceedings have opened.
MONEY = ("promise", "paid", "approved")


@dataclass(frozen=True, slots=True)
class Said:
    """What a debtor typed, checked and made plain.

    :param lines: ``account.move.line`` of the scope
    :param amount: ``Decimal`` in the currency of the lines, or None: all
    :param person: ``(name, e-mail address, phone)`` of another contact
    :param files: ``[(name, MIME type, bytes)]``
    """

    kind: str
    lines: BaseModel
    day: date | None
    amount: Decimal | None
    reason: BaseModel
    text: str
    author: str
    person: tuple
    files: list


class RelanceAnswerReading(models.AbstractModel):
    """Reads what came from a form: bounded by the scope, in words for the debtor."""

    _name = "relance.answer.reading"
    _description = "Reading of answers"

    @api.model
    def _read(self, scope, kind, typed, files):
        """Return the answer as ``Said``.

        :raise UserError: saying to the debtor what is missing or wrong
        """
        ids = entry.numbers(typed.get("line") or [])
        # Whatever is named besides belongs to others, or is paid: not said which.
        lines = self.env["relance.page"]._get_lines(scope, ids)
        said = Said(
            kind=kind,
            lines=lines,
            day=entry.day(typed.get("date")),
            amount=self._read_amount(typed.get("amount"), lines.currency_id),
            reason=self._read_reason(scope, typed.get("reason")),
            text=entry.text(typed.get("text")),
            author=entry.line(typed.get("author")) or scope.contact.name or "",
            person=self._read_person(typed),
            files=self._read_files(kind, files),
        )
        if kind in MONEY:
            self._check_ours(scope, lines)
        if len(lines) != len(ids) or (not lines and kind != "contact"):
            raise UserError(
                self.env._("Choose the invoices that it is about; some may be paid.")
            )
        if len(lines.currency_id) > 1:
            raise UserError(self.env._("Choose invoices in one currency at a time."))
        getattr(self, f"_check_{kind}")(scope, said)
        return said

    @api.model
    def _check_ours(self, scope, lines):
        """Refuse what a judgment stops, or is owed to whom it was handed over to."""
        pages = self.env["relance.page"]
        facts = pages._load_line_facts(scope, lines)
        for line in lines:
            if facts[line.id]["is_earlier"]:
                raise UserError(
                    self.env._(
                        "Because of the insolvency proceedings, this is not possible."
                    )
                )
            if not pages._is_ours(facts[line.id]):
                raise UserError(pages._say_case(facts[line.id]["case"]))

    @api.model
    def _read_amount(self, value, currencies):
        """Return the amount typed, or None when the field is empty: all.

        :param currencies: of what it is about: no other is typed beside the number
        :raise UserError: for anything that is not one amount above zero
        """
        if not entry.line(value):
            return None
        names = currencies.mapped("currency_unit_label")
        units = [*currencies.mapped("name"), *currencies.mapped("symbol")]
        for name in filter(None, names):
            units += [name, name.removesuffix("s")]
        if amount := entry.amount(value, units):
            return amount
        raise UserError(
            self.env._(
                "Write one amount above zero, such as 1234.56, or leave it empty for "
                "all."
            )
        )

    @api.model
    def _read_reason(self, scope, value):
        reasons = scope.env["relance.dispute.reason"]
        ids = entry.numbers([value or ""])
        return reasons.search([("id", "in", ids)])

    @api.model
    def _read_person(self, typed):
        return (
            entry.line(typed.get("name")),
            email_normalize(entry.line(typed.get("email"))) or "",
            entry.phone(typed.get("phone")),
        )

    @api.model
    def _read_files(self, kind, files):
        taken, problem = upload.check(files if kind in ("dispute", "paid") else ())
        if problem:
            raise UserError(self._say_problem(problem))
        return taken

    @api.model
    def _say_problem(self, problem):
        """Return what is wrong with the files, for the debtor."""
        megabytes = upload.MAX_BYTES // (1024 * 1024)
        return {
            upload.TOO_MANY: self.env._(
                "Send %(count)s files at the most.", count=upload.MAX_FILES
            ),
            upload.TOO_LARGE: self.env._(
                "The files are too large: %(size)s MB each at the most.", size=megabytes
            ),
            upload.EMPTY: self.env._("One of the files is empty."),
            upload.FOREIGN: self.env._(
                "Send PDF files, pictures (JPEG, PNG, WebP) or documents without "
                "macros (Word, Excel, OpenDocument). One of the files is something "
                "else, whatever its name says."
            ),
            upload.UNREADABLE: self.env._(
                "One of the files cannot be opened: it is damaged, protected by a "
                "password, too large a picture, or has more than %(count)s pages.",
                count=upload.MAX_PAGES,
            ),
        }[problem]

    # ---------------------------------------------------------------------- by kind

    @api.model
    def _check_promise(self, scope, said):
        self._check_day_to_come(scope, said.day)
        self._check_amount(said)

    @api.model
    def _check_day_to_come(self, scope, day):
        today = scope.today()
        if not day or not today <= day <= shift(today, LATEST):
            raise UserError(
                self.env._("Say on which day: today or later, within a year.")
            )

    @api.model
    def _check_amount(self, said):
        """Refuse more than is owed on the lines and not disputed."""
        is_open = sum(said.lines._relance_undisputed_amounts())
        currency = said.lines.currency_id
        if currency.compare_amounts(is_open, 0) <= 0:
            raise UserError(
                self.env._("Nothing is owed on these invoices that is not disputed.")
            )
        if said.amount and currency.compare_amounts(float(said.amount), is_open) > 0:
            raise UserError(
                self.env._(
                    "The amount is higher than what is owed and not disputed on these "
                    "invoices: %(open)s.",
                    open=self.env["relance.page"]._money(is_open, currency),
                )
            )

    @api.model
    def _check_dispute(self, scope, said):
        self._check_amount(said)
        if not said.reason:
            raise UserError(self.env._("Choose a reason."))
        if not said.text:
            raise UserError(self.env._("Say in a few words what is wrong."))

    @api.model
    def _check_paid(self, scope, said):
        today = scope.today()
        if not said.day or not shift(today, -EARLIEST) <= said.day <= today:
            raise UserError(
                self.env._(
                    "Say on which day it was paid: today or earlier. What will be paid "
                    "on a day to come is a promise."
                )
            )
        self._check_amount(said)

    @api.model
    def _check_approved(self, scope, said):
        if said.day:
            self._check_day_to_come(scope, said.day)

    @api.model
    def _check_copy(self, scope, said):
        """A copy of any invoice that is owed may be asked for."""

    @api.model
    def _check_contact(self, scope, said):
        name, email, phone = said.person
        if not name or not (email or phone):
            raise UserError(
                self.env._("Give a name, and an e-mail address or a phone number.")
            )
