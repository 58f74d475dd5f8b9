"""Take the pictures of the README and the guides from a demo that is served.

python scripts/screenshots.py ADDRESS DATABASE FOLDER [NAME ...]
"""

import sys
from pathlib import Path
from string import Formatter
from urllib.parse import urlsplit

from pictures.browser import Browser
from pictures.session import Session
from pictures.table import PICTURES

MOST_BYTES = 200_000
SHOWN = ".o_view_controller, .modal .o_form_view, main"


def address_of(picture, session):
    """Return the address of the screen that a picture shows."""
    path = picture.path
    if picture.record:
        model, domain = picture.record
        ids = [session.find(model, domain)]
        if picture.opens:
            action = session.call(model, picture.opens, ids)
            model, ids = action["res_model"], [action["res_id"]]
        names = {name for _text, name, *_ in Formatter().parse(path) if name}
        [values] = session.call(model, "read", ids, [*(names - {"lang"})])
        path = path.format_map({**values, "lang": picture.lang})
    # That of a public page is given in full, of the server as it calls itself.
    return session.address + urlsplit(path)._replace(scheme="", netloc="").geturl()


def take(browser, picture, session, folder):
    """Take one picture; return its path."""
    session.speak(picture.lang)
    address = address_of(picture, session)
    browser.set_session(session.address, "" if picture.is_public else session.id)
    browser.resize(picture.width, picture.height)
    browser.open(address, SHOWN)
    for selector in picture.click:
        browser.click(selector)
    target = folder / f"{picture.name}.png"
    browser.save(target)
    return target


def main():
    """Take the pictures that are named, or all of them; fail for a heavy one."""
    address, database, folder, *names = sys.argv[1:]
    if unknown := set(names) - {picture.name for picture in PICTURES}:
        return f"no such picture: {', '.join(sorted(unknown))}"
    sessions, heavy = {}, []
    with Browser() as browser:
        for picture in PICTURES:
            if names and picture.name not in names:
                continue
            login = picture.login
            if login not in sessions:
                sessions[login] = Session(address, database, login)
            path = take(browser, picture, sessions[login], Path(folder))
            size = path.stat().st_size
            print(f"{path.name}  {size // 1000} kB", flush=True)
            if size > MOST_BYTES:
                heavy.append(path.name)
    return f"too large: {', '.join(heavy)}" if heavy else 0


if __name__ == "__main__":
    sys.exit(main())
