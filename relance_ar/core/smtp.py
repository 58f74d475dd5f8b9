"""What mail servers answer, and what it says about an address. Strings in, verdict out.

The enhanced status codes are those of RFC 3463 (class.subject.detail), the basic ones
those of RFC 5321, the fields of a report on a delivery those of RFC 3464, and the
headers of automatic messages those of RFC 3834 and of common autoresponders.
"""

import re
from dataclasses import dataclass

ADDRESS, SERVER, CONTENT = "address", "server", "content"

# Odoo's failure types that say it all; "unknown" and "mail_smtp" do not.
FAILURE_TYPES = {
    "mail_email_invalid": ADDRESS,
    "mail_email_missing": ADDRESS,
    "mail_bl": ADDRESS,
    "mail_from_invalid": SERVER,
    "mail_from_missing": SERVER,
    "mail_smtp": SERVER,
    "mail_spam": CONTENT,
}
STAGE = re.compile(r"\bSMTP(RecipientsRefused|DataError|SenderRefused)\b")
ANSWER = re.compile(r"\((\d{3}), b?(['\"])(.*?)\2[,)]", re.DOTALL)
PLAIN_ANSWER = re.compile(r"(?:^|[\s;>])([245]\d\d)[ -](.*)", re.DOTALL)
ENHANCED = re.compile(r"(?<![\d.])([245])\.(\d{1,3})\.(\d{1,3})(?![\d.]*\d)")

FULL = re.compile(r"quota|mailbox\b.{0,20}\bfull|full mailbox|exceeded.{0,20}storage")
UNKNOWN = re.compile(
    r"user unknown|unknown (user|recipient|mailbox)|no such|not exist|n't exist"
    r"|n't have an? \S+ account|invalid (recipient|mailbox|address)|not found"
    r"|(account|mailbox|recipient|user).{0,30}(disabled|inactive|closed|unavailable)"
)
JUNK = re.compile(r"spam|virus|malware|phish|content|attachment|junk")
TOO_BIG = re.compile(r"size|too (large|big)|exceeds")
OURS = re.compile(
    r"relay|block|black ?list|spf|dkim|dmarc|policy|denied|authenti|reputation"
    r"|gr[ea]y ?list|\brate\b|too many|later|temporar|spamhaus|sender"
)
# What a server that refuses a recipient says of it, in basic codes.
REFUSES_RECIPIENT = (501, 510, 511, 521, 525, 550, 551, 552, 553, 556)
# Answers of an autoresponder or a mailing list, by header.
AUTOMATIC = {
    "X-Autoreply": None,
    "X-Autorespond": None,
    "X-Autoresponse": None,
    "Precedence": ("bulk", "junk", "list", "auto_reply", "auto-reply"),
}
NOT_FAILED = ("delayed", "delivered", "relayed", "expanded")


@dataclass(frozen=True, slots=True)
class Refusal:
    """One answer of a mail server.

    :param stage: what it refused: RecipientsRefused, DataError, SenderRefused or ""
    :param code: the basic code, 0 if none is given
    :param status: the enhanced code as three numbers, () if none is given
    :param text: what it says, in lower case
    """

    stage: str
    code: int
    status: tuple
    text: str


@dataclass(frozen=True, slots=True)
class Report:
    """What a server reports on an e-mail that it had taken.

    :param failed: false for a delay, a delivery or a receipt of reading
    :param recipient: the address that the e-mail was sent to, "" if not said
    :param reason: status and diagnostic, as they are, for :func:`blame` and for people
    """

    failed: bool
    recipient: str
    reason: str


def blame(reason, failure_type="", *, final=False):
    """Return what a failed e-mail is to blame on.

    :param str reason: what Odoo, smtplib or a report on a delivery says
    :param str failure_type: the failure type that Odoo gives the e-mail
    :param bool final: whether the servers have given up, so that what was temporary
        is so no longer; an answer to ourselves is not final
    :return: "address" (another channel is needed), "server" (ours, or what passes:
        to be tried again) or "content" (the message itself)
    """
    if failure_type in FAILURE_TYPES:
        return FAILURE_TYPES[failure_type]
    verdicts = {_verdict(refusal, final) for refusal in read_refusals(reason)}
    # As long as one recipient may be reached later, the address is not given up.
    return next((v for v in (SERVER, CONTENT, ADDRESS) if v in verdicts), SERVER)


def read_refusals(reason):
    """Return the answers of mail servers found in a text, as a list of Refusal."""
    reason = reason or ""
    stage = STAGE.search(reason)
    stage = stage.group(1) if stage else ""
    answers = [(int(code), text) for code, _q, text in ANSWER.findall(reason)]
    if not answers:
        plain = PLAIN_ANSWER.search(reason)
        answers = [(int(plain.group(1)), reason) if plain else (0, reason)]
    return [_refusal(stage, code, text) for code, text in answers]


