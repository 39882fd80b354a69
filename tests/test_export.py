"""What leaves the database: exports under pseudonyms, and corrections that become tests."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest
from review_people import BLAME, NEED, WORRY, facilitator, shared
from talk import parse, play

from coachbot import corrections, evaluate, export, nlp
from coachbot.coach import Coach
from coachbot.model import Emotion, Rung
from coachbot.store_consent import Consent
from coachbot.store_notes import Notes
from coachbot.store_review import Filter

# -- export ----------------------------------------------------------------------------------


def test_an_export_holds_the_fields_of_the_codebook_under_pseudonyms(coach: Coach) -> None:
    noor, group = facilitator(coach)
    session = shared(coach, "tg:4711", group, BLAME, "ja", WORRY, "terug")
    turn = coach.store.db.execute("select id from turns where text = ?", [BLAME]).fetchone()[0]
    Notes(coach.store).correct(noor, turn, Rung.CONCERN, False, [Emotion.SAD])
    rows = list(export.records(coach.store, noor, Filter()))
    assert all(tuple(row) == export.FIELDS for row in rows)
    assert WORRY not in [row["text"] for row in rows], "it was taken back"
    told = next(row for row in rows if row["text"] == BLAME)
    name = Consent(coach.store).memberships("tg:4711")[0].pseudonym
    assert (told["session"], told["group"], told["pseudonym"]) == (session, "Team Zuid", name)
    assert (told["rung"], told["blame"]) == ("verwijt", True)
    assert told["corrected_rung"] == "zorg" and told["corrected_blame"] is False
    assert told["corrected_emotions"] == ["bedroefd"]
    assert "4711" not in json.dumps(rows)


def test_json_lines_can_be_evaluated(coach: Coach, tmp_path: Path) -> None:
    noor, group = facilitator(coach)
    shared(coach, "tg:1", group, BLAME, "ja", WORRY)
    path = tmp_path / "uit.jsonl"
    lines = export.json_lines(export.records(coach.store, noor, Filter()))
    path.write_text("".join(lines), encoding="utf-8")
    report = list(evaluate.cues(path, lambda text: nlp.read(coach.language, text)))
    assert report[0].endswith(" messages")


def test_a_spreadsheet_takes_no_message_for_a_formula(coach: Coach) -> None:
    noor, group = facilitator(coach, group="=Team")
    formula = '=HYPERLINK("http://kwaad.example","klik")'
    shared(coach, "tg:1", group, formula, "-1+1 is nul", "@iedereen", 'met "komma", en\nregel')
    text = "".join(export.csv_lines(export.records(coach.store, noor, Filter())))
    assert text.startswith("\ufeff")
    rows = list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"), newline="")))
    assert tuple(rows[0]) == export.FIELDS
    said = [row["text"] for row in rows]
    assert {f"'{formula}", "'-1+1 is nul", "'@iedereen", 'met "komma", en\nregel'} <= set(said)
    assert not [cell for row in rows for cell in row.values() if cell.startswith(export.FORMULA)]
    assert {row["blame"] for row in rows} <= {"true", "false"}


def test_an_export_obeys_filter_search_and_withdrawal(coach: Coach) -> None:
    noor, group = facilitator(coach)
    first = shared(coach, "tg:1", group, BLAME)
    second = shared(coach, "tg:2", group, NEED)

    def sessions(filter: Filter = Filter(), search: str = "") -> set[int]:  # noqa: B008
        return {row["session"] for row in export.records(coach.store, noor, filter, search)}

    assert sessions() == {first, second}
    assert sessions(Filter(rung=Rung.BLAME)) == {first}
    assert sessions(search="rust") == {second}
    assert sessions(search='"') == set()
    half = export.records(coach.store, noor, Filter())
    assert next(half)["session"] == second
    assert Consent(coach.store).withdraw("tg:1", first)
    assert {row["session"] for row in half} == {second}, "withdrawn while it was being written"


# -- corrections -----------------------------------------------------------------------------


def _corrected(coach: Coach, text: str, rung: Rung, blame: bool, *felt: Emotion) -> str:
    """The transcript of a correction of `text`, said where the coach asks what is the matter."""
    noor, group = facilitator(coach)
    shared(coach, "tg:1", group, text)
    turn = coach.store.db.execute("select id from turns where text = ?", [text]).fetchone()[0]
    assert Notes(coach.store).correct(noor, turn, rung, blame, felt)
    (one,) = corrections.corrected(coach.store)
    return corrections.transcript(one, coach.engine, lambda said: nlp.read(coach.language, said))


@pytest.mark.parametrize("text", [BLAME, WORRY, NEED])
def test_an_exported_correction_passes_once_the_reading_is_right(
    coach: Coach, tmp_path: Path, text: str
) -> None:
    read = nlp.read(coach.language, text)
    scene = _corrected(coach, text, read.rung, read.blame, *read.emotions)
    path = tmp_path / "correctie.txt"
    path.write_text(scene, encoding="utf-8")
    transcript = parse(path)
    assert not transcript.whole
    assert len(play(coach, transcript)) > 1


@pytest.mark.parametrize(
    ("rung", "blame", "felt", "named"),
    [
        (Rung.NEED, False, (), "was read as verwijt"),
        (Rung.BLAME, False, (Emotion.ANGRY,), "blame was read as True"),
        (Rung.BLAME, True, (Emotion.SAD,), "feelings were read as"),
    ],
)
def test_an_exported_correction_fails_while_the_reading_is_wrong(
    coach: Coach, tmp_path: Path, rung: Rung, blame: bool, felt: tuple[Emotion, ...], named: str
) -> None:
    path = tmp_path / "correctie.txt"
    path.write_text(_corrected(coach, BLAME, rung, blame, *felt), encoding="utf-8")
    with pytest.raises(AssertionError, match=named):
        play(coach, parse(path))


def test_a_transcript_begins_where_the_conversation_stood(coach: Coach) -> None:
    lines = _corrected(coach, BLAME, Rung.CONCERN, False, Emotion.SAD).splitlines()
    assert lines[0] == "begin: gesprek/wat_speelt_er"
    assert "weet: ander = je zus" in lines
    assert lines[-4] == f"> {BLAME}"
    assert lines[-3] == "[zorg -> spiegelen]"
    assert lines[-2:] == ["verwijt: nee", "gevoel: bedroefd"]


def test_a_message_of_several_lines_becomes_one(coach: Coach, tmp_path: Path) -> None:
    scene = _corrected(coach, "Ik ben moe.\n> en boos\n[x -> y]", Rung.CONCERN, False)
    path = tmp_path / "correctie.txt"
    path.write_text(scene, encoding="utf-8")
    assert [step.text for step in parse(path).scenes[0].steps] == ["Ik ben moe. > en boos [x -> y]"]


def test_corrections_as_codebook_lines(coach: Coach) -> None:
    _corrected(coach, BLAME, Rung.CONCERN, False, Emotion.SAD)
    (one,) = corrections.corrected(coach.store)
    record = corrections.record(one)
    assert tuple(record) == (
        *("id", "text", "rung", "blame", "blame_cues", "emotions", "person", "time"),
    )
    assert (record["rung"], record["blame"], record["blame_cues"]) == ("zorg", False, [])
    assert record["emotions"] == ["bedroefd"]
    assert list(corrections.corrected(coach.store, facilitator=999)) == []
    assert Consent(coach.store).leave("tg:1", 1)
    assert list(corrections.corrected(coach.store)) == [], "withdrawn"
