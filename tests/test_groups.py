"""Facilitators, groups and consent: who may join and read, and what is gone once withdrawn."""

from __future__ import annotations

import re
import sqlite3
from datetime import UTC, datetime, timedelta

import pytest
from review_people import BLAME, NEED, PASSWORD, WORRY, facilitator, searched, shared, talk

from coachbot import pseudonyms, review_session, store_erase
from coachbot.coach import Coach
from coachbot.model import Rung
from coachbot.store_consent import Consent, Kind
from coachbot.store_facilitators import AccountError, Accounts
from coachbot.store_groups import ALPHABET, GroupError, Groups, deep_link
from coachbot.store_notes import Notes
from coachbot.store_review import Filter, Review

# -- logging in ------------------------------------------------------------------------------


def test_a_facilitator_logs_in_with_the_password_only(coach: Coach) -> None:
    accounts = Accounts(coach.store)
    noor = accounts.add("Noor  de Wit", PASSWORD)
    assert accounts.check("noor de wit", PASSWORD).facilitator == noor
    assert accounts.check("Noor de Wit", PASSWORD + "x").facilitator is None
    assert accounts.check("Iemand", PASSWORD).facilitator is None
    hashed = coach.store.db.execute("select hash from facilitators").fetchone()[0]
    assert hashed.startswith("$argon2id$")
    assert PASSWORD.encode() not in coach.store.path.read_bytes()


@pytest.mark.parametrize("name", ["Noor", "bestaat niet"])
def test_five_wrong_tries_make_everybody_wait(coach: Coach, name: str) -> None:
    now = datetime(2026, 3, 1, 9, tzinfo=UTC)
    accounts = Accounts(coach.store, lambda: now)
    accounts.add("Noor", PASSWORD)
    waits = [accounts.check(name, "verkeerd wachtwoord").wait for _ in range(5)]
    assert waits == [None] * 4 + [timedelta(minutes=15)]
    now += timedelta(minutes=14)
    assert accounts.check(name, PASSWORD).wait == timedelta(minutes=1)
    now += timedelta(minutes=2)
    again = accounts.check(name, PASSWORD)
    assert again.wait is None
    assert (again.facilitator is not None) == (name == "Noor")


def test_a_right_password_forgets_the_wrong_ones(coach: Coach) -> None:
    accounts = Accounts(coach.store)
    accounts.add("Noor", PASSWORD)
    for _ in range(3):
        for _ in range(4):
            assert accounts.check("Noor", "verkeerd wachtwoord").wait is None
        assert accounts.check("Noor", PASSWORD).facilitator


@pytest.mark.parametrize(
    ("name", "password", "named"),
    [
        ("", PASSWORD, "name: give 1 to 60"),
        ("n" * 61, PASSWORD, "name: give 1 to 60"),
        ("No\x00or", PASSWORD, "name: give 1 to 60"),
        ("NOOR", PASSWORD, "there is a facilitator 'NOOR' already"),
        ("Piet", "te kort", "password: give 10 to 256"),
        ("Piet", "x" * 257, "password: give 10 to 256"),
    ],
)
def test_names_and_passwords_that_cannot_be(
    coach: Coach, name: str, password: str, named: str
) -> None:
    accounts = Accounts(coach.store)
    accounts.add("Noor", PASSWORD)
    with pytest.raises(AccountError, match=re.escape(named)):
        accounts.add(name, password)
    assert len(accounts.all()) == 1


def test_a_removed_facilitator_takes_along_what_was_shared(coach: Coach) -> None:
    noor, group = facilitator(coach)
    session = shared(coach, "tg:1", group, BLAME)
    Review(coach.store).opened(noor, session)
    Notes(coach.store).add(noor, session, "Mooi moment.")
    assert Accounts(coach.store).remove("noor")
    assert Accounts(coach.store).get(noor) is None
    assert searched(coach) == 0
    assert Consent(coach.store).memberships("tg:1") == []
    assert [one.facilitator for one in Consent(coach.store).openings("tg:1")] == ["Noor"]
    assert not Accounts(coach.store).remove("noor")
    tables = ("shares", "notes", "members", "groups")
    assert [coach.store.db[table].count for table in tables] == [0, 0, 0, 0]
    assert Accounts(coach.store).add("Piet", PASSWORD).id > noor, "a number is not given again"


