"""Clients of the registers against a local server: answers, failures, secrets."""

import sys
from datetime import date
from pathlib import Path

import pytest

sys.path.append(str(Path(__file__).parents[1]))

import register_server
from registers import http
from registers.bodacc import Bodacc, condition
from registers.companies import Directory, Sirene
from registers.http import Client, RegisterError, Throttle

SIREN, OTHER = "883847758", "732829320"
FAST = {"rate": 1000, "backoff": 0.001, "read_seconds": 0.3}


@pytest.fixture
def server():
    with register_server.serve() as found:
        found.slow_seconds = 1
        yield found


@pytest.fixture
def directory(server):
    return Directory(f"{server.address}/directory", **FAST)


@pytest.fixture
def sirene(server):
    return Sirene(f"{server.address}/sirene", server.key, **FAST)


@pytest.fixture
def bodacc(server):
    return Bodacc(f"{server.address}/bodacc", **FAST)


# ------------------------------------------------------------------------ answers


def test_the_directory_is_asked_politely(server, directory):
    server.company(SIREN)
    assert directory.fetch(SIREN)["results"][0]["siren"] == SIREN
    [asked] = server.requests
    assert asked["params"] == {"q": [SIREN], "page": ["1"], "per_page": ["25"]}
    assert asked["headers"]["User-Agent"] == http.USER_AGENT


def test_an_absent_company_is_an_empty_answer(directory):
    assert directory.fetch(SIREN)["results"] == []


@pytest.mark.parametrize(
    "number", ["", "12345", "88384775A", "../../etc", f"{SIREN}\n"]
)
def test_only_numbers_are_asked_for(server, directory, sirene, number):
    for service in (directory, sirene):
        with pytest.raises(ValueError):
            service.fetch(number)
    assert server.requests == []


def test_sirene_gives_the_company_and_its_head_office(server, sirene):
    server.units[SIREN] = {
        "siren": SIREN,
        "periodesUniteLegale": [{"nicSiegeUniteLegale": "00031"}],
    }
    server.establishments[f"{SIREN}00031"] = {"siren": SIREN, "siret": f"{SIREN}00031"}
    found = sirene.fetch(SIREN)
    assert found["establishment"]["siret"] == f"{SIREN}00031"
    assert found["unit"]["siren"] == SIREN
    assert [asked["path"] for asked in server.requests] == [
        f"/sirene/siren/{SIREN}",
        f"/sirene/siret/{SIREN}00031",
    ]


def test_sirene_gives_the_establishment_asked_for(server, sirene):
    server.units[SIREN] = {"siren": SIREN}
    found = sirene.fetch(f"{SIREN}00049")
    assert found == {"unit": {"siren": SIREN}, "establishment": None}
    assert server.requests[-1]["path"] == f"/sirene/siret/{SIREN}00049"


def test_what_sirene_does_not_show_is_none(sirene):
    assert sirene.fetch(SIREN) == {"unit": None, "establishment": None}


def test_the_bulletin_is_asked_by_siren_and_day():
    assert condition([SIREN, OTHER], date(2026, 11, 20)) == (
        f'(registre="{SIREN}" OR registre="{OTHER}") AND familleavis IN '
        '("collective", "retablissement_professionnel") '
        "AND dateparution>=date'2026-11-20'"
    )
    with pytest.raises(ValueError):
        condition(['1" OR 1=1 --'], None)


def test_notices_come_page_by_page(server):
    for number in range(25):
        server.notice(SIREN, f"2026-01-{number + 1:02}", f"Notice {number}")
    server.notice("111111118", "2026-01-01", "of somebody else")
    bodacc = Bodacc(f"{server.address}/bodacc", page=10, **FAST)
    found = list(bodacc.notices([SIREN, OTHER]))
    assert len(found) == len({record["id"] for record in found}) == 25
    assert [asked["params"]["offset"] for asked in server.requests] == [
        ["0"],
        ["10"],
        ["20"],
    ]
    recent = list(bodacc.notices([SIREN], date(2026, 1, 20)))
    assert len(recent) == 6


def test_nobody_is_asked_about_nobody(server, bodacc):
    assert list(bodacc.notices([])) == []
    assert server.requests == []


def test_ten_thousand_notices_are_read_and_more_are_asked_in_parts(server):
    for number in range(10_000):
        server.notice(SIREN, "2026-01-01", f"Notice {number}")
    bodacc = Bodacc(f"{server.address}/bodacc", **FAST)
    assert sum(1 for _record in bodacc.notices([SIREN])) == 10_000
    for _number in range(5):
        server.notice(OTHER, "2026-01-02", "One more")
    server.requests.clear()
    assert sum(1 for _record in bodacc.notices([SIREN, OTHER])) == 10_005
    server.notice(SIREN, "2026-01-03", "One too many")
    with pytest.raises(RegisterError) as caught:
        list(bodacc.notices([SIREN]))
    assert caught.value.detail == "too many notices"


# ----------------------------------------------------------------------- failures


@pytest.mark.parametrize("failure", [500, 502, 503, (429, {"Retry-After": "0"}), "cut"])
def test_a_passing_failure_is_tried_again(server, directory, failure):
    server.company(SIREN)
    server.failures = [failure, failure]
    assert len(directory.fetch(SIREN)["results"]) == 1
    assert len(server.requests) == 3


