"""Exercises: how an answer is judged, what is said about it, and when it comes back."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from coachbot import content, content_all, content_practice, nlp, practice_plan
from coachbot.content_practice import Practice
from coachbot.desk import Desk
from coachbot.model import Reading, Safety
from coachbot.practice import TRIES, Feedback, judge
from coachbot.practice_plan import Done
from coachbot.store import Store

if TYPE_CHECKING:
    from spacy.language import Language

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
#: Made by other hands than the rules.
ANSWERS = sorted((Path(__file__).parent / "data").glob("answers*.jsonl"))
AGREEMENT, KAPPA = 0.92, 0.80
MATERIAL = content_all.material(content.default_dir())


@pytest.fixture(scope="session")
def practice() -> Practice:
    return content_practice.load(content.default_dir())


class Clock:
    """Time that a test moves by hand."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def desk(language: Language, tmp_path: Path, clock: Clock) -> Iterator[Desk]:
    store = Store(tmp_path / "coach.db")
    yield Desk(store, MATERIAL, language, clock)
    store.close()


def attempt(practice: Practice, language: Language, id: str, text: str, tries: int = 1) -> Feedback:
    return judge(practice.exercises[id], nlp.read(language, text), tries, practice.phrases)


def test_there_is_enough_of_every_kind(practice: Practice) -> None:
    assert len(practice.exercises) >= 60
    assert len(practice.kinds) == 8
    assert all(len(kind.exercises) >= 8 for kind in practice.kinds)
    assert content_practice.faults(content.default_dir()) == []


def test_examples_pass_and_copies_do_not(practice: Practice, language: Language) -> None:
    for exercise in practice.exercises.values():
        right = exercise.example or exercise.answer
        assert attempt(practice, language, exercise.id, right).passed, exercise.id
        assert not attempt(practice, language, exercise.id, exercise.prompt).passed, exercise.id


CASES = [
    ("vw-01", "Ik zou het fijn vinden als ik de stukken op tijd heb.", None),
    ("vw-01", "Jij moet gewoon op tijd zijn met je stukken, je bent gewoon lui.", "geen_verwijt"),
    ("vw-01", "Ik wil graag met vakantie naar Spanje.", "zelfde_zaak"),
    ("vw-01", "qwer asdf zxcv poiu", "zelfde_zaak"),
    ("vw-01", "op tijd", "lang_genoeg"),
    ("sp-01", "Je moet gewoon wat minder doen op je werk.", "spiegel"),
    ("sp-01", "Ik hoor dat je het druk hebt, maar je moet ook nee zeggen.", "geen_raad"),
    ("sp-01", "Ik hoor dat je al weken te veel werk hebt.", "vraag"),
    ("sp-01", "Ik hoor dat je het druk hebt. Waar loop je op vast?", None),
    ("op-02", "Ik slaap slecht door de muziek en ik ben moe.", "verzoek"),
    ("op-02", "Jij zet de muziek te hard, kan dat zachter?", "niet_jij_eerst"),
    ("niv-02", "ik denk emotie", None),
    ("niv-02", "inhoud of emotie", "keuze"),
    ("niv-02", "de middelste, lijkt me", None),
    ("waa-01", "geen oordeel in elk geval", None),
    ("waa-01", "dit is niet echt een waarneming", "keuze"),
    ("waa-01", "het laatste", "keuze"),
    ("bz-03", "Ik ben bang dat er straks een kleine onder een auto ligt.", None),
    ("bz-03", "Ik ben bang dat mijn aandelen dalen.", "zelfde_zaak"),
    ("sp-05", "Tja, verandering hoort erbij, wat vind je er zo erg aan?", "geen_raad"),
    ("waa-09", "Mijn collega had gisteren om vijf uur nog twee taken liggen.", None),
]


@pytest.mark.parametrize(("exercise", "text", "fault"), CASES)
def test_an_answer_is_judged_by_how_it_reads(
    practice: Practice, language: Language, exercise: str, text: str, fault: str | None
) -> None:
    found = attempt(practice, language, exercise, text)
    assert found.passed == (fault is None), found
    assert fault is None or fault in found.failed


def test_every_quoted_word_stands_in_the_answer(practice: Practice, language: Language) -> None:
    for exercise, text, _ in CASES:
        for tries in (1, 2, 3):
            found = attempt(practice, language, exercise, text, tries)
            assert all(quoted in text for quoted in found.quotes), found
            said = [*found.good, found.change or ""]
            assert sum(line.count("‘") for line in said) == len(found.quotes), found


def test_the_example_comes_after_three_tries_and_never_before(desk: Desk) -> None:
    desk.practise("een", "verwijt_wens")
    example = desk.practice.exercises["vw-01"].example
    for tries in range(1, TRIES + 1):
        answer = desk.hear("een", "Jij bent altijd te laat, slap is het.")
        assert answer is not None
        shown = any(example in line for line in answer.reply.lines)
        assert shown == (tries == TRIES)


def test_what_was_hard_comes_back_sooner() -> None:
    due = {}
    for name, passed, tries in (("easy", True, 1), ("hard", True, 2), ("failed", False, 3)):
        card, first = practice_plan.review(name, None, practice_plan.rating(passed, tries), NOW)
        _, due[name] = practice_plan.review(name, card, practice_plan.rating(passed, tries), first)
    assert due["failed"] < due["hard"] < due["easy"]


def test_what_is_due_comes_first(desk: Desk, clock: Clock) -> None:
    desk.practise("een", "niveau")
    for _ in range(TRIES):
        desk.hear("een", "emotie")
    desk.hear("een", "stop")
    clock.now += timedelta(days=1)
    assert any(
        desk.practice.exercises["niv-01"].prompt in x for x in desk.practise("een").reply.lines
    )