# -- groups ----------------------------------------------------------------------------------


def test_pseudonyms_are_many_and_rightly_inflected() -> None:
    names = pseudonyms.names()
    assert len(names) == len(set(names)) >= 1_500
    assert {"Rode Reiger", "Rood Paard", "Stil Lam", "Stille Uil"} <= set(names)
    assert not {"Rood Reiger", "Rode Paard"} & set(names)
    assert all(re.fullmatch(r"[A-Z][a-zï]+ [A-Z][a-zï]+", name) for name in names)
    first = pseudonyms.choose(names[1:])
    assert first == names[0]
    assert pseudonyms.choose(names).endswith(" 2")


def test_a_code_is_found_however_it_is_typed(coach: Coach) -> None:
    _, group = facilitator(coach)
    assert re.fullmatch(f"[{ALPHABET}]{{9}}", group.code)
    consent = Consent(coach.store)
    assert consent.find(f" {group.code[:4].lower()} {group.code[4:]}") == group
    assert consent.find("BESTAATNIET") is None
    assert consent.find("") is None
    link = deep_link("@coach_bot", group.code)
    assert link == f"https://t.me/coach_bot?start={group.code}"


def test_a_member_keeps_the_name_of_the_first_time(coach: Coach) -> None:
    noor, group = facilitator(coach)
    consent = Consent(coach.store)
    first = consent.join("tg:1", group.code)
    other = consent.join("tg:2", group.code)
    assert first and other and first.pseudonym != other.pseudonym
    assert consent.join("tg:1", group.code) == first
    assert consent.leave("tg:1", group.id)
    assert not consent.leave("tg:1", group.id)
    assert [m.pseudonym for m in Groups(coach.store).members(noor, group.id)] == [other.pseudonym]
    again = consent.join("tg:1", group.code)
    assert again and again.pseudonym == first.pseudonym


def test_a_closed_group_stays_readable_and_takes_nobody(coach: Coach) -> None:
    noor, group = facilitator(coach)
    session = shared(coach, "tg:1", group, BLAME)
    later = talk(coach, "tg:2", NEED)
    consent = Consent(coach.store)
    assert consent.join("tg:2", group.code)
    assert Groups(coach.store).close(noor, group.id)
    closed = consent.find(group.code)
    assert closed and closed.closed
    assert consent.join("tg:3", group.code) is None
    assert not consent.share("tg:2", later, group.id)
    assert review_session.view(coach.store, noor, session)
    assert consent.withdraw("tg:1", session)


@pytest.mark.parametrize("name", ["", "   ", "g" * 81, "a\x1bb"])
def test_group_names_that_cannot_be(coach: Coach, name: str) -> None:
    noor, _ = facilitator(coach)
    with pytest.raises(GroupError, match="name: give 1 to 80 characters"):
        Groups(coach.store).create(noor, name)


def test_another_facilitators_group_is_not_there(coach: Coach) -> None:
    noor, group = facilitator(coach)
    piet, _ = facilitator(coach, "Piet")
    groups = Groups(coach.store)
    assert groups.get(piet, group.id) is None
    assert groups.members(piet, group.id) == []
    assert not groups.close(piet, group.id)
    found = groups.get(noor, group.id)
    assert found and found.closed is None


# -- consent ---------------------------------------------------------------------------------


def test_only_what_is_shared_is_there(coach: Coach) -> None:
    noor, group = facilitator(coach)
    session = talk(coach, "tg:1", BLAME)
    consent = Consent(coach.store)
    assert consent.join("tg:1", group.code)
    assert Review(coach.store).sessions(noor, Filter()).total == 0
    assert review_session.view(coach.store, noor, session) is None
    assert searched(coach) == 0
    assert consent.share("tg:1", session, group.id)
    assert consent.share("tg:1", session, group.id)
    assert Review(coach.store).sessions(noor, Filter()).total == 1
    assert [one.shared_with for one in consent.sessions("tg:1")] == [(group.id,)]
    assert consent.sessions("tg:1")[0].other == "je zus"


