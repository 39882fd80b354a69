"""The facilitator's pages over a real connection: what is shown, kept, handed over, and gone."""

from __future__ import annotations

import csv
import io
import json
import re
from typing import TYPE_CHECKING

import pytest
from review_people import BLAME, NEED, WORRY, shared
from review_site import Site, Visitor, words

from coachbot.review.pages_groups import SIZE
from coachbot.store_consent import Consent
from coachbot.store_groups import Groups

if TYPE_CHECKING:
    from review_fixtures import House

pytest_plugins = ["review_fixtures"]


def test_the_list_holds_what_is_shared_with_me_and_nothing_else(
    noor: Visitor, house: House
) -> None:
    page = words(noor.get("/gesprekken").text)
    assert "3 gesprekken" in page and "Team Zuid" in page and "Team West" not in page


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", 3),
        ("?zoek=laks", 2),
        ("?zoek=rust", 2),
        ("?zoek=rekening+misgaat", 2),
        ("?zoek=“met de sleutels”", 2),
        ("?zoek=geheim", 0),
        ("?trede=verwijt", 1),
        ("?trede=behoefte", 2),
        ("?trede=inzet", 0),
        ("?veiligheid=ja", 0),
        ("?veiligheid=nee&terugval=nee", 3),
        ("?van=2020-01-01&tot=2020-12-31", 0),
        ("?van=2020-01-01", 3),
        ("?sorteer=vooraf&volgorde=op", 3),
        ("?pagina=7", 3),
    ],
)
def test_filters_and_search_narrow_the_list(noor: Visitor, query: str, found: int) -> None:
    answer = noor.get("/gesprekken" + query)
    assert answer.status_code == 200
    number = "1 gesprek" if found == 1 else f"{found} gesprekken"
    assert f" {number} " in words(answer.text).replace(".", " ")


def test_the_list_is_sorted_as_asked(noor: Visitor) -> None:
    for way, wanted in (("af", ["4", "3", "2"]), ("op", ["2", "3", "4"])):
        page = noor.get(f"/gesprekken?sorteer=vooraf&volgorde={way}").text
        assert re.findall(r'class="temp temp-(\d)"', page) == wanted


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("van=gisteren", "kan ik niet lezen"),
        ("tot=2026-02-30", "kan ik niet lezen"),
        ("van=2026-11-02&tot=2026-11-01", "draai ze om"),
        ("groep=team", "kies een groep uit de lijst"),
        ("trede=geen", "Die trede bestaat niet"),
        ("trede=hoog", "Die trede bestaat niet"),
        ("sorteer=naam", "kies een volgorde"),
        ("pagina=-1", "Die pagina is er niet"),
        ("terugval=misschien", "Kies bij terugval"),
        ("zoek=" + "a" * 201, "hooguit 200 tekens"),
    ],
)
def test_a_bad_filter_is_named_and_left_out(noor: Visitor, query: str, said: str) -> None:
    answer = noor.get("/gesprekken?" + query)
    assert answer.status_code == 422
    page = words(answer.text)
    assert said in page and "3 gesprekken" in page


def test_a_session_shows_the_talk_with_its_cues_marked(noor: Visitor, house: House) -> None:
    page = noor.get(f"/gesprekken/{house.session}").text
    assert '<mark class="cue cue-verwijt">' in page
    assert '<mark class="cue cue-gevoel">bang</mark>' in page
    assert '<mark class="cue cue-behoefte">' in page
    said = re.sub(r"</?mark[^>]*>", "", page)
    for text in (BLAME, WORRY, NEED, "3 onenigheid", "Wat dwarszit", "De klim op de ladder: van"):
        assert text in said, text


def test_the_climb_is_drawn_without_a_word_of_the_person(noor: Visitor, house: House) -> None:
    drawn = noor.get(f"/gesprekken/{house.session}/klim.svg")
    assert drawn.headers["content-type"] == "image/svg+xml"
    assert drawn.text.startswith("<?xml") and "<svg" in drawn.text
    assert "sleutels" not in drawn.text and "script" not in drawn.text


def test_opening_a_session_is_seen_by_the_participant(site: Site, house: House) -> None:
    seen = Consent(house.store)
    shown = shared(house.coach, "gelezen", house.zuid, BLAME)
    with site.logged_in("Noor") as visitor:
        visitor.get("/gesprekken")
        assert seen.openings("gelezen") == []
        visitor.get(f"/gesprekken/{shown}/klim.svg")
        visitor.get(f"/gesprekken/{shown}")
        assert [(o.session, o.facilitator) for o in seen.openings("gelezen")] == [(shown, "Noor")]
        sent = visitor.send("/export", "/gesprekken", vorm="csv", zoek="laks")
        assert sent.status_code == 200
    assert len(seen.openings("gelezen")) == 2
    assert Consent(house.store).withdraw("gelezen", shown)


def test_what_is_withdrawn_is_gone_at_once_from_every_page(site: Site, house: House) -> None:
    gone = shared(house.coach, "spijt", house.zuid, "Het ging over een aquarium vol guppen.")
    with site.logged_in("Noor") as visitor:
        assert "1 gesprek" in words(visitor.get("/gesprekken?zoek=guppen").text)
        visitor.send(f"/gesprekken/{gone}/notities", tekst="guppen, nog navragen")
        assert Consent(house.store).withdraw("spijt", gone)
        assert "0 gesprekken" in words(visitor.get("/gesprekken?zoek=guppen").text)
        for path in ("", "/afdruk", "/klim.svg"):
            assert visitor.get(f"/gesprekken/{gone}{path}").status_code == 404
        exported = visitor.send("/export", "/groepen", vorm="jsonl").text
        assert "guppen" not in exported and "sleutels" in exported


