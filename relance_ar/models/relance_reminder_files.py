import psycopg2

from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools import split_every

from odoo.addons.base.models.ir_actions_report import _wkhtml


class PrintError(UserError):
    """A document that the program that makes PDFs did not make."""


# What a message carries; the oldest invoices come first.
MAX_FILES = 20
MAX_BYTES = 10 * 1024 * 1024
# Above what Odoo takes for the limit of the mail server, it sends links instead of
# files. Its reckoning: eight bytes for six of a file, and ten thousand for the rest.
SHARE_FOR_FILES = 0.7
# Invoices per call of the program that makes PDFs.
PRINTED_PER_CALL = 50


class RelanceReminderFiles(models.AbstractModel):
    """The copies of invoices that a reminder carries.

    Comes before ``mail.thread`` among the parents of the reminder: it extends it.
    """

    _name = "relance.reminder.files"
    _description = "Files of a reminder"

    def _process_attachments_for_template_post(self, mail_template):
        # EXTENDS 'mail': attach the copies of the invoices.
        result = super()._process_attachments_for_template_post(mail_template)
        files = self.env.context.get("relance_files")
        if files is None:
            _carried, files = self._gather_files()
        for reminder in self:
            values = result.setdefault(reminder.id, {})
            values.setdefault("attachment_ids", []).extend(files[reminder.id])
        return result

    def _attach_invoices(self):
        """Gather the files of the reminders, and mark on their lines what they carry.

        :return: ``{reminder id: [attachment id]}``
        """
        carried, files = self._gather_files()
        lines = self.line_ids
        attached = lines.filtered(lambda li: li.move_id in carried[li.reminder_id.id])
        attached.is_attached = True
        (lines - attached).is_attached = False
        return files

    def _gather_files(self):
        """Choose and make the copies that the reminders carry.

        An invoice is attached as it was sent if it was, else printed now, for the
        reminder only: nothing is stored on an invoice that was never printed.

        :return: ``{reminder id: invoices}, {reminder id: [attachment id]}``
        """
        wanted = {r.id: r._get_invoices_by_age()[:MAX_FILES] for r in self}
        # sudo: the files of the invoices listed, which the debtor has received.
        moves = self.env["account.move"].sudo().union(*wanted.values())
        stored = {move.id: move.invoice_pdf_report_id for move in moves}
        sizes = {key: attachment.file_size for key, attachment in stored.items()}
        printed = self._print_missing(wanted, stored)
        sizes.update({key: len(content) for key, content in printed.items()})
        limit = self._get_max_bytes()
        carried = {key: self._pick(wanted[key], sizes, limit) for key in wanted}
        files = self._store_printed(carried, printed)
        for key in carried:
            files[key] += [i for move in carried[key] for i in stored[move.id].ids]
        return carried, files

    def _first_to_print(self, limit):
        """Return the first reminders, one at least, with so many invoices to print."""
        wanted = {r.id: r._get_invoices_by_age()[:MAX_FILES] for r in self}
        # sudo: whether the invoices listed have a file; read together.
        moves = self.env["account.move"].sudo().union(*wanted.values())
        missing = set(moves.filtered(lambda m: not m.invoice_pdf_report_id).ids)
        kept = self.browse()
        for reminder in self:
            limit -= len(missing.intersection(wanted[reminder.id].ids))
            if kept and limit < 0:
                break
            kept += reminder
        return kept

    def _print_missing(self, wanted, stored):
        """Return ``{invoice id: PDF}`` of those without a stored one."""
        printed = {}
        for lang, reminders in self.grouped(lambda r: r._get_lang()).items():
            moves = self.env["account.move"].union(*(wanted[r.id] for r in reminders))
            missing = [key for key in moves.ids if not stored[key]]
            printed.update(self.with_context(lang=lang)._print_invoices(missing))
        return printed

    def _get_invoices_by_age(self):
        """Return the invoices listed, those due first first."""
        self.ensure_one()
        lines = self.line_ids.sorted(lambda line: (line.date_maturity, line.id))
        # A line can be reminded of without its invoice: a payment that bounced.
        return lines.move_id.filtered(lambda move: move.is_invoice())

    def _get_max_bytes(self):
        """Return how much the files of one message may weigh."""
        # sudo: a setting of the mail server.
        megabytes = self.env["ir.mail_server"].sudo()._get_max_email_size()
        return min(MAX_BYTES, int(megabytes * 1024 * 1024 * SHARE_FOR_FILES))

    def _pick(self, moves, sizes, limit):
        """Return the invoices that fit into one message, in order."""
        picked, total = moves.browse(), 0
        for move in moves:
            if sizes[move.id] and total + sizes[move.id] <= limit:
                picked += move
                total += sizes[move.id]
        return picked

    def _store_printed(self, carried, printed):
        """Keep what was printed on the reminders.

        :return: ``{reminder id: [attachment id]}``
        """
        files, values = {reminder.id: [] for reminder in self}, []
        for reminder in self:
            for move in carried[reminder.id].with_context(lang=reminder._get_lang()):
                if move.id in printed:
                    values.append(
                        {
                            "name": move._get_invoice_report_filename(),
                            "raw": printed[move.id],
                            "res_model": self._name,
                            "res_id": reminder.id,
                        }
                    )
        # sudo: the copies belong to the reminder, whatever rights its sender has.
        for attachment in self.env["ir.attachment"].sudo().create(values):
            files[attachment.res_id].append(attachment.id)
        return files

    def _print_invoices(self, ids):
        """Return ``{id: PDF}`` of invoices, many per call of the printing program."""
        size = PRINTED_PER_CALL if self._prints_several() else 1
        printed = {}
        for part in split_every(size, ids, list):
            printed.update(self._print_together(part))
        return printed

    @api.model
    def _cannot_print(self, name, error):
        """Return the error that names the document, and says what to do."""
        return PrintError(
            self.env._(
                "The PDF of %(document)s cannot be made: %(error)s The text of the "
                "level is not to blame. Have the administrator check wkhtmltopdf, the "
                "program that makes PDFs, and print the document once by hand; the "
                "next run proposes the step again.",
                document=name,
                error=self._short(error),
            )
        )

    @api.model
    def _prints_several(self):
        """Tell whether the program prints several documents: Debian's does not."""
        return _wkhtml().is_patched_qt

    def _print_together(self, ids):
        """Print invoices together; one by one if they cannot be told apart after."""
        # sudo: a report is a setting; the invoices are those of the reminders.
        reports = self.env["ir.actions.report"].sudo()
        report = "account.account_invoices"
        # sudo: as the report, which reads them.
        self.env["account.move"].sudo().browse(ids)._relance_read_sections()
        try:
            content, kind = reports._pre_render_qweb_pdf(report, ids)
        except psycopg2.Error:
            raise  # the transaction is lost
        except Exception as error:
            if len(ids) > 1:
                return {key: self._print_together([key])[key] for key in ids}
            # sudo: the number of an invoice listed.
            name = self.env["account.move"].sudo().browse(ids).display_name
            raise self._cannot_print(name, error) from error
        parts = reports._get_splitted_report(report, content, kind)
        if set(parts) == set(ids):
            return parts
        if len(ids) == 1:
            return {ids[0]: next(iter(parts.values()))}
        return {key: self._print_together([key])[key] for key in ids}
