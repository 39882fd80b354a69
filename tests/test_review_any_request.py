"""Whatever is asked of the site, by anybody: never an error of ours, never a page half made."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING
from urllib.parse import quote, urlencode

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from review_people import PASSWORD
from review_site import Site, Visitor

if TYPE_CHECKING:
    from review_fixtures import House

pytest_plugins = ["review_fixtures"]

PAGES = (
    "/", "/healthz", "/inloggen", "/gesprekken", "/groepen", "/gesprekken/{}",
    "/gesprekken/{}/afdruk", "/gesprekken/{}/klim.svg", "/groepen/{}", "/static/{}", "/{}",
)  # fmt: skip
FORMS = (
    "/inloggen", "/uitloggen", "/export", "/groepen", "/groepen/{}/sluiten",
    "/gesprekken/{}/notities", "/gesprekken/{}/notities/{}/weg",
    "/gesprekken/{}/beurten/{}/notities", "/gesprekken/{}/beurten/{}/lezing",
)  # fmt: skip
METHODS = ("HEAD", "PUT", "DELETE", "OPTIONS", "PATCH", "TRACE", "GET", "POST")
NAMES = (
    "zoek", "groep", "lid", "van", "tot", "trede", "terugval", "veiligheid", "sorteer", "volgorde",
    "pagina", "naam", "wachtwoord", "verder", "tekst", "gevoel", "verwijt", "vorm", "weg", "gedaan",
)  # fmt: skip
KNOWN = (
    "", "ja", "nee", "zorg", "boos", "csv", "jsonl", "2026-11-22", "9999-12-31", "0001-01-01", "op",
    "lengte", "1", "2", "-1", "0", "9223372036854775807", "9223372036854775808", "1e9", "٣", "NaN",
    "'", '"', "*", "a*", "rust OR", "(", "\x00", "\ud83d", "👍", "<b>", "%", "a" * 5000, "\r\n",
    "//evil.example", "notitie", "None", "[]", "é", "ﬁ", "İ",
)  # fmt: skip

values = st.one_of(st.sampled_from(KNOWN), st.text(max_size=30), st.integers().map(str))
#: Rows that are there, rows that cannot be, and what is no row at all.
ids = st.one_of(
    st.integers(1, 9).map(str),
    st.sampled_from((str(2**63 - 1), str(2**63), "9" * 30, "0")),
    values,
)
fields = st.dictionaries(st.one_of(st.sampled_from(NAMES), st.text(max_size=8)), values, max_size=6)


def filled(routes: tuple[str, ...]) -> st.SearchStrategy[str]:
    return st.tuples(st.sampled_from(routes), ids, ids).map(lambda t: t[0].format(*t[1:]))


#: What is meant to be asked, and now and then any method on any path.
requests = st.one_of(
    st.tuples(st.just("GET"), filled(PAGES)),
    st.tuples(st.just("POST"), filled(FORMS)),
    st.tuples(st.sampled_from(METHODS), filled(PAGES + FORMS)),
)
headers = st.dictionaries(
    st.sampled_from(["accept", "content-type", "range", "if-none-match", "if-modified-since",
                     "referer", "origin", "cookie", "accept-encoding", "x-forwarded-for"]),
    st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1, max_size=30),
    max_size=3,
)  # fmt: skip


def plain(text: str) -> str:
    """As it can be sent at all: without halves of pairs."""
    return text.encode("utf-8", "replace").decode()


def ask(
    visitor: Visitor,
    method: str,
    path: str,
    query: Mapping[str, str],
    form: Mapping[str, str],
    headers: Mapping[str, str],
) -> int:
    """The status; whatever it is, the answer is whole and keeps its headers."""
    built = visitor.client.build_request(
        method,
        f"{quote(plain(path))}?{urlencode({plain(k): plain(v) for k, v in query.items()})}",
        data={plain(k): plain(v) for k, v in form.items()} if method != "GET" else None,
        headers=dict(headers),
    )
    answer = visitor.client.send(built)
    assert answer.headers["x-frame-options"] == "DENY", path
    kind = answer.headers.get("content-type", "")
    if kind.startswith("text/html") and method != "HEAD":
        assert answer.text.rstrip().endswith("</html>")
    return answer.status_code


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(requests, fields, fields, headers)
def test_no_request_of_a_stranger_leads_to_an_error(
    site: Site,
    request: tuple[str, str],
    query: dict[str, str],
    form: dict[str, str],
    headers: dict[str, str],
) -> None:
    with site.visitor() as stranger:
        assert ask(stranger, *request, query, form, headers) < 500


@pytest.fixture(scope="module")
def tokens() -> dict[str, str]:
    """Cookie -> the token of its forms, so that not every request needs a page before it."""
    return {}


@settings(max_examples=250, deadline=None, suppress_health_check=list(HealthCheck))
@given(requests, fields, fields)
def test_no_request_of_a_facilitator_leads_to_an_error(
    site: Site,
    noor: Visitor,
    house: House,
    tokens: dict[str, str],
    request: tuple[str, str],
    query: dict[str, str],
    form: dict[str, str],
) -> None:
    """With the right token in every form, so that what is behind it is reached."""
    login = noor.client.cookies["coachbot"]
    if login not in tokens:
        tokens[login] = noor.token(f"/groepen/{house.zuid.id}")
    assert ask(noor, *request, query, form | {"csrf": tokens[login]}, {}) < 500
    if request == ("POST", "/uitloggen"):
        noor.log_in("Noor", PASSWORD)