def test_a_note_is_kept_with_session_or_turn_and_taken_away(noor: Visitor, house: House) -> None:
    session, turn = house.session, house.turn(house.session, BLAME)
    place = f"/gesprekken/{session}"
    for path in (f"{place}/notities", f"{place}/beurten/{turn}/notities"):
        sent = noor.send(path, tekst="Mooi moment.\r\nHier op terugkomen.")
        assert sent.status_code == 303, sent.text
        page = noor.get(sent.headers["location"]).text
        assert "Je notitie is bewaard." in page and "Mooi moment.\nHier op terugkomen." in page
    assert sent.headers["location"].endswith(f"#beurt-{turn}")
    assert "2 notities" in words(noor.get("/gesprekken").text)
    notes = house.store.db.execute("select id from notes order by id desc").fetchall()
    for (note,) in notes:
        assert noor.send(f"{place}/notities/{note}/weg").status_code == 303
    assert "Mooi moment" not in noor.get(place).text


@pytest.mark.parametrize(("text", "said"), [("  \n ", "Typ eerst iets"), ("a" * 4001, "te lang")])
def test_a_note_that_cannot_be_is_named_and_still_there_to_mend(
    noor: Visitor, house: House, text: str, said: str
) -> None:
    sent = noor.send(f"/gesprekken/{house.session}/notities", tekst=text)
    assert sent.status_code == 422 and said in words(sent.text)
    assert text.strip() in sent.text


def test_a_correction_stands_beside_the_first_reading(noor: Visitor, house: House) -> None:
    turn = house.turn(house.session, WORRY)
    path = f"/gesprekken/{house.session}/beurten/{turn}/lezing"
    sent = noor.send(path, trede="verwijt", verwijt="ja", gevoel=["boos", "bang"])
    assert sent.status_code == 303
    page = words(noor.get(sent.headers["location"]).text)
    assert "door jou verbeterd" in page and "zorg (emotie)" in page
    sent = noor.send(path, weg="1", trede="verwijt")
    assert sent.status_code == 303
    assert "door jou verbeterd" not in noor.get(sent.headers["location"]).text
    for wrong in ({"trede": "hoog"}, {"trede": "zorg", "gevoel": "moe"}, {}):
        assert noor.send(path, **wrong).status_code == 422


def test_a_group_is_made_with_code_link_and_qr_and_closed(noor: Visitor) -> None:
    made = noor.send("/groepen", naam="  Team   Noord ")
    assert made.status_code == 303
    place = made.headers["location"].partition("?")[0]
    page = noor.get(made.headers["location"]).text
    assert "Team Noord" in words(page) and "https://t.me/proef_bot?start=" in page
    assert 'class="qrline"' in page and "Er doet nog niemand mee." in page
    assert "zodra drie deelnemers" in words(page)
    closed = noor.send(f"{place}/sluiten")
    assert closed.status_code == 303
    page = words(noor.get(closed.headers["location"]).text)
    assert "gesloten sinds" in page and "t.me" not in page
    for name, said in (("", "een naam"), ("x" * 81, "hooguit 80 tekens")):
        refused = noor.send("/groepen", naam=name)
        assert refused.status_code == 422 and said in words(refused.text)


def test_a_group_of_three_has_figures(noor: Visitor, house: House) -> None:
    page = words(noor.get(f"/groepen/{house.zuid.id}").text)
    assert "3 gesprekken van 3 deelnemers" in page and "Hoogste trede" in page
    assert "deelt 1 gesprek" in page


def test_a_large_group_is_shown_in_parts(noor: Visitor, house: House) -> None:
    large = Groups(house.store).create(house.noor, "Iedereen")
    for number in range(SIZE + 1):
        assert Consent(house.store).join(f"velen-{number}", large.code)
    names = set()
    for part, shown in (("1", SIZE), ("2", 1), ("9", 1), ("x", SIZE)):
        page = noor.get(f"/groepen/{large.id}?leden={part}").text
        assert f"{SIZE + 1} deelnemers" in page and page.count("deelt nog niets") == shown
        names |= set(re.findall(r"<li>([^<]+?)\s*<span", page))
    assert len(names) == SIZE + 1


@pytest.mark.parametrize("form", ["csv", "jsonl"])
def test_the_selection_is_handed_over_under_pseudonyms(
    noor: Visitor, house: House, form: str
) -> None:
    sent = noor.send("/export", "/gesprekken", vorm=form, zoek="laks", trede="behoefte")
    assert sent.status_code == 200
    assert f'filename="gesprekken.{form}"' in sent.headers["content-disposition"]
    text = sent.content.decode("utf-8-sig")
    rows = (
        list(csv.DictReader(io.StringIO(text)))
        if form == "csv"
        else [json.loads(line) for line in text.splitlines()]
    )
    said = [row["text"] for row in rows]
    assert BLAME in said and NEED in said
    assert {int(row["session"]) for row in rows} == {house.session}
    assert "een" not in {row["pseudonym"] for row in rows}


@pytest.mark.parametrize("fields", [{"vorm": "exe"}, {}, {"vorm": "csv", "van": "nooit"}])
def test_an_export_that_makes_no_sense_is_refused(noor: Visitor, fields: dict[str, object]) -> None:
    assert noor.send("/export", "/gesprekken", **fields).status_code == 400


def test_the_paper_version_has_the_talk_and_no_forms(noor: Visitor, house: House) -> None:
    page = noor.get(f"/gesprekken/{house.session}/afdruk").text
    assert "Het gesprek" in page and "cue-verwijt" in page
    assert "<textarea" not in page and "/lezing" not in page
