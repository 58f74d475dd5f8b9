"""Reads the guides and what they are about: menus, words on screens, code."""

import ast
import re
from functools import cache
from pathlib import Path

import polib
from lxml import etree

ROOT = Path(__file__).parents[2]
ADDON, DOCS = ROOT / "relance_ar", ROOT / "docs"
ENGLISH = [ROOT / "README.md", DOCS / "user.en.md", DOCS / "administrator.md"]
DEVELOPER, FRENCH = DOCS / "developer.md", DOCS / "user.fr.md"
PAGES = [*ENGLISH, DEVELOPER, FRENCH]

FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.M | re.S)
LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
PICTURE = re.compile(r"!\[[^\]]+\]\(([^)\s]+)\)")
HEADING = re.compile(r"^#+ (.+)$", re.M)
# *A › B* is a path of menus, **A** is a word on the screen.
MENU_PATH = re.compile(r"(?<!\*)\*([^*\n]+(?:\n[^*\n]+)*? ›[^*]+)\*(?!\*)")
ON_SCREEN = re.compile(r"\*\*([^*]+)\*\*")
TAG = re.compile(r"<[^>]+>")
CODE = re.compile(r"`([^`\n]+)`")


def text_of(page):
    """Return what a page says, without its examples of code."""
    return FENCE.sub("", page.read_text())


def blocks(page, language):
    """Return the examples of a page in a language."""
    return [code for lang, code in FENCE.findall(page.read_text()) if lang == language]


def one_line(found):
    """Return matches with their line breaks folded."""
    return [" ".join(text.split()) for text in found]


def plain(term):
    """Return a term without its tags."""
    return " ".join(TAG.sub("", term).split())


def anchors(page):
    """Return the anchors of a page's headings, as GitHub makes them."""
    heads = (re.sub(r"[^\w\- ]", "", head.lower()) for head in HEADING.findall(page))
    return {head.strip().replace(" ", "-") for head in heads}


@cache
def trees():
    """Return the parsed XML files of the addon."""
    files = sorted(ADDON.rglob("*.xml"))
    return [etree.parse(file).getroot() for file in files]


@cache
def sources():
    """Return the Python files of the addon, as text."""
    return [file.read_text() for file in sorted(ADDON.rglob("*.py"))]


@cache
def french():
    """Return ``{English term: French term}``, on one line, with ordinary spaces."""
    catalogue = polib.pofile(str(ADDON / "i18n" / "fr.po"))
    return {
        entry.msgid: " ".join(entry.msgstr.split())
        for entry in catalogue
        if not entry.obsolete
    }


def menu_paths(translate=lambda name: name):
    """Return the paths of the addon's menus as tuples of names, from its roots on."""
    items = [item for tree in trees() for item in tree.iter("menuitem")]
    by_id = {item.get("id"): item for item in items}

    def path_of(item):
        above = item.getparent()
        if above.tag != "menuitem":
            above = by_id.get(item.get("parent"))  # none: it hangs in a menu of Odoo
        name = translate(item.get("name"))
        return (*(path_of(above) if above is not None else ()), name)

    return {path_of(item) for item in items}


def settings():
    """Return the words of the settings: titles and labels."""
    views = [
        record
        for tree in trees()
        for record in tree.iter("record")
        if record.findtext("field[@name='model']") == "res.config.settings"
    ]
    nodes = [node for view in views for node in view.iter()]
    return {word for n in nodes if (word := n.get("string") or n.get("title"))}


@cache
def words():
    """Return what may be on a screen: texts of XML, and strings of Python."""
    found = set()
    for tree in trees():
        for node in tree.iter(etree.Element):
            found.update(node.attrib.values())
            found.update(filter(None, (node.text, node.tail)))
    for source in sources():
        nodes = ast.walk(ast.parse(source))
        constants = (n.value for n in nodes if isinstance(n, ast.Constant))
        found.update(value for value in constants if isinstance(value, str))
    return {" ".join(text.split()) for text in found}


@cache
def names_in_code():
    """Return the names of the functions, methods and classes of the addon."""
    found = set()
    for source in sources():
        for node in ast.walk(ast.parse(source)):
            if isinstance(node, ast.FunctionDef | ast.ClassDef):
                found.add(node.name)
    return found


@cache
def models():
    """Return the technical names of the models that the addon defines."""
    pattern = re.compile(r"^    _name = \"([\w.]+)\"", re.M)
    return {name for source in sources() for name in pattern.findall(source)}


def crons():
    """Return the names of the scheduled jobs."""
    return {
        record.findtext("field[@name='name']")
        for tree in trees()
        for record in tree.iter("record")
        if record.get("model") == "ir.cron"
    }


def rates():
    """Return ``{(kind, "YYYY-MM-DD"): value}`` of the rates that are delivered."""
    found = {}
    for tree in trees():
        for record in tree.iter("record"):
            if record.get("model") == "relance.interest.rate":
                value = {f.get("name"): f.text for f in record.findall("field")}
                found[value["kind"], value["date_from"]] = float(value["value"])
    return found