@pytest.mark.parametrize(
    ("failure", "code", "asked"),
    [
        (500, "server", 4),
        (429, "busy", 4),
        ((429, {"Retry-After": "3600"}), "busy", 1),
        (400, "refused", 1),
        (401, "refused", 1),
        (403, "refused", 1),
        ((302, {"Location": "http://127.0.0.1:1/"}), "refused", 1),
        ("truncated", "format", 1),
        ("list", "format", 1),
        ("html", "format", 1),
        ("latin", "format", 1),
        ("timeout", "timeout", 4),
        ("cut", "network", 4),
    ],
)
def test_a_lasting_failure_is_an_error_and_never_an_answer(
    server, directory, bodacc, failure, code, asked
):
    server.company(SIREN)
    server.notice(SIREN, "2026-01-01", "Something")
    for ask in (lambda: directory.fetch(SIREN), lambda: list(bodacc.notices([SIREN]))):
        server.requests.clear()
        server.failures = [failure] * 4
        with pytest.raises(RegisterError) as caught:
            ask()
        assert (caught.value.code, len(server.requests)) == (code, asked)
        server.failures = []


def test_how_long_to_rest_is_told(server, directory):
    server.failures = [(429, {"Retry-After": "3600"})]
    with pytest.raises(RegisterError) as caught:
        directory.fetch(SIREN)
    assert caught.value.retry_after == 3600


@pytest.mark.parametrize(
    "broken",
    [
        {"results": None},
        {"results": {}},
        {"results": ["text"]},
        {},
        {"results": [], "total_count": "many"},
    ],
)
def test_an_answer_of_another_shape_is_an_error(server, bodacc, monkeypatch, broken):
    monkeypatch.setattr(server, "answer", lambda *_request: (200, broken))
    with pytest.raises(RegisterError) as caught:
        list(bodacc.notices([SIREN]))
    assert caught.value.code == "format"


@pytest.mark.parametrize("broken", [{}, {"results": "text"}, {"results": [1]}])
def test_an_odd_answer_of_the_directory_is_an_error(
    server, directory, sirene, monkeypatch, broken
):
    monkeypatch.setattr(server, "answer", lambda *_request: (200, broken))
    for service in (directory, sirene):
        with pytest.raises(RegisterError) as caught:
            service.fetch(SIREN)
        assert caught.value.code == "format"


def test_the_clock_turned_back_makes_nobody_wait(monkeypatch):
    slept, now = [], [1e9]
    monkeypatch.setattr(http.time, "monotonic", lambda: now[0])
    monkeypatch.setattr(http.time, "sleep", slept.append)
    Throttle("turned", 2).wait()
    now[0] = 5.0
    Throttle("turned", 2).wait()
    assert slept == []


def test_fewer_notices_than_announced_is_an_error(server, bodacc):
    server.notice(SIREN, "2026-01-01", "Something")
    server.total = 3
    with pytest.raises(RegisterError) as caught:
        list(bodacc.notices([SIREN]))
    assert caught.value.detail == "incomplete"


def test_an_answer_too_long_is_left(server, directory, monkeypatch):
    monkeypatch.setattr(http, "MAX_BYTES", 100)
    server.company(SIREN)
    with pytest.raises(RegisterError) as caught:
        directory.fetch(SIREN)
    assert caught.value.detail == "too long"


def test_a_service_that_is_down_is_an_error():
    directory = Directory("http://127.0.0.1:9/", **FAST)
    with pytest.raises(RegisterError) as caught:
        directory.fetch(SIREN)
    assert caught.value.code == "network"


# ------------------------------------------------------------------------ secrets


def test_a_wrong_key_is_refused_and_not_told(server):
    sirene = Sirene(f"{server.address}/sirene", "wrong-key-123", **FAST)
    with pytest.raises(RegisterError) as caught:
        sirene.fetch(SIREN)
    assert caught.value.code == "refused"
    told = (
        f"{caught.value!s} {caught.value!r} {caught.value.__dict__} {sirene.__dict__}"
    )
    assert "wrong-key-123" not in told
    assert caught.value.__cause__ is None


@pytest.mark.parametrize("failure", ["timeout", "cut", "list", 500])
def test_no_error_tells_the_key_or_what_was_asked(server, sirene, failure):
    server.failures = [failure] * 4
    with pytest.raises(RegisterError) as caught:
        sirene.fetch(SIREN)
    assert server.key not in repr(caught.value)
    assert SIREN not in str(caught.value)


def test_a_key_travels_by_https_alone():
    with pytest.raises(RegisterError):
        Sirene("http://api.insee.test/sirene", "key")
    with pytest.raises(RegisterError):
        Sirene(key="")
    Sirene("https://api.insee.test/sirene", "key")


def test_the_key_is_not_taken_elsewhere(server, sirene):
    with register_server.serve() as elsewhere:
        server.failures = [(302, {"Location": f"{elsewhere.address}/sirene"})]
        with pytest.raises(RegisterError):
            sirene.fetch(SIREN)
        assert elsewhere.requests == []


@pytest.mark.parametrize("address", ["", "ftp://x", "file:///etc/passwd", "nowhere"])
def test_only_web_addresses_are_asked(address):
    with pytest.raises(RegisterError):
        Client(address, 1)


# --------------------------------------------------------------------------- rate


def test_calls_keep_the_distance_of_the_service(monkeypatch):
    slept, now = [], [100.0]
    monkeypatch.setattr(http.time, "monotonic", lambda: now[0])
    monkeypatch.setattr(http.time, "sleep", slept.append)
    first, second = Throttle("one", 2), Throttle("one", 2)
    for throttle in (first, second, first):  # whoever asks
        throttle.wait()
    assert slept == [0.5, 1.0]
    Throttle("another", 2).wait()
    assert slept == [0.5, 1.0]
    now[0] = 200
    first.wait()
    assert slept == [0.5, 1.0]
