"""What mail servers answer: who is to blame, what is a bounce, what is a machine's."""

from email import message_from_string, policy

import pytest
from core.smtp import blame, is_automatic, read_report

ODOO = "Mail Delivery Failed\nMail delivery failed via SMTP server 'None'.\n"


def recipients_refused(**answers):
    """Return what Odoo notes when recipients are refused, as smtplib says it."""
    refused = {
        f"{name}@debtor.test": (int(answer[:3]), answer[4:].encode())
        for name, answer in answers.items()
    }
    return f"{ODOO}SMTPRecipientsRefused: {refused}"


def data_refused(answer):
    """Return what Odoo notes when a message is refused, as smtplib says it."""
    return f"{ODOO}SMTPDataError: ({answer[:3]}, {answer[4:].encode()!r})"


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ("550 No such user", "address"),
        (
            "550 5.1.1 <x@debtor.test>: Recipient address rejected: user unknown",
            "address",
        ),
        ("550 5.1.10 RESOLVER.ADR.RecipientNotFound", "address"),
        ("551 User not local", "address"),
        ("553 mailbox name not allowed", "address"),
        ("554 5.4.1 Recipient address rejected: Access denied", "address"),
        ("554 delivery error: this user doesn't have a yahoo.test account", "address"),
        ("556 5.1.10 Recipient address has null MX", "address"),
        ("552 5.2.2 mailbox full", "address"),
        ("552 Mailbox quota exceeded", "address"),
        ("452 4.2.2 The email account is over quota", "address"),
        ("452 mailbox is full, try later", "address"),
        ("550 5.2.1 The account is disabled", "address"),
        ("450 4.2.0 Greylisted, see http://postgrey.test", "server"),
        ("450 4.2.1 The user is receiving mail too quickly", "server"),
        ("451 Temporary local problem", "server"),
        ("452 Too many recipients", "server"),
        ("421 4.7.0 Try again later", "server"),
        ("450 4.1.1 unverified address: probe in progress", "server"),
        ("554 5.7.1 Relay access denied", "server"),
        ("550 5.7.1 Service unavailable; client host [192.0.2.4] blocked", "server"),
        ("550 relay not permitted", "server"),
        ("550 sender domain not found", "server"),
        ("550 5.1.8 Sender rejected", "server"),
        ("530 5.7.0 Authentication required", "server"),
        ("550 blocked by 5.1.1.1", "server"),
    ],
)
def test_recipient_refused(answer, expected):
    assert blame(recipients_refused(ap=answer), "unknown") == expected


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ("552 5.2.2 mailbox full", "address"),
        ("550 5.1.1 no such user", "address"),
        ("452 4.2.2 mailbox full", "address"),
        ("552 5.3.4 Message size exceeds fixed limit", "content"),
        ("552 message exceeds the limit", "content"),
        ("550 5.2.3 message too long", "content"),
        ("554 5.7.1 Message rejected as spam", "content"),
        ("554 5.6.0 Corrupt message content", "content"),
        ("550 virus found", "content"),
        ("554 5.7.1 Rejected by policy", "server"),
        ("554 Transaction failed", "server"),
        ("451 4.3.0 Temporary failure", "server"),
        ("421 4.3.2 Service shutting down", "server"),
    ],
)
def test_message_refused(answer, expected):
    assert blame(data_refused(answer), "unknown") == expected


@pytest.mark.parametrize(
    ("reason", "failure_type", "expected"),
    [
        ("[Errno 111] Connection refused", "mail_smtp", "server"),
        ("timed out", "", "server"),
        ("Connection unexpectedly closed: timed out", "unknown", "server"),
        ("[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed", "", "server"),
        ("SMTPAuthenticationError: (535, b'5.7.8 bad credentials')", "", "server"),
        ("SMTPSenderRefused: (550, b'5.7.1 no', 'a@creditor.test')", "", "server"),
        ("SMTPSenderRefused: (552, b'too big', 'a@creditor.test')", "", "content"),
        ("whatever", "mail_email_invalid", "address"),
        ("whatever", "mail_from_invalid", "server"),
        ("", "", "server"),
        (None, "unknown", "server"),
    ],
)
def test_other_failures(reason, failure_type, expected):
    assert blame(reason, failure_type) == expected


