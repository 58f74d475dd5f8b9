"""What a customer writes, without the table of invoices that they quote."""

import pytest
from core.quoting import own_words, without_quotes

SECRET = "FAC/2026/00999"


@pytest.mark.parametrize(
    "quoted",
    [
        f'<div data-o-mail-quote="1">{SECRET}</div>',
        f'<table data-o-mail-quote-node="1"><tr><td>{SECRET}</td></tr></table>',
        f'<blockquote type="cite"><p>{SECRET}</p></blockquote>',
        f'<div class="gmail_quote gmail_quote_container">{SECRET}</div>',
        f'<div id="x_divRplyFwdMsg">From: us</div><div>{SECRET}</div>',
        f'<div id="appendonsend"></div><hr/><p>{SECRET}</p>{SECRET}',
        f'<div class="yahoo_quoted"><p>{SECRET}</p></div>',
    ],
)
def test_what_mail_programs_mark_as_quoted_goes(quoted):
    found = without_quotes(f"<p>Two chairs were broken.</p>{quoted}")
    assert "Two chairs were broken." in found
    assert SECRET not in found


def test_what_follows_a_quote_is_their_own():
    found = without_quotes(f"<blockquote>{SECRET}</blockquote>No, they were ours.")
    assert "No, they were ours." in found
    assert SECRET not in found


@pytest.mark.parametrize("body", ["", None, "   "])
def test_nothing_stays_nothing(body):
    assert without_quotes(body) == ""


@pytest.mark.parametrize(
    "earlier",
    [
        f"> You owe {SECRET}",
        f"-----Original Message-----\nYou owe {SECRET}",
        f"----- Message d'origine -----\nVous devez {SECRET}",
        f"________________________________\nYou owe {SECRET}",
        f"On 18 March 2026, Creditor wrote:\nYou owe {SECRET}",
        f"Le mer. 18 mars 2026 à 10:00, Creditor a écrit :\nVous devez {SECRET}",
        f"De : Creditor <c@c.test>\nEnvoyé : mercredi\nObjet : {SECRET}",
        f"From: Creditor\nSent: Wednesday\nYou owe {SECRET}",
    ],
)
def test_an_earlier_e_mail_in_plain_text_goes(earlier):
    found = own_words(f"Two chairs were broken.\n\n{earlier}")
    assert found == "Two chairs were broken."


@pytest.mark.parametrize(
    "words",
    [
        "De : deux chaises cassées.\nNous attendons.",
        "On Monday we shall pay.\nRegards",
        "Le chef a écrit une lettre.",
        "5 > 3",
    ],
)
def test_ordinary_words_stay(words):
    assert own_words(words) == words
