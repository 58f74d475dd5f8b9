"""Check, or update, the addon's translation template and its French translation.

    python scripts/check_i18n.py FRESH.pot [--update --memory FILE.po ...]

FRESH.pot is what Odoo exports from a database where the addon is installed. With
--update the template and fr.po follow it; terms that Odoo itself translates, in the
--memory files, are filled in.
"""

import argparse
import re
import sys
from collections import Counter
from pathlib import Path

import polib

I18N = Path(__file__).resolve().parents[1] / "relance_ar" / "i18n"
TEMPLATE, FRENCH = I18N / "relance_ar.pot", I18N / "fr.po"
PLACEHOLDERS = re.compile(r"%\(\w+\)[-#0-9.]*[a-z]|%[sdif]|{{.*?}}|\$\{.*?\}")
TAGS = re.compile(r"</?\w+[^>]*>")
DATES = ("POT-Creation-Date", "PO-Revision-Date")
WIDTH = 78


def places(entry):
    """Return where a term is used; Odoo needs it to apply the translation."""
    return sorted(place for place, _line in entry.occurrences)


def by_term(catalogue):
    """Return a catalogue's live entries by their source term."""
    return {entry.msgid: entry for entry in catalogue if not entry.obsolete}


def compare(name, fresh, kept):
    """List the terms a catalogue lacks, has too many, or places elsewhere."""
    for term in fresh.keys() - kept.keys():
        yield f"{name}: missing term {term!r}"
    for term in kept.keys() - fresh.keys():
        yield f"{name}: obsolete term {term!r}"
    for term in fresh.keys() & kept.keys():
        if places(fresh[term]) != places(kept[term]):
            yield f"{name}: the places of {term!r} have changed"


def check_translation(entry):
    """List what is wrong with one translated term."""
    if not entry.msgstr.strip():
        yield f"fr.po: not translated {entry.msgid!r}"
    elif entry.fuzzy:
        yield f"fr.po: fuzzy {entry.msgid!r}"
    else:
        for kind, pattern in (("placeholders", PLACEHOLDERS), ("tags", TAGS)):
            wanted = Counter(pattern.findall(entry.msgid))
            if wanted != Counter(pattern.findall(entry.msgstr)):
                yield f"fr.po: other {kind} in the translation of {entry.msgid!r}"


def check(fresh):
    """List every fault of the two catalogues."""
    terms = by_term(fresh)
    for path in (TEMPLATE, FRENCH):
        if not path.exists():
            yield f"{path} does not exist"
            continue
        catalogue = by_term(polib.pofile(path))
        yield from compare(path.name, terms, catalogue)
        if path == FRENCH:
            for entry in catalogue.values():
                yield from check_translation(entry)


def remember(paths):
    """Return the translations that Odoo's own addons have."""
    memory = {}
    for path in paths:
        for entry in polib.pofile(path).translated_entries():
            memory.setdefault(entry.msgid, entry.msgstr)
    return memory


def update(fresh, memory):
    """Rewrite both catalogues from the fresh template; return what is to be done."""
    I18N.mkdir(exist_ok=True)
    fresh.wrapwidth = WIDTH
    for date in DATES:  # which would change the files without a reason
        fresh.metadata.pop(date, None)
    fresh.save(TEMPLATE)
    known = by_term(polib.pofile(FRENCH)) if FRENCH.exists() else {}
    french = polib.POFile(wrapwidth=WIDTH)
    french.metadata = {**fresh.metadata, "Language": "fr"}
    french.metadata["Plural-Forms"] = "nplurals=2; plural=(n > 1);"
    for entry in fresh:
        old = known.get(entry.msgid)
        entry.msgstr = old.msgstr if old else memory.get(entry.msgid, "")
        entry.flags = old.flags if old else entry.flags
        french.append(entry)
    french.save(FRENCH)
    return [entry.msgid for entry in french if not entry.msgstr]


def main():
    """Check by default; the exit status tells whether anything is to be done."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("fresh", help="the template that Odoo exports now")
    parser.add_argument("--update", action="store_true", help="rewrite the catalogues")
    parser.add_argument("--memory", nargs="*", default=[], help="Odoo's translations")
    options = parser.parse_args()
    fresh = polib.pofile(options.fresh)
    if options.update:
        untranslated = update(fresh, remember(options.memory))
        print(*(f"to translate: {term!r}" for term in untranslated), sep="\n")
    faults = list(check(fresh))
    print(*faults, sep="\n")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