def test_nobody_shares_what_is_not_theirs(coach: Coach) -> None:
    _, group = facilitator(coach)
    mine, other = talk(coach, "tg:1", BLAME), talk(coach, "tg:2", NEED)
    consent = Consent(coach.store)
    assert not consent.share("tg:1", mine, group.id), "no member"
    assert consent.join("tg:1", group.code)
    assert not consent.share("tg:1", other, group.id)
    assert not consent.share("tg:1", 999, group.id)
    assert not consent.share("tg:1", mine, 999)
    assert consent.share("tg:1", mine, group.id)
    assert not consent.withdraw("tg:2", mine)
    assert consent.withdraw("tg:1", mine)


def test_what_is_withdrawn_is_gone_at_once(coach: Coach) -> None:
    noor, group = facilitator(coach)
    session = shared(coach, "tg:1", group, BLAME)
    review, notes = Review(coach.store), Notes(coach.store)
    assert review.search(noor, "sleutels", Filter()).page.total == 1
    turn = next(t for t in _turns(coach, noor, session) if t.text == BLAME)
    assert notes.add(noor, session, "Hier zit het.", turn.id)
    assert notes.correct(noor, turn.id, Rung.POSITION, False, ())
    assert Consent(coach.store).withdraw("tg:1", session)
    assert review.search(noor, "sleutels", Filter()).page.total == 0
    assert review.sessions(noor, Filter()).total == 0
    assert review_session.view(coach.store, noor, session) is None
    assert searched(coach) == 0
    assert [coach.store.db[table].count for table in ("notes", "corrections")] == [0, 0]
    assert coach.store.latest("tg:1"), "the session itself stays with its owner"


def test_leaving_takes_everything_back(coach: Coach) -> None:
    noor, group = facilitator(coach)
    shared(coach, "tg:1", group, BLAME)
    shared(coach, "tg:2", group, NEED)
    assert Consent(coach.store).leave("tg:1", group.id)
    assert Review(coach.store).sessions(noor, Filter()).total == 1
    assert Review(coach.store).search(noor, "sleutels", Filter()).page.total == 0


def test_a_session_in_two_groups_of_one_facilitator_is_one_session(coach: Coach) -> None:
    noor, south = facilitator(coach)
    _, north = facilitator(coach, group="Team Noord")
    session = shared(coach, "tg:1", south, BLAME)
    consent, review = Consent(coach.store), Review(coach.store)
    assert consent.join("tg:1", north.code)
    assert consent.share("tg:1", session, north.id)
    Notes(coach.store).add(noor, session, "Blijft staan.")
    page = review.sessions(noor, Filter())
    assert [sorted(row.groups) for row in page.rows] == [["Team Noord", "Team Zuid"]]
    for group in (north, south):
        assert review.sessions(noor, Filter(group=group.id)).total == 1
    assert consent.withdraw("tg:1", session, south.id)
    assert review.search(noor, "laks", Filter()).page.total == 1
    assert [row.groups for row in review.sessions(noor, Filter()).rows] == [("Team Noord",)]
    view = review_session.view(coach.store, noor, session)
    assert view and [note.text for note in view.notes] == ["Blijft staan."]
    assert consent.withdraw("tg:1", session)
    assert searched(coach) == 0


def test_a_shared_session_that_goes_on_is_followed(coach: Coach) -> None:
    noor, group = facilitator(coach)
    session = shared(coach, "tg:1", group, BLAME)
    review = Review(coach.store)
    before = review.row(noor, session)
    coach.hear("tg:1", "De walnotenkast is van mij.")
    after = review.row(noor, session)
    assert before and after and after.length == before.length + 1
    assert review.search(noor, "walnotenkast", Filter()).page.total == 1
    coach.hear("tg:1", "terug")
    assert review.search(noor, "walnotenkast", Filter()).page.total == 0
    assert review.row(noor, session) == before
    coach.hear("tg:1", "stop")
    ended = review.row(noor, session)
    assert ended and ended.ended


