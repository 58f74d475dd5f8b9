"""The open data of the BODACC: the notices about companies, by their SIRENs."""

from collections.abc import Iterable, Iterator
from datetime import date

from .http import Client, RegisterError

ADDRESS = (
    "https://bodacc-datadila.opendatasoft.com/api/explore/v2.1/catalog/datasets/"
    "annonces-commerciales"
)
# No limit is documented; two a second is modest.
RATE = 2.0
PAGE, MOST = 100, 10_000
FAMILIES = ("collective", "retablissement_professionnel")


class Bodacc:
    """Finds the notices about insolvency."""

    code = "bodacc"

    def __init__(self, address=ADDRESS, rate=RATE, page=PAGE, **limits):
        self.client = Client(address, rate, **limits)
        self.page = page

    def notices(self, sirens: Iterable[str], since: date | None = None) -> Iterator:
        """Yield the records about some companies, the oldest first, page by page.

        :param since: first day of publication; None for all
        :raise RegisterError: when an answer cannot be used, or is not complete
        """
        sirens = list(sirens)
        if not sirens:
            return
        first = self._fetch(sirens, since, 0)
        total = first["total_count"]
        if total > MOST:
            yield from self._in_parts(sirens, since)
            return
        seen, page = 0, first
        while True:
            yield from page["results"]
            seen += len(page["results"])
            if seen >= total:
                return
            if not page["results"]:
                # Fewer than announced: what is missing may be an opening.
                raise RegisterError("format", self.client.host, "incomplete")
            page = self._fetch(sirens, since, seen)

    def _in_parts(self, sirens, since):
        """Ask for fewer companies at a time: the service shows 10 000 at most."""
        if len(sirens) == 1:
            raise RegisterError("format", self.client.host, "too many notices")
        half = len(sirens) // 2
        for part in (sirens[:half], sirens[half:]):
            yield from self.notices(part, since)

    def _fetch(self, sirens, since, offset):
        found = self.client.get(
            "/records",
            {
                "where": condition(sirens, since),
                # Oldest first: what is published meanwhile moves no page.
                "order_by": "dateparution asc, id asc",
                "limit": min(self.page, MOST - offset),
                "offset": offset,
            },
        )
        self._check(found)
        return found

    def _check(self, found):
        results = found and found.get("results")
        total = found and found.get("total_count")
        is_whole = (
            isinstance(total, int)
            and isinstance(results, list)
            and all(isinstance(record, dict) for record in results)
        )
        if not is_whole:
            raise RegisterError("format", self.client.host, "no list of results")


def condition(sirens: Iterable[str], since: date | None) -> str:
    """Return the filter of a request. There is no field ``siren`` to filter on."""
    sirens = list(sirens)
    if not all(siren.isascii() and siren.isdecimal() for siren in sirens):
        raise ValueError("SIRENs are made of digits")
    companies = " OR ".join(f'registre="{siren}"' for siren in sirens)
    families = ", ".join(f'"{family}"' for family in FAMILIES)
    published = f" AND dateparution>=date'{since:%Y-%m-%d}'" if since else ""
    return f"({companies}) AND familleavis IN ({families}){published}"
