"""Base classes and factories: a French company, its debtors, and real mail."""

import socket
from contextlib import contextmanager
from datetime import date
from email import message_from_bytes, policy
from unittest.mock import patch

from aiosmtpd.controller import Controller

from odoo import fields
from odoo.tests import HttpCase, new_test_user
from odoo.tools import config

from odoo.addons.account.tests.common import AccountTestInvoicingCommon

TODAY = date(2026, 3, 18)  # a Wednesday
# Valid keys, numbers that no company has.
SIREN, OTHER_SIREN = "999003999", "732829320"
# What a mail server answers about an e-mail that it could not deliver.
BOUNCE = """\
From: MAILER-DAEMON@debtor.test
To: bounce@creditor.test
Subject: Undelivered Mail Returned to Sender
Message-Id: <bounce@debtor.test>
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="part"

--part
Content-Type: text/plain

The message did not arrive.
--part
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.debtor.test

Final-Recipient: rfc822; debtor@debtor.test
Action: failed
Status: {status}

--part
Content-Type: message/rfc822

Message-Id: {id}
To: debtor@debtor.test

What was sent.
--part--
"""


def days(count):
    """Return the day ``count`` days after the frozen today."""
    return fields.Date.add(TODAY, days=count)


def free_port():
    """Return a local port on which nothing listens."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        return server.getsockname()[1]


class MailSink:
    """A real SMTP server that keeps what it is given, or refuses it.

    :ivar refused: ``{address: SMTP answer}``, for recipients that it does not take
    :ivar refused_data: ``{address: SMTP answer}``, once it has seen the message
    :ivar hangs_up: whether it closes the connection instead of answering a message
    :ivar one_each: whether it wants a connection for each message, as some do
    """

    def __init__(self):
        self.messages, self.refused, self.refused_data = [], {}, {}
        self.hangs_up = self.one_each = False
        self.connections = self.tried = 0

    async def handle_EHLO(self, server, session, envelope, hostname, responses):
        self.connections += 1
        session.host_name = hostname
        return responses

    async def handle_NOOP(self, server, session, envelope, arg):
        return "421 one message each" if self.one_each else "250 OK"

    async def handle_RCPT(self, server, session, envelope, address, options):
        if address in self.refused:
            return self.refused[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        self.tried += 1
        if self.hangs_up:
            server.transport.abort()
        for address in envelope.rcpt_tos:
            if address in self.refused_data:
                return self.refused_data[address]
        message = message_from_bytes(envelope.content, policy=policy.default)
        self.messages.append(message)
        return "250 OK"

    def to(self, address):
        """Return the messages to an address."""
        return [message for message in self.messages if address in message["To"]]


class RelanceMixin:
    """Factories shared by the ORM and the browser tests."""

    @classmethod
    def setup_independent_company(cls, **kwargs):
        """Return the company that the database comes with, French, with its accounts.

        A new one, for each class, takes longer than most of its tests.
        """
        return cls.env.ref("base.main_company")

    @classmethod
    def _set_up_relance(cls):
        cls.company = cls.env.company
        cls.company.write({"email": "billing@creditor.test", "name": "Creditor SAS"})
        cls.company.partner_id.lang = "en_US"
        cls.env.ref("base.partner_root").lang = "en_US"  # who reads the post
        cls.officer = cls._new_user("officer", "relance_ar.group_relance_user")
        cls.manager = cls._new_user("manager", "relance_ar.group_relance_manager")
        cls.company.relance_user_id = cls.officer
        cls.scenario = cls.env.ref("relance_ar.scenario_standard")
        cls.runs = cls.env["relance.run"].with_user(cls.officer)
        cls.reminders = cls.env["relance.reminder"].with_user(cls.officer)

    @classmethod
    def _new_user(cls, login, groups, company=None):
        company = company or cls.company
        return new_test_user(
            cls.env,
            f"relance_{login}",
            groups=groups,
            email=f"{login}@creditor.test",
            lang="en_US",
            company_id=company.id,
            company_ids=company.ids,
        )

    @classmethod
    def _lose_lang(cls, record, code="de_DE"):
        """Give a partner or user a language, and deactivate it.

        Odoo's screens refuse it while somebody has the language; data does not.
        """
        lang = cls.env["res.lang"]._activate_lang(code)
        record.lang = code
        cls.env.flush_all()
        cls.env.cr.execute(
            "UPDATE res_lang SET active = false WHERE id = %s", (lang.id,)
        )
        cls.env.registry.clear_all_caches()
        cls.env.invalidate_all()

    @classmethod
    def _debtor(cls, name="Debtor SARL", **values):
        """Return a French company that every channel can reach."""
        return cls.env["res.partner"].create(
            {
                "name": name,
                "is_company": True,
                "country_id": cls.env.ref("base.fr").id,
                "email": f"{name.split()[0].lower()}@debtor.test",
                "phone": "+33 1 99 00 12 34",
                "street": "1 rue de la Paix",
                "zip": "75002",
                "city": "Paris",
                "lang": "en_US",
                **values,
            }
        )

    @classmethod
    def _invoice(cls, partner, due, amount=1000.0, **values):
        """Return a posted invoice without tax, due on ``due`` in one instalment."""
        due = fields.Date.to_date(due)
        return cls._create_invoice_one_line(
            price_unit=amount,
            tax_ids=[],
            partner_id=partner,
            invoice_date=fields.Date.subtract(due, days=30),
            invoice_date_due=due,
            post=True,
            **values,
        )

    @classmethod
    def _lines(cls, *moves):
        """Return the instalments of invoices, in the order of their maturity."""
        lines = cls.env["account.move.line"]
        for move in moves:
            lines += move._get_relance_lines()
        return lines.sorted("date_maturity")

    @classmethod
    def _close_for_years(cls, **values):
        """Leave no working day for three years, as data from elsewhere may.

        Nobody can enter this: periods of a day each are stretched in the database.
        """
        closings = cls.env["relance.closing"].create(
            [
                {"date_from": days(366 * n), "date_to": days(366 * n), **values}
                for n in range(3)
            ]
        )
        closings.flush_recordset()
        cls.env.cr.execute(
            "UPDATE relance_closing SET date_to = date_from + 365 WHERE id = ANY(%s)",
            (closings.ids,),
        )
        closings.invalidate_recordset()

    def _plan(self, day=TODAY, company=None):
        """Plan a day as the officer; return the reminders of the run."""
        company = company or self.company
        runs = self.env["relance.run"].with_user(self.officer).with_company(company)
        run = runs.create({"date": day})
        run.action_plan()
        return run.reminder_ids

    def _log_call(self, reminder, outcome="other", **values):
        """Log the outcome of a call as the officer; return what opens next."""
        values = {"spoke_to": "The accountant", **values}
        values = {"note": "They said so.", "confirms": False, **values}
        calls = self.env["relance.call"].with_user(self.officer)
        vals = {"reminder_id": reminder.id, "outcome": outcome, **values}
        return calls.create(vals).action_log()

    @contextmanager
    def mail_server(self):
        """Let Odoo send through a real SMTP server; yield what it receives."""
        sink = MailSink()
        port = free_port()
        controller = Controller(sink, hostname="127.0.0.1", port=port)
        controller.start()
        servers = type(self.env["ir.mail_server"])
        settings = {"smtp_server": "127.0.0.1", "smtp_port": port, "smtp_ssl": False}
        try:
            with (
                patch.dict(config.options, settings),
                # Odoo's tests send nothing: here the mail must really leave.
                patch.object(servers, "_disable_send", lambda _self: False),
            ):
                yield sink
        finally:
            controller.stop()


class RelanceCase(RelanceMixin, AccountTestInvoicingCommon):
    """ORM tests in a French company, with an officer and a credit manager."""

    @classmethod
    @AccountTestInvoicingCommon.setup_country("fr")
    def setUpClass(cls):
        super().setUpClass()
        cls._set_up_relance()

    @classmethod
    def get_default_groups(cls):
        manager = cls.quick_ref("relance_ar.group_relance_manager")
        return super().get_default_groups() | manager


class RelanceHttpCase(RelanceMixin, AccountTestInvoicingCommon, HttpCase):
    """Browser tests. Leaves out the one file that Debian's package of Odoo lacks."""

    @classmethod
    @AccountTestInvoicingCommon.setup_country("fr")
    def setUpClass(cls):
        super().setUpClass()
        cls._set_up_relance()
        cls.env["ir.asset"].sudo().create(
            {
                "name": "file absent from Debian's package",
                "bundle": "web.assets_backend",
                "directive": "remove",
                "path": "mail/static/lib/selfie_segmentation/selfie_segmentation.js",
            }
        )

    @classmethod
    def get_default_groups(cls):
        manager = cls.quick_ref("relance_ar.group_relance_manager")
        return super().get_default_groups() | manager
