"""What somebody with bad intentions tries on the pages, over a real connection."""

from __future__ import annotations

import base64
import json
import re
import socket
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import httpx
import itsdangerous
import pytest
from review_people import BLAME, PASSWORD, facilitator, shared
from review_site import KEY, Site, Visitor, serving, words

from coachbot.config import ReviewSettings
from coachbot.review.headers import LARGEST, SAFE
from coachbot.store_facilitators import TRIES, Accounts

if TYPE_CHECKING:
    from review_fixtures import House

pytest_plugins = ["review_fixtures"]

#: Every page and every action behind the login, with what is in them left to fill in.
PAGES = (
    "/gesprekken",
    "/gesprekken?zoek=sleutels",
    "/gesprekken/{session}",
    "/gesprekken/{session}/afdruk",
    "/gesprekken/{session}/klim.svg",
    "/groepen",
    "/groepen/{group}",
)
ACTIONS = (
    "/export",
    "/gesprekken/{session}/notities",
    "/gesprekken/{session}/notities/1/weg",
    "/gesprekken/{session}/beurten/{turn}/notities",
    "/gesprekken/{session}/beurten/{turn}/lezing",
    "/groepen",
    "/groepen/{group}/sluiten",
)
FIELDS: dict[str, object] = {"tekst": "t", "naam": "n", "vorm": "csv", "trede": "zorg"}
#: What would run if it were not escaped; each in the hands of who types it.
EVIL = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "' onmouseover='alert(1)' x='",
    "<svg onload=alert(1)>",
    "[klik](javascript:alert(1))",
    "{{ 7*7 }} {% raw %} </textarea><script>alert(2)</script>",
)


def filled(path: str, house: House) -> str:
    turn = house.turn(house.session, BLAME)
    return path.format(session=house.session, group=house.zuid.id, turn=turn)


def kept(house: House) -> list[object]:
    """Everything that a facilitator's forms could change."""
    tables = ("notes", "corrections", "groups", "members", "shares", "openings")
    return [house.store.db.execute(f"select * from {table}").fetchall() for table in tables]


@pytest.mark.parametrize("path", PAGES)
def test_nothing_is_seen_without_a_login(site: Site, house: House, path: str) -> None:
    with site.visitor() as stranger:
        answer = stranger.get(filled(path, house))
    assert answer.status_code == 303 and not answer.content
    assert answer.headers["location"].startswith("/inloggen?verder=/gesp") or "groepen" in path


@pytest.mark.parametrize("path", ACTIONS)
def test_nothing_is_done_without_a_login(site: Site, house: House, path: str) -> None:
    before = kept(house)
    with site.visitor() as stranger:
        csrf = stranger.token("/inloggen")
        answer = stranger.post(filled(path, house), {"csrf": csrf, **FIELDS})
    assert answer.status_code == 401 and "Er is niets bewaard" in words(answer.text)
    assert kept(house) == before


@pytest.mark.parametrize("path", ACTIONS)
def test_a_form_without_its_token_is_refused(
    site: Site, noor: Visitor, house: House, path: str
) -> None:
    with site.logged_in("Bram") as other:
        theirs = other.token()
    with site.visitor() as stranger:
        nobodys = stranger.token("/inloggen")
    before = kept(house)
    for csrf in ("", "a", theirs, nobodys, "é" * 20, noor.token()[:-1]):
        answer = noor.post(filled(path, house), {"csrf": csrf, **FIELDS})
        assert answer.status_code == 403, csrf
        assert "Dit formulier is verlopen" in words(answer.text)
    assert noor.post(filled(path, house), FIELDS).status_code == 403
    token = noor.token()
    as_question = noor.post(f"{filled(path, house)}?csrf={token}", FIELDS)
    as_json = noor.client.post(filled(path, house), json={"csrf": token, **FIELDS})
    as_files = noor.client.post(filled(path, house), files={"csrf": (None, token)})
    assert [a.status_code for a in (as_question, as_json, as_files)] == [403, 415, 415]
    assert kept(house) == before


