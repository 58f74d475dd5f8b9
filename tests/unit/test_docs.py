"""The README and the guides name what there is: screens, files, code, rates."""

import ast
import re
import sys

import pytest

from .guide import (
    CODE,
    DEVELOPER,
    DOCS,
    ENGLISH,
    FRENCH,
    LINK,
    MENU_PATH,
    ON_SCREEN,
    PAGES,
    PICTURE,
    ROOT,
    anchors,
    blocks,
    crons,
    french,
    menu_paths,
    models,
    names_in_code,
    one_line,
    plain,
    rates,
    settings,
    text_of,
    words,
)

sys.path.append(str(ROOT / "scripts"))
from pictures.table import PICTURES

# Words of Odoo's own screens, which the addon does not define.
OF_ODOO = {
    "Alias Domain",
    "Automation",
    "Duplicate",
    "Email",
    "General Settings",
    "Invoicing",
    "Outgoing Mail Servers",
    "Run Manually",
    "Scheduled Actions",
    "Technical",
    "Uninstall",
    "Upgrade",
    "Users",
    "Users & Companies",
    "Facturation",
    "Utilisateurs",
    "Utilisateurs & Sociétés",
}
INVOICING = {"Invoicing", "Facturation"}
SETTINGS = {"Settings", "Paramètres"}
MODEL = re.compile(r"relance(\.[a-z]+)+")
METHOD = re.compile(r"(?:.*\.)?(_?[a-z]\w*)\(.*\)")
PLACE = re.compile(r"(relance_ar|tests|scripts|bench|docs|dev)(/[\w./-]*)?")
RATE_ROW = re.compile(
    r"^\| (\d{4}), S([12]) \| ([\d.,]+) \| ([\d.,]+) \| ([\d.,]+) \|", re.M
)


def ids(pages):
    """Return the names of pages, for the report."""
    return [page.name for page in pages]


@pytest.mark.parametrize("page", PAGES, ids=ids(PAGES))
def test_links_lead_somewhere(page):
    broken = []
    for target in LINK.findall(text_of(page)):
        if "://" in target or target.startswith("mailto:"):
            continue
        path, _hash, anchor = target.partition("#")
        file = (page.parent / path).resolve() if path else page
        if not file.exists() or (anchor and anchor not in anchors(text_of(file))):
            broken.append(target)
    assert not broken


def pictures_of(page):
    """Return the files of the pictures that a page shows."""
    return {(page.parent / name).resolve() for name in PICTURE.findall(text_of(page))}


def test_pictures_are_those_of_the_table():
    shown = set().union(*map(pictures_of, PAGES))
    listed = {(DOCS / f"{picture.name}.png").resolve() for picture in PICTURES}
    assert len(listed) == len(PICTURES)
    assert shown == listed == {file.resolve() for file in DOCS.glob("*.png")}


@pytest.mark.parametrize("picture", PICTURES, ids=[p.name for p in PICTURES])
def test_pictures_are_light_and_of_the_language_of_the_page(picture):
    file = DOCS / f"{picture.name}.png"
    assert file.stat().st_size < 200_000
    pages = [page for page in PAGES if file.resolve() in pictures_of(page)]
    assert pages
    assert {page == FRENCH for page in pages} == {picture.lang == "fr_FR"}


def unknown_paths(page, paths, known_settings):
    """Return the paths of menus that are marked on a page and lead nowhere."""
    unknown = []
    for marked in one_line(MENU_PATH.findall(text_of(page))):
        path = [part.strip() for part in marked.split("›")]
        if path[0] in SETTINGS:
            left = set(path[1:]) - OF_ODOO - known_settings
        else:
            start = 1 if path[0] in INVOICING else 0
            left = tuple(path[start:]) not in paths
        if left:
            unknown.append(marked)
    return unknown


@pytest.mark.parametrize("page", [*ENGLISH, DEVELOPER], ids=ids([*ENGLISH, DEVELOPER]))
def test_menus_are_those_of_the_addon(page):
    assert not unknown_paths(page, menu_paths(), settings())


def test_menus_in_french():
    known = {french().get(word) for word in settings()}
    assert not unknown_paths(FRENCH, menu_paths(french().get), known)


GUIDES = [page for page in ENGLISH if page.name != "README.md"]


@pytest.mark.parametrize("page", GUIDES, ids=ids(GUIDES))
def test_what_is_in_bold_is_on_the_screen(page):
    marked = set(one_line(ON_SCREEN.findall(text_of(page))))
    assert marked
    assert not marked - words() - OF_ODOO


def test_what_is_in_bold_is_on_the_screen_in_french():
    marked = set(one_line(ON_SCREEN.findall(text_of(FRENCH))))
    assert marked
    known = {plain(term) for term in french().values()}
    assert not marked - known - OF_ODOO


def test_the_scheduled_jobs_are_all_described():
    table = {
        cell.strip() for cell in (DOCS / "administrator.md").read_text().split("|")
    }
    assert crons() <= table


@pytest.mark.parametrize("name", ["user.en.md", "user.fr.md"])
def test_the_rates_are_those_delivered(name):
    rows = RATE_ROW.findall((DOCS / name).read_text())
    known = rates()
    latest = max(day for _kind, day in known)
    assert rows and {f"{y}-{'01' if s == '1' else '07'}-01" for y, s, *_ in rows} >= {
        latest
    }
    for year, half, *given in rows:
        day = f"{year}-{'01' if half == '1' else '07'}-01"
        refinancing, business, floor = (float(v.replace(",", ".")) for v in given)
        assert refinancing == known["ecb_mro", day]
        assert business == pytest.approx(refinancing + 10)
        assert floor == pytest.approx(3 * known["legal_professional", day])


EXAMPLES = blocks(DEVELOPER, "python")


@pytest.mark.parametrize("code", EXAMPLES, ids=lambda code: code.splitlines()[0])
def test_examples_compile(code):
    ast.parse(code)


def exists(marked):
    """Tell whether a file, a model or a method named in a guide exists."""
    if PLACE.fullmatch(marked):
        return any(ROOT.glob(marked.rstrip("/")))
    if MODEL.fullmatch(marked):
        return marked in models()
    method = METHOD.fullmatch(marked)
    return not method or method[1] in names_in_code()


def test_code_named_in_the_developers_guide_exists():
    named = CODE.findall(text_of(DEVELOPER))
    assert named
    assert not [marked for marked in named if not exists(marked)]


def test_the_example_of_the_core_decides():
    code = next(code for code in EXAMPLES if "without a database" in code)
    space, why = {}, ["late", "channel_missing", "channel_first"]
    exec(code, space)
    assert space["answer"] == (True, "email", why)
