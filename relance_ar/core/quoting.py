"""What somebody wrote in an e-mail, without what they quote of earlier ones."""

import re

from lxml import etree
from lxml import html as lxml_html

# As mail programs, and Odoo when it takes an e-mail in, mark what is quoted.
QUOTES = (
    "//*[@data-o-mail-quote or @data-o-mail-quote-node]"
    " | //blockquote"
    " | //*[contains(concat(' ', normalize-space(@class), ' '), ' gmail_quote ')]"
    " | //*[contains(concat(' ', normalize-space(@class), ' '), ' yahoo_quoted ')]"
    " | //*[contains(concat(' ', normalize-space(@class), ' '), ' moz-cite-prefix ')]"
)
# Where a program without such marks begins the earlier e-mail: all that follows it.
REST = (
    "//*[contains(@id, 'divRplyFwdMsg') or contains(@id, 'appendonsend')"
    " or contains(@id, 'stopSpelling')]"
)
QUOTED_LINE = re.compile(r"^\s*>")
EARLIER = re.compile(
    r"""
    ^\s*(?:
        [-_]{2,}\s*(?:original\ message|forwarded\ message|message\ d.origine
                     |message\ initial|message\ transf[ée]r[ée])
      | _{10,}\s*$
      | on\b.{4,200}\bwrote\s*:\s*$
      | le\b.{4,200}\ba\ [ée]crit\s*:\s*$
      | \*?(?:from|de)\s*:\*?\s.{0,200}$
    )
    """,
    re.IGNORECASE | re.VERBOSE,
)
HEADER = re.compile(r"^\s*\*?(?:from|de)\s*:", re.IGNORECASE)
NEXT_HEADER = re.compile(
    r"^\s*\*?(?:sent|date|to|subject|envoy[ée]|[àa]|objet|cc)\s*:", re.IGNORECASE
)


def without_quotes(body: str) -> str:
    """Return the HTML of a message without the parts marked as quoted.

    :param body: HTML, or nothing
    """
    if not (body or "").strip():
        return ""
    tree = lxml_html.document_fromstring(f"<div>{body}</div>")
    for first in tree.xpath(REST):
        for element in list(first.itersiblings()):
            _drop(element)
        first.tail = None
        _drop(first)
    for element in tree.xpath(QUOTES):
        _drop(element)
    return etree.tostring(tree, encoding="unicode", method="html")


def _drop(element):
    """Take an element out, unless it went with another one; what follows it stays."""
    if element.getparent() is not None:
        element.drop_tree()


def own_words(text: str) -> str:
    """Return plain text without quoted lines, up to where an earlier e-mail begins."""
    lines, kept = text.splitlines(), []
    for rank, line in enumerate(lines):
        if EARLIER.match(line) and _begins_earlier(lines[rank:]):
            break
        if not QUOTED_LINE.match(line):
            kept.append(line)
    return "\n".join(kept).strip()


def _begins_earlier(lines):
    """Say whether these lines begin an earlier e-mail: "From:" alone is a word."""
    if not HEADER.match(lines[0]):
        return True
    following = [line for line in lines[1:4] if line.strip()]
    return any(NEXT_HEADER.match(line) for line in following)