def test_leaving_and_entering_need_a_token_as_well(site: Site) -> None:
    with site.logged_in("Noor") as visitor:
        assert visitor.post("/uitloggen", {"csrf": ""}).status_code == 403
        assert visitor.get("/gesprekken").status_code == 200
    with site.visitor() as stranger:
        fields: dict[str, object] = {"naam": "Noor", "wachtwoord": PASSWORD}
        assert stranger.post("/inloggen", fields).status_code == 403
        stranger.get("/inloggen")
        assert stranger.post("/inloggen", fields | {"csrf": "x"}).status_code == 403


@pytest.mark.parametrize("path", [path for path in PAGES + ACTIONS if "{" in path])
def test_what_is_of_another_facilitator_is_not_there(
    noor: Visitor, house: House, path: str
) -> None:
    turn = house.turn(house.other, "Ik ben bang voor de reorganisatie.")
    secret = house.turn(house.private, "Dit geheim deel ik met niemand.")
    before = kept(house)
    for session, one in ((house.other, turn), (house.private, secret), (10**18, 1), (10**30, 1)):
        place = path.format(session=session, group=house.west.id, turn=one)
        answer = noor.get(place) if path in PAGES else noor.send(place, **FIELDS)
        assert answer.status_code == 404, place
        assert "reorganisatie" not in answer.text and "geheim" not in answer.text
    assert kept(house) == before


def test_a_turn_of_another_session_is_not_reached_through_ones_own(
    noor: Visitor, house: House
) -> None:
    turn = house.turn(house.other, "Ik ben bang voor de reorganisatie.")
    for path in ("notities", "lezing"):
        place = f"/gesprekken/{house.session}/beurten/{turn}/{path}"
        assert noor.send(place, **FIELDS).status_code == 404
    assert house.store.db.execute("select count(*) from corrections").fetchone() == (0,)


def test_a_turn_is_corrected_on_the_page_of_its_own_session_only(
    noor: Visitor, house: House
) -> None:
    own = int(
        house.store.db.execute(
            "select min(session) from shares where facilitator = ? and session != ?",
            [house.noor, house.session],
        ).fetchone()[0]
    )
    turn = house.turn(house.session, BLAME)
    assert noor.send(f"/gesprekken/{own}/beurten/{turn}/lezing", **FIELDS).status_code == 404
    assert house.store.db.execute("select count(*) from corrections").fetchone() == (0,)


def test_the_filter_does_not_open_another_group(noor: Visitor, house: House) -> None:
    page = words(noor.get(f"/gesprekken?groep={house.west.id}").text)
    assert "0 gesprekken" in page and "Team West" not in page
    sent = noor.send("/export", "/groepen", vorm="jsonl", groep=house.west.id)
    assert sent.status_code == 200 and not sent.text.strip()


@pytest.mark.parametrize("evil", EVIL)
def test_what_somebody_typed_never_runs(site: Site, house: House, evil: str) -> None:
    """In a message, a note, the name of a group, a search, a pseudonym, a name to log in with."""
    name = f"Noor {EVIL.index(evil)}"
    _, group = facilitator(house.coach, name, evil[:80])
    session = shared(house.coach, name, group, f"Ik ben bang {evil}", "ja", f"Jij liegt {evil}")
    house.store.db.execute("update members set pseudonym = ? where user = ?", [evil, name])
    house.store.db.conn.commit()
    with site.logged_in(name) as visitor:
        place = f"/gesprekken/{session}"
        assert visitor.send(f"{place}/notities", tekst=evil).status_code == 303
        again = visitor.send(f"{place}/notities", tekst=evil + "a" * 4000)
        found = visitor.get("/gesprekken", params={"zoek": f"bang {evil}"})
        pages = [visitor.get(p) for p in (place, f"{place}/afdruk", "/gesprekken", "/groepen")]
        group_page = visitor.get(f"/groepen/{group.id}")
        wrong = visitor.send("/groepen", naam=evil + "a" * 80)
    with site.visitor() as stranger:
        failed = stranger.log_in(evil, "verkeerd wachtwoord")
    for page in (*pages, again, found, group_page, wrong, failed):
        assert page.status_code < 500
        assert not re.search(r"<script(?! src=\"/static/)", page.text), page.url
        assert not re.search(r"<[^>]+\son\w+\s*=", without_quotes(page.text)), page.url
        assert "<svg onload" not in page.text and "<img src=x" not in page.text
        assert 'href="javascript' not in page.text and ">49 " not in page.text
    house.store.db.execute("delete from login_tries")
    house.store.db.conn.commit()


