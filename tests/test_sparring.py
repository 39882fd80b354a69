"""A counterpart to spar with: it always has a line, never says one twice, and always ends."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING

import pytest

from coachbot import content, content_all, content_sparring, sparring, sparring_own, sparring_talk
from coachbot.content_sparring import Sparring
from coachbot.desk import Desk
from coachbot.desk_answer import Answer
from coachbot.model import Remembered, Session
from coachbot.sparring import OUTCOMES
from coachbot.sparring_moves import COOLING, HEATING, Heard, Move
from coachbot.store import Store

if TYPE_CHECKING:
    from spacy.language import Language

FOLDER = Path(__file__).parent / "sparring"
MATERIAL = content_all.material(content.default_dir())
SCENARIOS = [path.stem for path in sorted((content.default_dir() / "sparren").glob("*.yml"))]
SCENARIOS = [name for name in SCENARIOS if name != "zinnen"]
WALKS, LIMIT = 300, 60
FILL = {"ander": "mijn baas", "citaat_standpunt": "Hij vindt het goed zo", "behoefte": "rust"}
WALKERS = {
    "any": tuple(Move),
    "hostile": HEATING,
    "kind": COOLING,
    "shy": (Move.QUESTION,),
    "dry": (Move.RIGHT,),
}


@pytest.fixture(scope="session")
def material() -> Sparring:
    return content_sparring.load(content.default_dir())


@pytest.fixture
def desk(language: Language, tmp_path: Path) -> Iterator[Desk]:
    store = Store(tmp_path / "coach.db")
    yield Desk(store, MATERIAL, language, lambda: datetime(2026, 3, 2, tzinfo=UTC))
    store.close()


def scenario(material: Sparring, name: str) -> sparring.Scenario:
    own = material.own
    assert own is not None
    if name == content_sparring.OWN:
        return sparring_own.filled(own, FILL)
    return next(s for s in material.scenarios if s.name == name)


def walk(found: sparring.Scenario, random: Random, moves: tuple[Move, ...]) -> sparring.Run:
    """A talk of random moves, with a rewind now and then."""
    run = sparring.begin(found, random.randrange(3))
    rewinds = 0
    while run.outcome is None:
        heard = tuple(
            Heard(m, "x") for m in random.sample(moves, random.randint(0, min(2, len(moves))))
        )
        run = sparring.respond(found, run, "x", heard)
        assert run.moments[-1].reply.strip()
        assert len(run.moments) <= LIMIT
        if random.random() < 0.05 and rewinds < 3:
            rewinds += 1
            run = sparring.rewind(run, random.randint(1, len(run.moments)))
    return run


@pytest.mark.parametrize("name", SCENARIOS)
def test_any_talk_has_lines_and_an_end(material: Sparring, name: str) -> None:
    found = scenario(material, name)
    random = Random(name)
    for moves in WALKERS.values():
        for _ in range(WALKS):
            run = walk(found, random, moves)
            assert run.outcome in OUTCOMES
            assert len(set(run.spoken)) == len(run.spoken), "the same line twice"
            assert not any("{" in line for line in run.spoken)


def parse(path: Path) -> tuple[str, list[str], str]:
    """A transcript: its scenario, what is said, and how it ends."""
    name, said, outcome = "", [], ""
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.startswith("scenario:"):
            name = line.removeprefix("scenario:").strip()
        elif line.startswith(">"):
            said.append(line[1:].strip())
        elif line.startswith("="):
            outcome = line[1:].strip()
        elif line.strip() and not line.startswith("#"):
            raise ValueError(f"{path.name}: {line!r} is no line of a transcript")
    return name, said, outcome


TRANSCRIPTS = sorted(FOLDER.glob("*.txt"))


@pytest.mark.parametrize("path", TRANSCRIPTS, ids=lambda path: path.stem)
def test_a_transcript_ends_as_written(desk: Desk, path: Path) -> None:
    name, said, outcome = parse(path)
    assert desk.spar("een", name) is not None
    for text in said:
        answer = desk.hear("een", text)
        assert answer is not None
        if answer.reply.options == ("ja", "nee"):
            answer = desk.hear("een", "nee")
    runs = desk.rows.runs("een", name)
    turns = list(desk.rows.db.query("select text, effect, temperature, layer from spar_turns"))
    assert runs and runs[-1]["outcome"] == outcome, turns
    assert answer is not None and answer.chart is not None


def test_every_scenario_has_two_transcripts() -> None:
    ends = {parse(path)[0]: set() for path in TRANSCRIPTS}
    for path in TRANSCRIPTS:
        name, _, outcome = parse(path)
        ends[name].add(outcome)
    wanted = set(SCENARIOS) - {content_sparring.OWN}
    assert len(wanted) >= 8
    assert all({"breuk", "stap"} <= ends[name] for name in wanted)


def test_the_shipped_counterparts_are_sound() -> None:
    assert content_sparring.faults(content.default_dir()) == []


def lines(answer: Answer | None) -> str:
    assert answer is not None
    return "\n".join(answer.reply.lines)


def test_feedback_names_the_words_and_rewinding_gives_another_try(desk: Desk) -> None:
    desk.spar("een", "manager")
    desk.hear("een", "uitleg")
    first = lines(desk.hear("een", "Jij zet mij altijd in het weekend."))
    assert "‘" in first and "onenigheid" in first
    back = lines(desk.hear("een", "terug"))
    assert "rooster" in back
    again = lines(desk.hear("een", "Ik hoor dat het rooster vaststaat. Wat speelt er?"))
    assert "onenigheid" not in again
    undone = list(desk.rows.db.query("select undone from spar_turns order by id"))
    assert [row["undone"] for row in undone] == [1, 0]
    assert "klaar" not in lines(desk.hear("een", "klaar"))
    assert desk.rows.activity("een") is None


def test_a_later_run_is_compared_with_the_one_before(desk: Desk) -> None:
    for text in ("Jij liegt altijd.", "Ik hoor dat u wacht met de rekening. Wat klopt er niet?"):
        desk.spar("een", "klant")
        desk.hear("een", text)
        answer = desk.hear("een", "stop")
    assert "Vorige keer" in lines(answer)
    assert answer is not None and answer.chart is not None


def test_the_list_takes_a_number_or_a_name(desk: Desk) -> None:
    assert len(desk.spar("een").reply.options) == 8  # type: ignore[union-attr]
    assert "lijst" in lines(desk.hear("een", "twaalf"))
    assert "Henk" in lines(desk.hear("een", "de buurman"))
    assert desk.spar("een", "nergens") is None


OWN = [
    ("Hij vindt dat de schutting op zijn grond stond.", "de schutting op mijn grond stond"),
    ("Ze vinden dat het rooster eerlijk is", "het rooster eerlijk is"),
    ("Zij vindt dat ik te veel vraag", None),
    ("Hij vindt dat de regels duidelijk zijn", None),
    ("het rooster", None),
]


@pytest.mark.parametrize(("told", "turned"), OWN)
def test_the_others_side_is_only_turned_when_certain(
    material: Sparring, told: str, turned: str | None
) -> None:
    memory = {"ander": Remembered("mijn baas"), "ander_standpunt": Remembered(told)}
    assert sparring_own.own_case(memory, material.own_case).get("standpunt") == turned


def test_an_own_case_speaks_with_the_words_of_the_conversation(desk: Desk) -> None:
    assert "Bereid eerst" in lines(desk.spar("een", "eigen"))
    session = Session("gesprek", "welkom")
    session.memory = {
        "ander": Remembered("mijn baas"),
        "ander_standpunt": Remembered("Hij vindt dat het rooster eerlijk is"),
        "ander_behoefte": Remembered("rust"),
    }
    from coachbot.model import Reading, Reply, Turn

    turn = Turn(session, session, Reading(text="x"), Reply(("x",)), "x")
    desk.rows.store.record("een", None, turn, None, None)
    said = lines(desk.spar("een", "eigen"))
    assert "Mijn baas" in said and "Ik vind dat het rooster eerlijk is." in said
    assert len(desk.spar("een").reply.options) == 9  # type: ignore[union-attr]


def test_a_talk_survives_the_store(material: Sparring) -> None:
    found = scenario(material, "zus")
    run = sparring.respond(found, sparring.begin(found), "x", (Heard(Move.MIRROR, "x"),))
    talk = sparring_talk.Talk("talk", run, explain=True, row=3)
    import json

    assert sparring_talk.unpack(json.loads(json.dumps(asdict(talk)))) == talk