def test_what_is_taken_back_is_out_of_the_figures(coach: Coach) -> None:
    noor, group = facilitator(coach)
    session = shared(coach, "tg:1", group, WORRY, "ja")

    def needs() -> str | None:
        sql = "select needs from shares where session = ?"
        return coach.store.db.execute(sql, [session]).fetchone()[0]

    assert needs() is None
    coach.hear("tg:1", "Ik heb rust nodig.")
    assert needs() == "rust"
    coach.hear("tg:1", "terug")
    assert needs() is None
    other = shared(coach, "tg:2", group)
    row = Review(coach.store).row(noor, other)
    assert row and row.before == 3
    coach.hear("tg:2", "terug")
    row = Review(coach.store).row(noor, other)
    assert row and row.before is None


@pytest.mark.parametrize("sql", ["delete from turns", "update turns set text = 'anders'"])
def test_the_search_index_cannot_get_out_of_step(coach: Coach, sql: str) -> None:
    noor, group = facilitator(coach)
    session = shared(coach, "tg:1", group, BLAME)
    with pytest.raises(sqlite3.IntegrityError, match="withdraw it first"):
        coach.store.db.execute(sql)
    coach.store.db.conn.rollback()
    assert Review(coach.store).search(noor, "sleutels", Filter()).page.total == 1
    assert Consent(coach.store).withdraw("tg:1", session)
    coach.store.db.execute(sql)


# -- the access log, and everything held -----------------------------------------------------


def test_the_owner_sees_who_opened_what(coach: Coach) -> None:
    noor, group = facilitator(coach)
    session = shared(coach, "tg:1", group, BLAME)
    Review(coach.store).opened(noor, session)
    Review(coach.store).opened(noor, session)
    Review(coach.store).exported(noor, [session])
    Notes(coach.store).add(noor, session, "Vraag naar de sleutels.")
    openings = Consent(coach.store).openings("tg:1")
    assert [(one.session, one.facilitator, one.kind) for one in openings] == [
        (session, "Noor", Kind.EXPORT),
        (session, "Noor", Kind.READ),
    ]
    assert Consent(coach.store).openings("tg:2") == []
    held = store_erase.gather(coach.store, "tg:1", 1)
    assert held
    assert held["openings"][0]["facilitator"] == "Noor"
    assert held["members"][0]["group_id"] == "Team Zuid"
    first = held["sessions"][0]
    assert first["shares"][0]["facilitator"] == "Noor"
    assert first["shares"][0]["group_id"] == "Team Zuid"
    assert first["notes"][0]["text"] == "Vraag naar de sleutels."


def test_erasing_somebody_leaves_no_byte(coach: Coach) -> None:
    noor, group = facilitator(coach)
    session = shared(coach, "tg:1", group, "Jij hebt de zilvervloot weer vergeten.")
    kept = shared(coach, "tg:2", group, NEED)
    Review(coach.store).opened(noor, session)
    Notes(coach.store).add(noor, session, "Vraag naar het zilverwerk.")
    name = Consent(coach.store).memberships("tg:1")[0].pseudonym
    store_erase.erase(coach.store, "tg:1", 1, 1)
    store_erase.scrub(coach.store)
    left = b"".join(p.read_bytes() for p in coach.store.path.parent.glob("coach.db*"))
    for word in ("zilvervloot", "zilverwerk", "tg:1", name):
        assert word.encode() not in left, word
    assert store_erase.gather(coach.store, "tg:1", 1) is None
    assert [row.session for row in Review(coach.store).sessions(noor, Filter()).rows] == [kept]
    assert Review(coach.store).search(noor, "duidelijkheid", Filter()).page.total == 1


def _turns(coach: Coach, noor: int, session: int):  # type: ignore[no-untyped-def]
    view = review_session.view(coach.store, noor, session)
    assert view
    return view.turns
