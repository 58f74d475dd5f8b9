import logging

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL, format_date

from odoo.addons.base.models.ir_qweb_fields import nl2br

from ..core.chain import START, digest_of_file
from ..core.export import write_csv
from .relance_groups import MANAGER_GROUP

_logger = logging.getLogger(__name__)
WARNING = "mail.mail_activity_data_warning"
# Days between two: a little less than the month of the check.
EVERY = 20


class RelanceWitness(models.Model):
    """The last digest of each chain on a day, sent to people who keep it elsewhere.

    Nothing in a database proves that the whole of it was not written again: a table in
    a mailbox does, if it is compared.
    """

    _name = "relance.witness"
    _description = "Digests of the contacts"
    _inherit = ["mail.thread", "mail.activity.mixin", "relance.witness.comparing"]
    # Managers only read it; what it asks of them, they can say is done.
    _mail_post_access = "read"
    _order = "made_on desc, id desc"
    _rec_name = "made_on"

    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, index=True
    )
    made_on = fields.Datetime(required=True, readonly=True)
    chain_count = fields.Integer(string="Debtors", readonly=True)
    event_count = fields.Integer(string="Contacts", readonly=True)
    file_id = fields.Many2one(
        "ir.attachment", string="Table", readonly=True, ondelete="restrict"
    )
    digest = fields.Char(string="Digest of the table", readonly=True)
    sent_to = fields.Char(readonly=True)
    note = fields.Text(
        string="Compared with the one before", readonly=True, help="When it was made."
    )

    def action_download(self):
        """Download the table."""
        return self.file_id._relance_download()

    # --------------------------------------------------------------------- making

    @api.model
    def _make_due(self):
        """Make the table of each company with contacts, once a month, and send it."""
        since = fields.Datetime.subtract(fields.Datetime.now(), days=EVERY)
        groups = self.env["relance.event.chain"]._read_group([], ["company_id"])
        known = self.search([("made_on", ">", since)]).grouped("company_id")
        for [company] in groups:
            latest = known.get(company, self.browse())[:1] or self._make_for(company)
            if not latest.sent_to:
                latest._send()

    @api.model
    def _make_for(self, company):
        """Keep the last digests of a company, compared with those kept before."""
        last = self.search([("company_id", "=", company.id)], limit=1)
        lang = company._get_relance_lang()
        rows = self._load_heads(company)
        content = write_csv(self.with_context(lang=lang)._get_columns(), rows)
        made = self.create(
            {
                "company_id": company.id,
                "made_on": fields.Datetime.now(),
                "chain_count": len(rows),
                "event_count": sum(row["count"] for row in rows),
                "digest": digest_of_file(content),
                "note": last.with_context(lang=lang)._compare_last(company),
            }
        )
        made.file_id = self.env["ir.attachment"].create(
            {
                "name": f"{company.name} {fields.Date.context_today(self)}.csv",
                "raw": content,
                "mimetype": "text/csv",
                "res_model": self._name,
                "res_id": made.id,
            }
        )
        return made

    @api.model
    def _get_columns(self):
        """Return ``(key, title)``; ``core.witness`` reads them in this order."""
        return [
            ("debtor", self.env._("Debtor")),
            ("code", self.env._("Chain")),
            ("count", self.env._("Contacts")),
            ("digest", self.env._("Last digest")),
        ]

    @api.model
    def _load_heads(self, company):
        """Return a row for each chain of a company."""
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT p.name, c.code, COALESCE(c.event_count, 0),
                       COALESCE(c.head, %s)
                  FROM relance_event_chain c
                  JOIN res_partner p ON p.id = c.partner_id
                 WHERE c.company_id = %s
                 ORDER BY c.id
                """,
                START,
                company.id,
            )
        )
        keys = ("debtor", "code", "count", "digest")
        return [dict(zip(keys, row, strict=True)) for row in rows]

    def _send(self):
        """Send the table to the credit managers, each in their language."""
        self.ensure_one()
        people = self._get_keepers()
        if not people:
            self._tell_unsent()
            return
        # sudo: an e-mail of the system to people of the company.
        self.env["mail.mail"].sudo().create([self._prepare_mail(u) for u in people])
        self.sent_to = ", ".join(people.mapped("email_normalized"))
        self.activity_unlink([WARNING])

    def action_send(self):
        """Send the table to the credit managers, if it has reached nobody yet.

        :raise UserError: when there is none with an address
        """
        self.ensure_one()
        self.check_access("read")
        # sudo: whom it was sent to, on a table that the user may read.
        table = self.sudo()
        if not table.sent_to:
            table._send()
        if not table.sent_to:
            raise UserError(
                self.env._(
                    "No credit manager of %(company)s has an e-mail address.",
                    company=table.company_id.name,
                )
            )
        return {"type": "ir.actions.client", "tag": "soft_reload"}

    def _tell_unsent(self):
        """Tell a credit manager, else an officer, that nobody keeps the table."""
        company = self.company_id
        _logger.warning(
            "The digests of the contacts of %s were sent to nobody: no credit manager "
            "has an e-mail address",
            company.name,
        )
        told = self.activity_ids.filtered(
            lambda task: task.activity_type_id == self.env.ref(WARNING)
        )
        managers = self._get_managers()
        who = managers[:1] or company._get_relance_officer()
        if not who or told:
            return
        # Officers do not read the table: theirs is on the company.
        where = (self if managers else company.partner_id).with_context(
            lang=who.lang or self.env.lang
        )
        where.activity_schedule(
            WARNING,
            user_id=who.id,
            summary=where.env._("Nobody keeps the digests of the contacts"),
            note=where.env._(
                "No credit manager of %(company)s has an e-mail address. In the "
                "database alone, the table proves nothing against whoever rewrites "
                "it. Enter an address, then send the table (Collections, "
                "Configuration, Digests of the contacts).",
                company=company.name,
            ),
        )

    def _get_keepers(self):
        """Return the credit managers of the company who have an address."""
        return self._get_managers().filtered("email_normalized")

    def _get_managers(self):
        # sudo: groups and addresses of colleagues.
        officers = self.company_id._get_relance_officers().sudo()
        return officers.filtered(lambda user: user.has_group(MANAGER_GROUP))

    def _prepare_mail(self, user):
        record = self.with_context(lang=user.lang or self.env.lang)
        company = record.company_id
        day = format_date(record.env, record.made_on)
        words = record.env._(
            "The last digest of the contacts with each debtor is attached: keep this "
            "e-mail. Should anybody ask whether the history was written again, the "
            "table is compared with it (Collections, Configuration, Digests of the "
            "contacts).\n\nDebtors: %(chains)s\nContacts: %(events)s\n"
            "Digest of the table (SHA-256): %(digest)s\n\n%(note)s",
            chains=record.chain_count,
            events=record.event_count,
            digest=record.digest,
            note=record.note or "",
        )
        return {
            "subject": record.env._(
                "%(company)s: digests of the contacts on %(day)s",
                company=company.name,
                day=day,
            ),
            "body_html": nl2br(words),
            "email_to": user.email_formatted,
            "email_from": company.email_formatted or self.env.user.email_formatted,
            "attachment_ids": [fields.Command.link(record.file_id.id)],
            "auto_delete": False,
        }