def test_one_recipient_who_may_be_reached_later_keeps_the_address():
    both = recipients_refused(a="550 5.1.1 unknown", b="450 4.2.0 greylisted")
    assert blame(both) == "server"
    assert blame(recipients_refused(a="550 5.1.1 x", b="552 5.2.2 full")) == "address"


@pytest.mark.parametrize(
    ("reason", "expected"),
    [
        ("5.1.1 smtp; 550 5.1.1 user unknown", "address"),
        ("5.2.2 smtp; 552 mailbox full", "address"),
        ("4.4.7 smtp; delivery time expired", "address"),
        ("4.2.2 smtp; 452 over quota", "address"),
        ("5.4.4 Host or domain name not found", "address"),
        ("5.0.0 smtp; 550 user unknown", "address"),
        ("The mailbox of debtor@debtor.test is full.", "address"),
        ("Your message could not be delivered.", "address"),
        ("5.7.1 smtp; 550 5.7.1 blocked by the policy of the domain", "server"),
        ("5.7.1 smtp; 554 5.7.1 spam content", "content"),
        ("5.3.4 smtp; 552 5.3.4 message too big", "content"),
    ],
)
def test_what_servers_have_given_up(reason, expected):
    assert blame(reason, final=True) == expected


def parsed(text):
    """Return a message as the mail gateway reads it."""
    return message_from_string(text, policy=policy.SMTP)


REPORT = """\
From: MAILER-DAEMON@debtor.test
Content-Type: multipart/report; report-type={kind}; boundary="part"

--part
Content-Type: text/plain

For people.
--part
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.debtor.test

{fields}
--part--
"""


def test_a_report_on_a_failure():
    fields = (
        "Final-Recipient: rfc822; real@debtor.test\n"
        "Original-Recipient: rfc822;AP@debtor.test\n"
        "Action: failed\nStatus: 5.2.2\nDiagnostic-Code: smtp; 552 5.2.2\n  over quota"
    )
    report = read_report(parsed(REPORT.format(kind="delivery-status", fields=fields)))
    assert report.failed
    assert report.recipient == "ap@debtor.test"
    assert report.reason == "5.2.2 smtp; 552 5.2.2 over quota"


@pytest.mark.parametrize("action", ["delayed", "delivered", "relayed", "Expanded"])
def test_a_report_on_no_failure(action):
    fields = f"Final-Recipient: rfc822; a@debtor.test\nAction: {action}\nStatus: 4.4.1"
    report = read_report(parsed(REPORT.format(kind="delivery-status", fields=fields)))
    assert not report.failed


def test_a_receipt_of_reading_is_no_failure():
    text = REPORT.format(kind="disposition-notification", fields="Disposition: read")
    assert not read_report(parsed(text)).failed


def test_a_bounce_for_people_only_is_a_failure():
    report = read_report(parsed("Subject: failure\n\nUser unknown.\n"))
    assert (report.failed, report.reason) == (True, "User unknown.")


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("Auto-Submitted: auto-replied", True),
        ("Auto-Submitted: auto-generated; owner-email=x", True),
        ("Auto-Submitted: no", False),
        ("X-Autoreply: yes", True),
        ("X-Autorespond: out", True),
        ("Precedence: bulk", True),
        ("Precedence: Auto_Reply", True),
        ("Precedence: first-class", False),
        ("Return-Path: <>", True),
        ("Return-Path: <a@debtor.test>", False),
        ("Subject: Out of office", False),
    ],
)
def test_automatic(header, expected):
    assert is_automatic(parsed(f"{header}\n\nHello.\n")) is expected
