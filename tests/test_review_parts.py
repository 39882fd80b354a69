"""Parts of the pages by themselves: marks, filters, the key, and what is set by the operator."""

from __future__ import annotations

import stat
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from coachbot.config import ReviewSettings, SettingError
from coachbot.model import Rung
from coachbot.review import filters, key, pictures
from coachbot.review.logins import LONGEST, Logins
from coachbot.review.marks import Mark, stretches
from coachbot.store_review import Sort


def reading(rung: str = "geen", blame: tuple[str, ...] = (), felt: tuple[str, ...] = ()) -> dict:  # type: ignore[type-arg]
    return {"rung": rung, "blame_cues": list(blame), "emotion_words": list(felt)}


@pytest.mark.parametrize(
    ("text", "read", "marked"),
    [
        (
            "Hij liegt altijd.",
            reading("verwijt", ("liegt altijd",)),
            [("liegt altijd", Mark.BLAME)],
        ),
        ("Ik ben bang.", reading("zorg", felt=("bang",)), [("bang", Mark.FEELING)]),
        ("Ik heb rust nodig.", reading("behoefte"), [("rust nodig", Mark.NEED)]),
        ("Ik heb rust nodig.", reading("standpunt"), []),
        ("boos!", reading("verwijt", ("boos!",), ("boos",)), [("boos!", Mark.BLAME)]),
        ("", reading(), []),
        ("Wat er niet staat.", reading("verwijt", ("staat er niet",), ("",)), []),
    ],
)
def test_cues_are_marked_and_the_text_stays_whole(
    text: str,
    read: dict,
    marked: list[tuple[str, Mark]],  # type: ignore[type-arg]
) -> None:
    found = stretches(text, read)
    assert "".join(part.text for part in found) == text
    joined = [(part.text, part.mark) for part in found if part.mark]
    assert " ".join(text for text, _ in joined) == " ".join(text for text, _ in marked)
    assert {mark for _, mark in joined} == {mark for _, mark in marked}


def test_what_stands_in_a_link_is_read_back_as_it_was() -> None:
    given = {
        "zoek": "rust nodig",
        "groep": "3",
        "van": "2026-01-02",
        "trede": "zorg",
        "terugval": "nee",
        "sorteer": "lengte",
        "volgorde": "op",
        "pagina": "4",
    }
    wish = filters.read(given)
    assert wish.filter.rung is Rung.CONCERN and wish.filter.since == date(2026, 1, 2)
    assert wish.sort is Sort.LENGTH and not wish.descending and wish.number == 4
    assert filters.read({name: str(value or "") for name, value in wish.pairs()}) == wish


def test_the_key_is_made_once_and_for_its_owner_only(tmp_path: Path) -> None:
    database = tmp_path / "new" / "coach.db"
    made = key.load(None, database)
    kept = database.with_name("coach.db.secret")
    assert key.load(None, database) == made == kept.read_text().strip()
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert list(kept.parent.iterdir()) == [kept]
    assert key.load("x" * 32, database) == "x" * 32
    kept.write_text("short")
    with pytest.raises(SettingError, match="holds no key"):
        key.load(None, database)


@pytest.mark.parametrize(
    ("environ", "options", "said"),
    [
        ({"COACHBOT_SECRET": "kort"}, {}, "COACHBOT_SECRET: is too short"),
        ({"COACHBOT_REVIEW_IDLE": "0"}, {}, "COACHBOT_REVIEW_IDLE"),
        ({"COACHBOT_REVIEW_HTTPS": "yes"}, {}, "COACHBOT_REVIEW_HTTPS"),
        ({"COACHBOT_REVIEW_HOSTS": "a b"}, {}, "COACHBOT_REVIEW_HOSTS"),
        ({"COACHBOT_BOT": "a"}, {}, "COACHBOT_BOT"),
        ({"COACHBOT_LOG": "loud"}, {}, "COACHBOT_LOG"),
        ({}, {"port": 70_000}, "--port"),
        ({}, {"host": "a b"}, "--host"),
    ],
)
def test_a_bad_setting_is_named(
    environ: dict[str, str], options: dict[str, object], said: str
) -> None:
    with pytest.raises(SettingError, match=said):
        ReviewSettings.from_env(environ, **options)  # type: ignore[arg-type]


def test_settings_do_not_show_the_secret() -> None:
    settings = ReviewSettings.from_env(
        {"COACHBOT_SECRET": "s" * 40, "COACHBOT_REVIEW_HOSTS": "Coach.example, 10.0.0.2"}
    )
    assert "sss" not in repr(settings) and settings.hosts == ("coach.example", "10.0.0.2")


def test_a_login_ends_after_quiet_and_after_a_day() -> None:
    at = datetime(2026, 11, 22, tzinfo=UTC)
    logins = Logins(timedelta(minutes=30), lambda: at)
    quiet, busy = logins.begin(1), logins.begin(2)
    for _ in range(int(LONGEST / timedelta(minutes=20))):
        at += timedelta(minutes=20)
        assert logins.find(busy)
    assert logins.find(quiet) is None
    at += timedelta(minutes=1)
    assert logins.find(busy) is None
    assert logins.find(None) is None and logins.find({"a": 1}) is None


def test_blame_in_the_climb_has_a_shape_of_its_own() -> None:
    calm = pictures.climb((Rung.POSITION, Rung.NEED), (False, False))
    blamed = pictures.climb((Rung.POSITION, Rung.NEED), (True, False))
    assert calm != blamed
    assert pictures.climb((Rung.NONE,), (False,)).startswith(b"<?xml")