def without_quotes(page: str) -> str:
    """The tags of a page without the values of their attributes."""
    return re.sub(r'"[^"]*"', '""', page)


@pytest.mark.parametrize(
    "asked",
    ['"', "'", "*", "AND", "NEAR(", "a NOT", "rust)", "text:rust", "^", "-", "\x00", "a*b*", "%",
     "'; drop table turns; --", '" OR 1=1', "{rust}", "rust AND NOT", "🙂", "\ud7ff", "a" * 200],
)  # fmt: skip
def test_whatever_is_searched_gives_a_page(noor: Visitor, asked: str) -> None:
    answer = noor.get("/gesprekken", params={"zoek": asked})
    assert answer.status_code == 200
    assert "gesprek" in words(answer.text)
    assert "3 gesprekken" in words(noor.get("/gesprekken").text)


def test_five_wrong_tries_make_everybody_of_that_name_wait(own_site: Site, house: House) -> None:
    site = own_site
    Accounts(house.store).add("Wim", PASSWORD)
    for name in ("Wim", "wie dit ook is"):
        with site.visitor() as visitor:
            codes = [visitor.log_in(name, "mis is mis hoor").status_code for _ in range(TRIES)]
            assert codes == [401] * (TRIES - 1) + [429], name
            refused = visitor.log_in(name, PASSWORD)
            assert refused.status_code == 429 and "over 15 minuten" in words(refused.text)
            assert refused.headers["retry-after"] == "900"
    with site.visitor() as elsewhere:
        assert elsewhere.log_in("Wim", PASSWORD).status_code == 429
        with site.logged_in("Noor") as other:
            assert other.get("/groepen").status_code == 200
        site.clock.forward(minutes=15, seconds=1)
        assert elsewhere.log_in("Wim", PASSWORD).status_code == 303


def test_a_wrong_name_and_a_wrong_password_look_the_same(site: Site) -> None:
    pages = []
    for name in ("Noor", "Nooi"):
        with site.visitor() as visitor:
            answer = visitor.log_in(name, "mis is mis hoor")
            pages.append((answer.status_code, words(answer.text)))
    assert pages[0] == pages[1] and pages[0][0] == 401


def test_a_login_ends_by_leaving_waiting_and_being_removed(own_site: Site, house: House) -> None:
    site = own_site
    with site.logged_in("Noor") as visitor:
        before = dict(visitor.client.cookies)
        assert visitor.send("/uitloggen").status_code == 303
        assert visitor.get("/gesprekken").status_code == 303
        # The cookie of before, put back: the login itself is over, not only the cookie.
        visitor.client.cookies = httpx.Cookies(before)
        assert visitor.get("/gesprekken").status_code == 303
    with site.logged_in("Noor") as visitor:
        site.clock.forward(minutes=29)
        assert visitor.get("/gesprekken").status_code == 200
        site.clock.forward(minutes=31)
        late = visitor.get("/gesprekken?zoek=rust")
        assert late.status_code == 303 and "verlopen=1" in late.headers["location"]
        page = visitor.get(late.headers["location"])
        assert "Je was een tijd weg" in words(page.text)
        assert "/gesprekken?zoek=rust" in page.text
    Accounts(house.store).add("Tijdelijk", PASSWORD)
    with site.logged_in("Tijdelijk") as visitor:
        assert visitor.get("/groepen").status_code == 200
        assert Accounts(house.store).remove("Tijdelijk")
        assert visitor.get("/groepen").status_code == 303