def _refusal(stage, code, text):
    found = ENHANCED.search(text)
    status = tuple(map(int, found.groups())) if found else ()
    return Refusal(stage, code, status, text.lower())


def _verdict(refusal, final):
    """Return what one answer blames."""
    if refusal.stage == "SenderRefused":
        return CONTENT if _is_size(refusal) else SERVER
    temporary = (refusal.status[:1] or (refusal.code // 100,))[0] == 4 and not final
    if refusal.status and refusal.status[1:] != (0, 0):
        return _by_status(refusal, temporary)
    if refusal.code or final:
        return _by_words(refusal, temporary)
    return SERVER  # no answer at all: connection, time-out, encryption


def _by_status(refusal, temporary):
    """Return what an enhanced status code blames."""
    _class, subject, detail = refusal.status
    if subject == 1:  # addressing; 7 and 8 are about the sender
        return SERVER if temporary or detail in (7, 8, 9) else ADDRESS
    if subject == 2:  # mailbox; a full one is out of use even if it says "later"
        if detail == 3:
            return CONTENT
        return SERVER if temporary and detail != 2 else ADDRESS
    if subject == 3:  # the mail system of the recipient; 4 is the size
        return CONTENT if detail == 4 else SERVER
    if subject == 4:  # routing: a permanent failure is a domain without mail
        return SERVER if temporary or detail == 6 else ADDRESS
    if subject == 6:
        return CONTENT
    if subject == 7 and JUNK.search(refusal.text) and not temporary:
        return CONTENT  # policy: ours, unless it is what we wrote
    return SERVER if subject else _by_words(refusal, temporary)


def _by_words(refusal, temporary):
    """Return what an answer without enhanced status code blames.

    One without any code is a bounce in words only: delivery was given up.
    """
    text, code = refusal.text, refusal.code
    if FULL.search(text):
        return ADDRESS
    if temporary or (code and "sender" in text):
        return SERVER
    if UNKNOWN.search(text) or not code:
        return ADDRESS
    refused_recipient = refusal.stage == "RecipientsRefused"
    if not refused_recipient and (JUNK.search(text) or _is_size(refusal)):
        return CONTENT
    if OURS.search(text) or refusal.stage == "DataError":
        return SERVER
    return ADDRESS if code in REFUSES_RECIPIENT else SERVER


def _is_size(refusal):
    return refusal.code == 552 or TOO_BIG.search(refusal.text) is not None


def read_report(message):
    """Return what a bounce reports, as a Report.

    A bounce without a part that machines can read counts as a failure, a receipt of
    reading does not.

    :param email.message.Message message: the bounce as it was received
    """
    parts = [*message.walk()]
    kind = str(message.get_param("report-type") or "").lower()
    if kind == "disposition-notification":
        return Report(failed=False, recipient="", reason="")
    for part in parts:
        if part.get_content_type() == "message/delivery-status":
            blocks = part.get_payload()
            fields = blocks[1] if isinstance(blocks, list) and blocks[1:] else part
            return _read_status(fields)
    plain = (part for part in parts if part.get_content_type() == "text/plain")
    return Report(failed=True, recipient="", reason=_first_text(plain))


def _read_status(fields):
    """Return the Report in the fields about one recipient."""
    named = fields.get("Original-Recipient") or fields.get("Final-Recipient") or ""
    said = (fields.get("Status"), fields.get("Diagnostic-Code"))
    action = str(fields.get("Action") or "failed").strip().lower()
    return Report(
        failed=action not in NOT_FAILED,
        recipient=str(named).rpartition(";")[2].strip().lower(),
        reason=" ".join(" ".join(str(text).split()) for text in said if text),
    )


def _first_text(parts):
    """Return the first text among parts of a message, shortened."""
    for part in parts:
        content = part.get_payload(decode=True) or b""
        return " ".join(content.decode("utf-8", "replace").split())[:500]
    return ""


def is_automatic(message):
    """Tell whether a message was written by a machine: out of office, receipt, list.

    :param email.message.Message message: the message as it was received
    """
    submitted = str(message.get("Auto-Submitted") or "no").strip().lower()
    if not submitted.startswith("no"):
        return True
    if str(message.get("Return-Path") or "").strip() == "<>":
        return True
    return any(
        values is None or str(message[name]).strip().lower() in values
        for name, values in AUTOMATIC.items()
        if message[name] is not None
    )
