"""The two services that describe companies: the directory, and INSEE's Sirene."""

import re

from .http import Client, RegisterError

DIRECTORY_ADDRESS = "https://recherche-entreprises.api.gouv.fr"
SIRENE_ADDRESS = "https://api.insee.fr/api-sirene/3.11"
# The directory documents seven a second and answers 429 from five on; Sirene thirty a
# minute.
DIRECTORY_RATE, SIRENE_RATE = 2.0, 0.5
SIRENE_KEY = "X-INSEE-Api-Key-Integration"
_NUMBER = re.compile(r"\d{9}(\d{5})?")


def _checked(number):
    """Return a SIREN or SIRET that may go into an address."""
    if not _NUMBER.fullmatch(number):
        raise ValueError("a SIREN has nine digits, a SIRET fourteen")
    return number


class Directory:
    """Recherche d'entreprises: no key. Companies that may not be shown are absent."""

    code = "directory"

    def __init__(self, address=DIRECTORY_ADDRESS, rate=DIRECTORY_RATE, **limits):
        self.client = Client(address, rate, **limits)

    def fetch(self, number):
        """Return the answer about a SIREN or SIRET, as the service gives it.

        A query of exactly nine or fourteen digits is a direct search.

        :raise RegisterError: when the answer cannot be used
        """
        params = {"q": _checked(number), "page": 1, "per_page": 25}
        return self._answer(self.client.get("/search", params))

    def _answer(self, found):
        results = found and found.get("results")
        if not isinstance(results, list) or not all(
            isinstance(result, dict) for result in results
        ):
            raise RegisterError("format", self.client.host, "no list of results")
        return found


class Sirene:
    """INSEE's Sirene 3.11, with a key."""

    code = "sirene"

    def __init__(self, address=SIRENE_ADDRESS, key="", rate=SIRENE_RATE, **limits):
        if not key:
            raise RegisterError("refused", detail="no key")
        self.client = Client(address, rate, {SIRENE_KEY: key}, **limits)

    def fetch(self, number):
        """Return ``{"unit": ..., "establishment": ...}`` about a SIREN or SIRET.

        Either is None where the service has none to show.

        :raise RegisterError: when the answer cannot be used
        """
        siren, siret = _checked(number)[:9], number if len(number) == 14 else ""
        unit = self._part(f"/siren/{siren}", "uniteLegale")
        if unit and not siret:
            siret = siren + self._head_office(unit)
        establishment = None
        if len(siret) == 14:
            establishment = self._part(f"/siret/{siret}", "etablissement")
        return {"unit": unit, "establishment": establishment}

    def _part(self, path, name):
        found = self.client.get(path)
        if found is None:
            return None
        if not isinstance(found.get(name), dict):
            raise RegisterError("format", self.client.host, f"no {name}")
        return found[name]

    @staticmethod
    def _head_office(unit):
        """Return the five digits of the head office, or ""."""
        periods = unit.get("periodesUniteLegale")
        last = periods[0] if isinstance(periods, list) and periods else {}
        number = isinstance(last, dict) and last.get("nicSiegeUniteLegale")
        return str(number or unit.get("nicSiegeUniteLegale") or "")