def test_logging_in_takes_a_new_number(site: Site) -> None:
    with site.visitor() as visitor:
        planted = visitor.token("/inloggen")
        before = visitor.client.cookies["coachbot"]
        visitor.log_in("Noor", PASSWORD)
        assert visitor.client.cookies["coachbot"] != before
        assert visitor.token() != planted
        first = visitor.client.cookies["coachbot"]
        visitor.client.cookies.clear()
        visitor.log_in("Noor", PASSWORD)
        assert visitor.client.cookies["coachbot"] != first


def test_a_forged_cookie_opens_nothing(site: Site, noor: Visitor) -> None:
    real = noor.client.cookies["coachbot"]
    data = {"login": json.loads(base64.b64decode(real.split(".")[0]))["login"]}
    packed = base64.b64encode(json.dumps(data).encode())
    made_up = base64.b64encode(b'{"login": "x"}')
    forged = [
        packed.decode(),
        itsdangerous.TimestampSigner("another key, just as long as ours is").sign(packed).decode(),
        real[:-20] + ("A" if real[-20] != "A" else "B") + real[-19:],
        itsdangerous.TimestampSigner(KEY).sign(made_up).decode(),
        itsdangerous.TimestampSigner(KEY).sign(base64.b64encode(b'{"login": {"a": 1}}')).decode(),
        "null", "", "a.b.c", "é",
    ]  # fmt: skip
    for value in forged:
        answer = httpx.get(
            f"{site.url}/gesprekken", headers={"cookie": f"coachbot={value}".encode()}
        )
        assert answer.status_code == 303, value


@pytest.mark.parametrize(
    "onward",
    ["//evil.example", "https://evil.example", "/\\evil.example", "javascript:alert(1)", "\r\nX: y",
     "/%0d%0aX:y\r\n", "/", "", "/gesprekken\nX: y", " /groepen"],
)  # fmt: skip
def test_after_login_one_stays_on_the_site(site: Site, onward: str) -> None:
    with site.visitor() as visitor:
        answer = visitor.log_in("Noor", PASSWORD, onward)
        assert answer.headers["location"] == "/gesprekken" and "x" not in answer.headers
        visitor.client.cookies.clear()
        assert (
            visitor.log_in("Noor", PASSWORD, "/groepen?x=1").headers["location"] == "/groepen?x=1"
        )


@pytest.mark.parametrize(
    "path", ["/inloggen", "/gesprekken", "/nergens", "/healthz", "/static/site.css"]
)
def test_every_answer_carries_the_protecting_headers(noor: Visitor, path: str) -> None:
    headers = noor.get(path).headers
    assert {name: headers.get(name) for name in SAFE} == SAFE
    assert (headers.get("cache-control") == "no-store") is ("static" not in path)
    assert "unsafe" not in headers["content-security-policy"] and "server" not in headers


def test_the_cookie_is_kept_from_scripts_and_over_https_to_https(house: House, site: Site) -> None:
    with site.visitor() as visitor:
        said = visitor.get("/inloggen").headers["set-cookie"].lower()
        assert "httponly" in said and "samesite=lax" in said and "secure" not in said
    settings = ReviewSettings(port=0, https=True, hosts=("coach.example",))
    with serving(house.store.path, settings) as safe, safe.visitor() as visitor:
        answer = visitor.get("/inloggen", headers={"host": "coach.example"})
        said = answer.headers["set-cookie"]
        assert said.startswith("__Host-coachbot=") and "secure" in said.lower()
        assert "strict-transport-security" in answer.headers