def test_level_streak_and_progress(practice: Practice) -> None:
    easy = [e for e in practice.exercises.values() if e.level == 1]
    days = [NOW - timedelta(days=d) for d in (0, 1, 3)]
    done = [Done(e.id, e.kind, days[i % 3], 1, True) for i, e in enumerate(easy)]
    found = practice_plan.progress(practice.kinds, done, NOW)
    assert (found.level, found.streak) == (2, 2)
    assert practice_plan.progress(practice.kinds, [], NOW).streak == 0


def test_new_exercises_go_round_the_kinds_from_easy_to_hard(practice: Practice) -> None:
    done: list[Done] = []
    seen = []
    for _ in range(len(practice.kinds)):
        exercise = practice_plan.pick(practice.kinds, done, {}, NOW)
        assert exercise is not None and exercise.level == 1
        done.append(Done(exercise.id, exercise.kind, NOW, 1, True))
        seen.append(exercise.kind)
    assert len(set(seen)) == len(practice.kinds)


def test_a_practice_goes_on_where_it_was(desk: Desk, language: Language, clock: Clock) -> None:
    desk.practise("een", "spiegel")
    again = Desk(Store(desk.rows.store.path), MATERIAL, language, clock)
    answer = again.hear("een", "Ik hoor dat je al weken te veel werk hebt. Wat is het zwaarst?")
    assert answer is not None and not answer.reply.ended
    assert again.rows.done("een")[0].passed
    again.rows.store.close()
    assert desk.hear("twee", "hallo") is None


def test_an_own_sentence_climbs_to_an_opening(desk: Desk) -> None:
    desk.practise("een", "eigen")
    desk.hear("een", "Mijn baas luistert nooit naar ons.")
    desk.hear("een", "Ik ben bang dat het werk eronder lijdt.")
    desk.hear("een", "Ik wil graag dat hij ons bij het rooster betrekt.")
    opening = "Ik zou graag meedenken over het rooster. Kunnen we er samen naar kijken?"
    answer = desk.hear("een", opening)
    assert answer is not None and any(opening in line for line in answer.reply.lines)


def test_what_is_not_safe_is_the_coachs(desk: Desk) -> None:
    desk.practise("een", "zorg_behoefte")
    said = "Ik wil niet meer leven, ik ga er een eind aan maken."
    answer = desk.hear("een", said)
    assert answer is not None and answer.hand_over == said
    assert desk.rows.activity("een") is None


def test_what_may_not_be_safe_is_asked_first(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Only certain alarms stop at once; a doubtful one is asked after, and "nee" goes on."""
    real = nlp.read

    def doubtful(language: Language, text: str) -> Reading:
        found = real(language, text)
        return replace(found, safety=Safety.DANGER) if text.startswith("Ik") else found

    monkeypatch.setattr(nlp, "read", doubtful)
    said = "Ik zou graag de stukken een dag eerder hebben, dan kan ik ze lezen."
    for word, handed in (("ja", said), ("nee", None)):
        desk.practise("een", "verwijt_wens")
        asked = desk.hear("een", said)
        assert asked is not None and asked.reply.options == ("ja", "nee")
        answer = desk.hear("een", word)
        assert answer is not None and answer.hand_over == handed
    assert desk.rows.done("een")[-1].passed


def test_judgements_agree_with_people(practice: Practice, language: Language) -> None:
    lines = [line for path in ANSWERS for line in path.read_text(encoding="utf-8").splitlines()]
    rows = [json.loads(line) for line in lines if line]
    assert len(rows) >= 450
    got = []
    for row in rows:
        found = attempt(practice, language, row["exercise"], row["answer"])
        got.append(found.passed)
        assert all(quoted in row["answer"] for quoted in found.quotes), row
    wrong = [row for row, passed in zip(rows, got, strict=True) if passed != row["pass"]]
    agree = 1 - len(wrong) / len(rows)
    yes = sum(row["pass"] for row in rows) / len(rows)
    ours = sum(got) / len(got)
    chance = yes * ours + (1 - yes) * (1 - ours)
    kappa = (agree - chance) / (1 - chance)
    assert agree >= AGREEMENT and kappa >= KAPPA, (agree, kappa, wrong)


MISTAKES = [
    ("needs: [keuze]", "needs: [kueze]", "'kueze' is not known; allowed: "),
    ("answer: emotie", "answer: boosheid", "'boosheid' is not known; allowed: emotie, inhoud"),
    ("id: niv-02", "id: niv-01", "this id is also in niveau"),
    ("level: 1, world: werk", "level: 7, world: werk", "7 is not allowed; allowed: 1-3"),
    ("world: zorg", "world: zrg", "'zrg' is not known"),
    ('hint: "Een eis', 'hnt: "Een eis', "key 'hnt' is not known"),
]


@pytest.mark.parametrize(("old", "new", "expected"), MISTAKES)
def test_a_mistake_in_an_exercise_is_named(
    tmp_path: Path, old: str, new: str, expected: str
) -> None:
    (tmp_path / "oefenen").mkdir()
    for name in ("niveau.yml", "zinnen.yml"):
        text = (content.default_dir() / "oefenen" / name).read_text(encoding="utf-8")
        if name == "niveau.yml":
            assert old in text
            text = text.replace(old, new, 1)
        (tmp_path / "oefenen" / name).write_text(text, encoding="utf-8")
    faults = content_practice.faults(tmp_path)
    assert any(expected in fault for fault in faults), faults
