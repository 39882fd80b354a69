"""What is too old or not wanted any more is gone to the last byte, and nothing else is."""

from __future__ import annotations

import random
import re
from datetime import UTC, datetime, timedelta

import pytest
from review_people import BLAME, NEED, facilitator, searched, shared, talk

from coachbot import retention
from coachbot.coach import Coach
from coachbot.demo import backdate
from coachbot.store_consent import Consent
from coachbot.store_notes import Notes
from coachbot.store_review import Filter, Review

NOW = datetime(2026, 6, 30, 12, tzinfo=UTC)


def _files(coach: Coach) -> bytes:
    return b"".join(path.read_bytes() for path in coach.store.path.parent.glob("coach.db*"))


@pytest.fixture
def old_and_new(coach: Coach) -> tuple[Coach, int, dict[str, int]]:
    """One person with an old and a new session, and one with only an old one; all shared."""
    noor, group = facilitator(coach)
    found = {
        "old": shared(coach, "tg:1", group, "De oude walnotenkast staat bij jou.", "stop"),
        "new": shared(coach, "tg:1", group, "De nieuwe fietsbel is van mij."),
        "gone": shared(coach, "tg:2", group, "Het visnet hangt in jouw schuur."),
    }
    for name, days in (("old", 200), ("new", 10), ("gone", 181)):
        backdate(coach.store, found[name], NOW - timedelta(days=days), random.Random(1))
    Notes(coach.store).add(noor, found["old"], "Vraag naar het bankstel.")
    coach.store.db.execute("update users set since = '2025-01-01T00:00:00.000+00:00'")
    for days, text in ((200, "oude oefenzin"), (10, "nieuwe oefenzin")):
        coach.store.db.execute(
            "insert into attempts (user, exercise, kind, at, tries, text) values ('tg:1', 'a', 'k',"
            " ?, 1, ?)",
            [(NOW - timedelta(days=days)).isoformat(timespec="milliseconds"), text],
        )
    coach.store.db.conn.commit()
    return coach, noor, found


def test_what_is_old_goes_to_the_last_byte(
    old_and_new: tuple[Coach, int, dict[str, int]],
) -> None:
    coach, noor, found = old_and_new
    name = Consent(coach.store).memberships("tg:2")[0].pseudonym
    gone = retention.purge(coach.store, timedelta(days=180), NOW)
    assert (gone.sessions, gone.practice, gone.people) == (2, 1, 1)
    left = _files(coach)
    for word in ("walnotenkast", "visnet", "bankstel", "oude oefenzin", "tg:2", name):
        assert word.encode() not in left, word
    for word in ("fietsbel", "nieuwe oefenzin", "tg:1"):
        assert word.encode() in left, word
    assert [row.session for row in Review(coach.store).sessions(noor, Filter()).rows] == [
        found["new"]
    ]
    assert Review(coach.store).search(noor, "fietsbel", Filter()).page.total == 1
    again = retention.purge(coach.store, timedelta(days=180), NOW)
    assert again == retention.Purged(0, 0, 0, 0)


def test_a_dry_run_counts_and_keeps(old_and_new: tuple[Coach, int, dict[str, int]]) -> None:
    coach, noor, _ = old_and_new
    before = list(coach.store.db.conn.iterdump())
    dry = retention.purge(coach.store, timedelta(days=180), NOW, dry=True)
    assert list(coach.store.db.conn.iterdump()) == before
    assert Review(coach.store).search(noor, "visnet", Filter()).page.total == 1
    assert retention.purge(coach.store, timedelta(days=180), NOW) == dry


def test_a_session_is_as_old_as_its_last_message(coach: Coach) -> None:
    session = talk(coach, "tg:1", BLAME)
    backdate(coach.store, session, NOW - timedelta(days=200), random.Random(1))
    coach.hear("tg:1", "ja")
    assert retention.purge(coach.store, timedelta(days=180), datetime.now(UTC)).sessions == 0


def test_a_member_who_still_talks_stays_in_the_group(
    old_and_new: tuple[Coach, int, dict[str, int]],
) -> None:
    coach, _, _ = old_and_new
    retention.purge(coach.store, timedelta(days=180), NOW)
    assert len(Consent(coach.store).memberships("tg:1")) == 1
    assert Consent(coach.store).memberships("tg:2") == []


@pytest.mark.parametrize(
    ("typed", "days"), [("180d", 180), ("26w", 182), (" 1D ", 1), ("99999d", 99999)]
)
def test_ages(typed: str, days: int) -> None:
    assert retention.age(typed) == timedelta(days=days)


@pytest.mark.parametrize("typed", ["", "180", "0d", "-1d", "1.5d", "6m", "d", "١d", "100000d"])
def test_ages_that_cannot_be(typed: str) -> None:
    with pytest.raises(ValueError, match=re.escape("give days or weeks, such as 180d or 26w")):
        retention.age(typed)


def test_a_very_large_age_purges_nothing(coach: Coach) -> None:
    talk(coach, "tg:1", BLAME)
    gone = retention.purge(coach.store, retention.age("99999d"), datetime.now(UTC))
    assert gone == retention.Purged(0, 0, 0, 0)


def test_who_is_forgotten_leaves_no_byte(coach: Coach) -> None:
    noor, group = facilitator(coach)
    session = shared(coach, "tg:77", group, "De walnotenkast is van mij.")
    shared(coach, "tg:2", group, NEED)
    Review(coach.store).opened(noor, session)
    coach.store.db.execute(
        "insert into updates (id, chat, at, payload, done) values (5, 77, '', 'walnotenkast', 0)"
    )
    coach.store.db.conn.commit()
    assert retention.forget(coach.store, "tg:77") == 1
    left = _files(coach)
    assert b"walnotenkast" not in left and b"tg:77" not in left
    assert coach.store.db.execute("select chat from updates").fetchall() == [(None,)]
    assert searched(coach) > 0 and Review(coach.store).sessions(noor, Filter()).total == 1
    assert retention.forget(coach.store, "tg:77") is None