@pytest.mark.parametrize(
    ("host", "status"),
    [("evil.example", 421), ("", 421), ("localhost.evil.example", 421), ("127.0.0.1@evil", 421),
     ("LOCALHOST:1", 200), ("127.0.0.1", 200), ("[::1]:80", 200)],
)  # fmt: skip
def test_the_site_answers_to_its_own_names_only(site: Site, host: str, status: int) -> None:
    with site.visitor() as visitor:
        assert visitor.get("/inloggen", headers={"host": host}).status_code == status


@pytest.mark.parametrize(
    ("path", "status"),
    [("/gesprekken/1/", 404), ("/gesprekken/-1", 404), ("/gesprekken/1e3", 404),
     ("/gesprekken/" + "9" * 400, 404), ("/gesprekken/" + "9" * 6000, 404), ("/../etc/passwd", 404),
     ("/static/../app.py", 404), ("/static/..%2fapp.py", 404), ("/static/", 404),
     ("/static//etc/passwd", 404), ("/gesprekken/%00", 404), ("/%ff%fe", 404), ("//evil", 404),
     ("/GESPREKKEN", 404), ("/gesprekken/1/beurten/1/lezing", 405), ("/uitloggen", 405),
     ("/static/%00", 404), ("/static/" + "a" * 300, 404)],
)  # fmt: skip
def test_odd_paths_are_simply_not_there(noor: Visitor, path: str, status: int) -> None:
    address = urlsplit(str(noor.client.base_url))
    cookie = f"coachbot={noor.client.cookies['coachbot']}"
    with socket.create_connection((address.hostname, address.port or 80)) as raw:
        raw.sendall(
            f"GET {path} HTTP/1.1\r\nHost: localhost\r\nCookie: {cookie}\r\n"
            "Connection: close\r\n\r\n".encode()
        )
        answer = b"".join(iter(lambda: raw.recv(65536), b""))
    assert answer.startswith(f"HTTP/1.1 {status}".encode()), answer[:200]
    assert b"Traceback" not in answer and b"root:" not in answer


def test_headers_of_a_proxy_change_nothing(noor: Visitor) -> None:
    answer = noor.get(
        "/",
        headers={"x-forwarded-host": "evil.example", "x-forwarded-proto": "javascript",
                 "x-original-url": "/groepen", "x-http-method-override": "DELETE"},
    )  # fmt: skip
    assert answer.headers["location"] == "/gesprekken"


def test_a_body_that_is_too_large_is_refused(noor: Visitor) -> None:
    token = noor.token()
    big = "a" * (LARGEST + 1)
    said = noor.post("/groepen", {"csrf": token, "naam": big})
    assert said.status_code == 413 and "Dit is te lang" in words(said.text)

    def parts() -> object:
        yield f"csrf={token}&naam=".encode()
        yield from (b"a" * 1000 for _ in range(LARGEST // 1000 + 2))

    kind = {"content-type": "application/x-www-form-urlencoded"}
    unsaid = noor.client.post("/groepen", content=parts(), headers=kind)  # type: ignore[arg-type]
    assert unsaid.status_code == 413
    many = "&".join(f"a{n}=1" for n in range(100))
    assert noor.client.post("/groepen", content=many, headers=kind).status_code == 400


def test_a_spreadsheet_takes_nothing_for_a_formula(site: Site, house: House) -> None:
    _, group = facilitator(house.coach, "Sheet", "Team Blad")
    shared(house.coach, "blad", group, '=HYPERLINK("http://evil.example";"klik")')
    with site.logged_in("Sheet") as visitor:
        sent = visitor.send("/export", "/gesprekken", vorm="csv").text
    assert "HYPERLINK" in sent and not re.search(r'(^|[,;"])=HYPERLINK', sent, re.MULTILINE)
