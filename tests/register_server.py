"""A local HTTP server that speaks the formats of the public registers, and fails.

The tests and the bench ask it instead of the real services: no test needs a network.
"""

import json
import re
import socket
import threading
import time
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

_REGISTRE = re.compile(r'registre="(\d+)"')
_SINCE = re.compile(r"dateparution>=date'([\d-]+)'")


class RegisterServer:
    """What the services know, what they are asked, and how they fail.

    :ivar companies: ``{siren: result of the directory}``
    :ivar units, establishments: what Sirene shows, by number
    :ivar records: records of the bulletin
    :ivar failures: answers to give before the good ones: a status, a pair of status and
        headers, ``timeout``, ``truncated``, ``list``, ``html``, ``latin`` or ``cut``
    :ivar requests: what was asked: dicts with ``path``, ``params`` and ``headers``
    :ivar total: number of records to announce instead of the true one
    """

    def __init__(self):
        self.companies, self.units, self.establishments = {}, {}, {}
        self.records, self.failures, self.requests = [], [], []
        self.key, self.total, self.slow_seconds = "secret-key", None, 3
        self.address = ""
        self._last, self._results = None, []

    def company(self, siren, name="LA SOCIETE", **values):
        """Add a company as the directory shows it; return the result."""
        site = {
            "siret": f"{siren}00011",
            "numero_voie": "9",
            "type_voie": "RUE",
            "libelle_voie": "DU COLONEL PIERRE AVIA",
            "code_postal": "75015",
            "libelle_commune": "PARIS 15",
            "etat_administratif": "A",
        }
        self.companies[siren] = {
            "siren": siren,
            "nom_complet": name.lower(),
            "nom_raison_sociale": name,
            "etat_administratif": "A",
            "nature_juridique": "5710",
            "activite_principale": "53.10Z",
            "categorie_entreprise": "PME",
            "tranche_effectif_salarie": "11",
            "date_creation": "1991-01-01",
            "date_fermeture": None,
            "statut_diffusion": "O",
            "siege": {**site, **values.pop("siege", {})},
            "matching_etablissements": [],
            "complements": {"est_administration": False},
            "tva": [],
            **values,
        }
        return self.companies[siren]

    def notice(
        self, siren, published, nature, heading="Jugement d'ouverture", **values
    ):
        """Add a notice of the bulletin; return the record."""
        judgment = {
            "type": "initial",
            "famille": heading,
            "nature": nature,
            "date": values.pop("judgment", published),
        }
        number = len(self.records) + 1
        record = {
            "id": f"A{published[:4]}0001{number}",
            "publicationavis": "A",
            "parution": f"{published[:4]}0001",
            "dateparution": published,
            "numeroannonce": number,
            "typeavis": "annonce",
            "typeavis_lib": "Avis initial",
            "familleavis": "collective",
            "familleavis_lib": "Procédures collectives",
            "tribunal": "Greffe du Tribunal de Commerce de Paris",
            "commercant": "LA SOCIETE",
            "registre": [siren, f"{siren[:3]} {siren[3:6]} {siren[6:]}"],
            "listepersonnes": json.dumps({"personne": {"typePersonne": "pm"}}),
            "jugement": json.dumps(judgment, ensure_ascii=False),
            "url_complete": f"https://www.bodacc.test/annonce/{number}",
            **values,
        }
        self.records.append(record)
        return record

    # ------------------------------------------------------------------- answers

    def answer(self, path, params, headers):
        """Return ``(status, JSON)`` for a request."""
        if path.startswith("/directory/search"):
            return self._directory(params["q"][0])
        if path.startswith("/bodacc/records"):
            return self._bodacc(params)
        if match := re.fullmatch(r"/sirene/(siren|siret)/(\d+)", path):
            return self._sirene(*match.groups(), headers)
        return 404, {"error": "not here"}

    def _directory(self, query):
        found = self.companies.get(query[:9])
        results = [found] if found else []
        return 200, {"results": results, "total_results": len(results), "page": 1}

    def _sirene(self, kind, number, headers):
        if headers.get("X-INSEE-Api-Key-Integration") != self.key:
            return 401, {"header": {"statut": 401, "message": "key"}}
        name, known = {
            "siren": ("uniteLegale", self.units),
            "siret": ("etablissement", self.establishments),
        }[kind]
        if number not in known:
            return 404, {"header": {"statut": 404}}
        return 200, {"header": {"statut": 200}, name: known[number]}

    def _bodacc(self, params):
        found = self._found(params["where"][0])
        offset, limit = int(params["offset"][0]), int(params["limit"][0])
        if offset + limit > 10_000 or limit > 100:
            return 400, {"error_code": "InvalidRESTParameterError"}
        total = len(found) if self.total is None else self.total
        return 200, {
            "total_count": total,
            "results": found[offset : offset + limit],
        }

    def _found(self, where):
        """Return the records that fit, in order, worked out once for a question."""
        key = (where, len(self.records))
        if self._last != key:
            wanted, since = set(_REGISTRE.findall(where)), _SINCE.search(where)
            self._results = sorted(
                (
                    record
                    for record in self.records
                    if not wanted.isdisjoint(record["registre"])
                    and (not since or record["dateparution"] >= since[1])
                ),
                key=lambda record: (record["dateparution"], record["id"]),
            )
            self._last = key
        return self._results


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def do_GET(self):
        state, parts = self.server.state, urlsplit(self.path)
        params = parse_qs(parts.query)
        headers = dict(self.headers.items())
        state.requests.append(
            {"path": parts.path, "params": params, "headers": headers}
        )
        failure = state.failures.pop(0) if state.failures else None
        if failure is not None and self._fail(failure):
            return
        status, found = state.answer(parts.path, params, headers)
        body = json.dumps(found, ensure_ascii=False).encode()
        if failure == "truncated":
            body = body[: len(body) // 2]
        self._send(status, body)

    def _fail(self, failure):
        """Fail as asked; return False when the good answer is still to be given."""
        if failure == "truncated":
            return False
        if failure == "timeout":
            time.sleep(self.server.state.slow_seconds)
        elif failure == "cut":
            self.close_connection = True
            self.connection.shutdown(socket.SHUT_RDWR)
        elif failure == "list":
            self._send(200, b"[1, 2]")
        elif failure == "html":
            self._send(200, b"<html>maintenance</html>")
        elif failure == "latin":
            self._send(200, '{"results": "é"}'.encode("latin-1"))
        else:
            status, headers = failure if isinstance(failure, tuple) else (failure, {})
            self._send(status, b'{"error": "failed"}', headers)
        return True

    def _send(self, status, body, headers=None):
        self.send_response(status)
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.send_header("Content-Type", "application/json; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args):
        """Say nothing."""


class _Quiet(ThreadingHTTPServer):
    daemon_threads = True
    # Many clients may knock at once.
    request_queue_size = 64

    def handle_error(self, request, client_address):
        """A client that gave up is no error here."""


@contextmanager
def serve():
    """Yield a running ``RegisterServer``."""
    state = RegisterServer()
    server = _Quiet(("127.0.0.1", 0), _Handler)
    server.state = state
    state.address = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield state
    finally:
        server.shutdown()
        server.server_close()
