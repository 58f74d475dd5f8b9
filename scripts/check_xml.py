"""Check the format of XML files: four spaces a level, and a few house rules.

    python scripts/check_xml.py [--fix] FILE_OR_FOLDER ...

Only white space at the start of a line that begins with a tag or a comment is judged,
or rewritten: text, code, the layout of attributes and the HTML bodies of mail templates
stay as their author made them.
"""

import argparse
import re
import sys
from pathlib import Path

from lxml import etree

INDENT = 4
DECLARATION = '<?xml version="1.0" encoding="utf-8"?>\n'
TOKEN = re.compile(
    r"""(?P<other><!--.*?-->|<!\[CDATA\[.*?\]\]>|<\?.*?\?>|<![^>]*>)
      | (?P<tag><(?:[^<>"']|"[^"]*"|'[^']*')*>)""",
    re.DOTALL | re.VERBOSE,
)
HTML_FIELD = re.compile(r"""<field\b[^>]*\stype=["']html["']""")
MARGIN = re.compile(r"[ \t]*\Z")


def moved(token, old, new):
    """Return a token whose later lines follow the move of its first one."""
    first, *rest = token.split("\n")
    shift = new - old
    lines = [first]
    for line in rest:
        margin = len(line) - len(line.lstrip(" "))
        lines.append(" " * max(margin + shift, 0) + line.lstrip(" ") if line else line)
    return "\n".join(lines)


def formatted(text):
    """Return an XML text with each line's first tag at its depth's margin."""
    depth, end, html_depth, parts = 0, 0, None, []
    for match in TOKEN.finditer(text):
        between, token = text[end : match.start()], match.group()
        end = match.end()
        closes = token.startswith("</")
        depth -= closes
        if depth == html_depth:
            html_depth = None
        if html_depth is None:
            between, token = aligned(between, token, INDENT * depth)
        parts += [between, token]
        if match["tag"] and not closes and not token.endswith("/>"):
            if html_depth is None and HTML_FIELD.match(token):
                html_depth = depth
            depth += 1
    lines = "".join([*parts, text[end:]]).split("\n")
    return "\n".join(line.rstrip() for line in lines).rstrip("\n") + "\n"


def aligned(between, token, margin):
    """Return a token and what comes before it, with the token at a margin.

    A token that does not begin its line stays where it is.
    """
    old = MARGIN.search(between).group()
    before = between.removesuffix(old)
    if not before.endswith("\n"):
        return between, token
    if not token.startswith("<![CDATA["):
        token = moved(token, len(old.expandtabs()), margin)
    return before + " " * margin, token


def house_faults(text, module):
    """List breaches of the rules that white space has no part in."""
    if not text.startswith(DECLARATION):
        yield 1, f"the first line is not {DECLARATION.strip()}"
    try:
        root = etree.fromstring(text.encode())
    except etree.XMLSyntaxError as error:
        yield error.lineno, f"not well-formed: {error.msg}"
        return
    for node in root.iter("data"):
        if root.tag == "odoo":
            yield node.sourceline, "<data> is needless: put its attributes on <odoo>"
    for node in root.iter("record", "template", "menuitem"):
        if node.get("id", "").startswith(f"{module}."):
            yield node.sourceline, f"id {node.get('id')!r} repeats the module's name"


def format_faults(text):
    """List the lines that formatting would change."""
    wanted = formatted(text).split("\n")
    for number, (line, better) in enumerate(
        zip(text.split("\n"), wanted, strict=False), 1
    ):
        if line != better:
            yield number, f"expected {better.strip()[:40]!r} at column {indent(better)}"


def indent(line):
    """Return the column where a line's text begins."""
    return len(line) - len(line.lstrip()) + 1


def check(path, fix):
    """Print a file's faults, after fixing what can be; return how many remain."""
    text = path.read_text(encoding="utf-8")
    module = path.parts[0]
    if fix and formatted(text) != text:
        text = formatted(text)
        path.write_text(text, encoding="utf-8")
        print(f"{path}: formatted")
    faults = [*house_faults(text, module), *format_faults(text)]
    for line, fault in sorted(faults):
        print(f"{path}:{line}: {fault}")
    return len(faults)


def main():
    """Check every XML file that is named or inside a folder that is."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--fix", action="store_true", help="rewrite white space")
    parser.add_argument("paths", nargs="+", type=Path)
    options = parser.parse_args()
    folders = [
        path.rglob("*.xml") if path.is_dir() else [path] for path in options.paths
    ]
    files = sorted(path for files in folders for path in files)
    return 1 if sum(check(path, options.fix) for path in files) else 0


if __name__ == "__main__":
    sys.exit(main())
