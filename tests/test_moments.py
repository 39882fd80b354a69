"""Moments as people type them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coachbot.moments import ZONE, when

#: A Wednesday, eleven in the morning.
NOW = datetime(2026, 11, 18, 11, 0, tzinfo=ZONE)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("morgen om 10 uur", "2026-11-19 10:00"),
        ("donderdag half drie", "2026-11-19 14:30"),
        ("over een uur", "2026-11-18 12:00"),
        ("Over een half uur.", "2026-11-18 11:30"),
        ("over anderhalf uur", "2026-11-18 12:30"),
        ("over drie kwartier", "2026-11-18 11:45"),
        ("over 20 minuten", "2026-11-18 11:20"),
        ("vanavond om 8", "2026-11-18 20:00"),
        ("vanmiddag om half drie", "2026-11-18 14:30"),
        ("morgenochtend om negen uur", "2026-11-19 09:00"),
        ("’s avonds om 7 uur morgen", "2026-11-19 19:00"),
        ("overmorgen 14u30", "2026-11-20 14:30"),
        ("volgende week dinsdag om tien uur", "2026-11-24 10:00"),
        ("dinsdag over een week om 10 uur", "2026-12-01 10:00"),
        ("25 november om 14:00", "2026-11-25 14:00"),
        ("25-11 14.30 uur", "2026-11-25 14:30"),
        ("1 december 10u", "2026-12-01 10:00"),
        ("kwart voor vier", "2026-11-18 15:45"),
        ("tien over half drie morgen", "2026-11-19 14:40"),
        ("vijf voor half tien", "2026-11-19 09:25"),
        ("over twee dagen om 9 uur", "2026-11-20 09:00"),
        ("het gesprek is vrijdag om drie uur met mijn baas", "2026-11-20 15:00"),
        ("om 10 uur", "2026-11-19 10:00"),
        ("woensdag om 9 uur", "2026-11-25 09:00"),
        ("vannacht om 2 uur", "2026-11-19 02:00"),
        ("maandagochtend 8:30", "2026-11-23 08:30"),
        ("twaalf uur ’s middags", "2026-11-18 12:00"),
    ],
)
def test_a_moment_is_understood(text: str, expected: str) -> None:
    found = when(text, NOW)
    assert found is not None and found.exact
    assert f"{found.at:%Y-%m-%d %H:%M}" == expected


@pytest.mark.parametrize(
    ("text", "day"),
    [("morgen", "2026-11-19"), ("volgende week", "2026-11-25"), ("over 2 weken", "2026-12-02"),
     ("25 november", "2026-11-25"), ("morgenmiddag", "2026-11-19")],
)  # fmt: skip
def test_a_day_without_a_time_is_not_exact(text: str, day: str) -> None:
    found = when(text, NOW)
    assert found is not None and not found.exact and f"{found.at:%Y-%m-%d}" == day


@pytest.mark.parametrize(
    "text", ["", "geen idee", "ja", "nee", "ik weet het niet", "om 25 uur", "31-02 om 10 uur", "🙂"]
)
def test_no_moment_is_no_moment(text: str) -> None:
    assert when(text, NOW) is None


def test_the_clock_of_amsterdam_counts_also_when_it_changes() -> None:
    saturday = datetime(2026, 10, 24, 20, 0, tzinfo=UTC)
    found = when("morgen om 10 uur", saturday)
    assert found is not None and found.at.astimezone(UTC).hour == 9
    night = when("over een uur", datetime(2026, 10, 25, 0, 30, tzinfo=UTC))
    assert night is not None and night.at - datetime(2026, 10, 25, 0, 30, tzinfo=UTC) == timedelta(
        hours=1
    )


@given(st.text(max_size=300))
@settings(max_examples=150, deadline=None)
def test_whatever_is_typed_never_fails(text: str) -> None:
    when(text, NOW)
