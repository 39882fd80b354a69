"""Made-up people through the real coach, and the commands a facilitator's host types."""

from __future__ import annotations

import json
import random
import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import yaml
from click.testing import CliRunner, Result
from review_people import BLAME, PASSWORD

from coachbot import content, content_all, demo, demo_fast, review_session, search_words
from coachbot.cli import main
from coachbot.coach import Coach
from coachbot.dialogue import Dialogue
from coachbot.engine import Engine
from coachbot.model import Rung
from coachbot.store import Store
from coachbot.store_consent import Consent
from coachbot.store_facilitators import Accounts
from coachbot.store_notes import Notes
from coachbot.store_review import Filter, Review
from coachbot.store_review_tables import FACTS
from coachbot.store_review_triggers import refresh

if TYPE_CHECKING:
    from spacy.language import Language

NOW = datetime(2026, 6, 30, 12, tzinfo=UTC)


# -- made-up people --------------------------------------------------------------------------


def test_what_they_say_answers_questions_that_are_asked(
    dialogues: Mapping[str, Dialogue],
) -> None:
    states = {name for dialogue in dialogues.values() for name in dialogue.states}
    for one in demo.cast().people:
        assert set(one.says) <= states, set(one.says) - states
        for said in one.says.values():
            for text in said:
                assert set(re.findall(r"{(\w+)}", text)) <= set(one.words), text
    data = yaml.safe_load(demo.FILE.read_text(encoding="utf-8"))
    said = [
        text
        for one in (data["anybody"], *(p["says"] for p in data["people"]))
        for texts in one.values()
        for text in texts
    ]
    assert all(isinstance(text, str) for text in said), "a bare 7 or yes changes type in YAML"


def test_most_of_them_come_to_a_step(coach: Coach) -> None:
    """The dialogue still takes them along: who has all the answers gets to the end."""
    reached = 0
    people = [one for one in demo.cast().people if not one.rare]
    for number, one in enumerate(people):
        user = f"demo:{number}"
        session = demo.hold(coach, user, demo.Part(one, random.Random(number)))
        reached += Rung.ACTION in coach.store.climb(session)
    assert reached >= len(people) - 2


def test_a_small_demonstration(coach: Coach) -> None:
    who = Accounts(coach.store).add("demo", PASSWORD).id
    material = content_all.material(content.default_dir())
    groups = demo.play(coach, material, who, 6, NOW, random.Random(3))
    page = Review(coach.store).sessions(who, Filter())
    assert 1 <= page.total <= 6 and coach.store.db["sessions"].count == 6
    assert {row.group for row in page.rows} <= {group.id for group in groups}
    assert all(row.started < NOW for row in page.rows)
    assert sum(row.notes for row in page.rows) == min(3, page.total)
    view = review_session.view(coach.store, who, page.rows[0].session)
    assert view and view.turns[0].at == view.row.started
    assert [turn.at for turn in view.turns] == sorted(turn.at for turn in view.turns)
    views = [review_session.view(coach.store, who, row.session) for row in page.rows]
    assert any(view.attempts or view.spars for view in views if view)


@pytest.fixture(scope="module")
def large(
    engine: Engine, language: Language, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Coach, int]]:
    """Four hundred copied conversations, and who may read them."""
    store = Store(tmp_path_factory.mktemp("large") / "coach.db")
    coach = Coach(engine, store, language)
    who = Accounts(store).add("demo", PASSWORD).id
    demo_fast.multiply(coach, who, 400, NOW, random.Random(5), heard=1)
    yield coach, who
    store.close()


def test_a_large_demonstration_is_what_sharing_would_have_made(large: tuple[Coach, int]) -> None:
    """Copies go in at once; their figures and search words are those that the triggers make."""
    coach, who = large
    db, review = coach.store.db, Review(coach.store)
    assert db["sessions"].count == 400 and review.sessions(who, Filter()).total == 400
    facts = f"select {', '.join(FACTS)} from shares order by session"
    made = db.execute(facts).fetchall()
    db.execute(refresh("shares.session", "true"))
    assert db.execute(facts).fetchall() == made
    texts = db.execute("select session, text from turns where text is not null and not undone")
    said = texts.fetchall()
    for typed in ("ik", '"ik wil"', "het"):
        terms = search_words.parse(typed)
        assert terms
        wanted = {session for session, text in said if search_words.matches(text, terms)}
        assert set(review.every(who, Filter(), typed)) == wanted and wanted
    assert "\ue000" not in json.dumps(said)
    tellings = [text for _, text in said if "liep het mis" in text]
    assert len(set(tellings)) > len(tellings) / 2
    for row in db.execute("select text, reading from turns where text is not null").fetchall():
        assert json.loads(row[1])["text"] == row[0]


def test_a_copy_is_withdrawn_and_goes_on_like_any_other(large: tuple[Coach, int]) -> None:
    coach, who = large
    review, db = Review(coach.store), coach.store.db
    sessions = db["sessions"].count
    session, user = db.execute("select id, user from sessions order by id desc").fetchone()
    assert session in review.every(who, Filter(), "ik")
    assert Consent(coach.store).withdraw(user, session)
    assert session not in review.every(who, Filter(), "ik")
    coach.hear(user, "hallo")
    assert db["sessions"].count == sessions + 1


# -- commands --------------------------------------------------------------------------------


def _run(db: Path, *args: str, stdin: str = "") -> Result:
    environ = {"COACHBOT_DB": str(db), "COACHBOT_BOT": "coach_bot"}
    return CliRunner(env=environ).invoke(main, args, input=stdin)


@pytest.fixture
def shared_file(coach: Coach) -> tuple[Path, int]:
    """A database with Noor's group, and one shared session with a correction."""
    from review_people import facilitator, shared

    noor, group = facilitator(coach)
    session = shared(coach, "tg:1", group, BLAME)
    turn = coach.store.db.execute("select id from turns where text = ?", [BLAME]).fetchone()[0]
    Notes(coach.store).correct(noor, turn, Rung.CONCERN, False, ())
    return coach.store.path, session


def test_accounts_and_groups_by_command(tmp_path: Path) -> None:
    db = tmp_path / "nieuw.db"
    added = _run(db, "facilitator", "add", "Noor", "--password-stdin", stdin=f"{PASSWORD}\n")
    assert (added.output, added.exit_code) == ("Noor may log in\n", 0)
    asked = _run(db, "facilitator", "add", "Piet", stdin=f"{PASSWORD}\n{PASSWORD}\n")
    assert asked.exit_code == 0 and PASSWORD not in asked.output
    made = _run(db, "group", "add", "Team Zuid", "--facilitator", "noor")
    code = re.search(r"Team Zuid: (\w{9})\nhttps://t.me/coach_bot\?start=\1\n", made.output)
    assert code, made.output
    assert _run(db, "facilitator", "list").output == "Noor: Team Zuid\nPiet: no groups\n"
    closed = _run(db, "group", "close", code[1].lower())
    assert closed.output == "Team Zuid is closed\n"
    listed = _run(db, "group", "list").output
    assert listed == f"Team Zuid: {code[1]}, Noor, 0 members, 0 shared sessions, closed\n"
    assert _run(db, "facilitator", "remove", "Noor").exit_code == 0
    assert _run(db, "group", "list").output == ""


@pytest.mark.parametrize(
    ("args", "named"),
    [
        (("facilitator", "add", "Noor", "--password-stdin"), "there is a facilitator 'Noor'"),
        (("facilitator", "add", "", "--password-stdin"), "name: give 1 to 60 characters"),
        (("facilitator", "remove", "Piet"), "there is no 'Piet'; there is: Noor"),
        (("group", "add", "X", "--facilitator", "Piet"), "there is no 'Piet'"),
        (("group", "add", "", "--facilitator", "Noor"), "name: give 1 to 80 characters"),
        (("group", "add", "X", "--facilitator", "Noor", "--bot", "a b"), "COACHBOT_BOT"),
        (("group", "close", "NIETS"), "there is no group with code 'NIETS'"),
        (("export", "--facilitator", "Noor", "--out", "/nergens/x.csv"), "/nergens/x.csv"),
        (("export", "--facilitator", "Noor", "--out", "x", "--search", '"'), "--search"),
        (("export", "--facilitator", "Noor", "--out", "x", "--group", "Y"), "--group: Noor has no"),
        (("export", "--facilitator", "Noor", "--out", "x", "--since", "gisteren"), "--since"),
        (("purge", "--older-than", "een jaar"), "--older-than: 'een jaar' is not allowed"),
        (("forget", "tg:9"), "there is no user 'tg:9'"),
        (("demo",), "is there already; give the name of a new file"),
    ],
)
def test_what_cannot_be_is_told_in_one_line(
    shared_file: tuple[Path, int], args: tuple[str, ...], named: str, tmp_path: Path
) -> None:
    db, _ = shared_file
    extra = ("--db", str(db)) if args == ("demo",) else ()
    done = _run(db, *args, *extra, stdin=f"{PASSWORD}\n")
    assert done.exit_code in (1, 2) and named in done.output
    assert "Traceback" not in done.output
    assert isinstance(done.exception, SystemExit)


@pytest.mark.parametrize("form", ["csv", "jsonl"])
def test_export_by_command_is_in_the_access_log(
    shared_file: tuple[Path, int], form: str, tmp_path: Path
) -> None:
    db, session = shared_file
    out = tmp_path / "uit"
    done = _run(db, "export", "--facilitator", "Noor", "--format", form, "--out", str(out))
    assert done.output == f"{out}: 1 sessions\n", done.output
    assert BLAME in out.read_text(encoding="utf-8")
    store = Store(db)
    opened = [(one.session, one.kind) for one in Consent(store).openings("tg:1")]
    store.close()
    assert opened == [(session, "export")]


def test_corrections_by_command(shared_file: tuple[Path, int], tmp_path: Path) -> None:
    db, _ = shared_file
    out = tmp_path / "correcties"
    done = _run(db, "corrections", "export", "--out", str(out))
    assert done.output == f"{out}: 1 corrections\n", done.output
    (lines, scene) = sorted(out.iterdir())
    assert json.loads((out / "correcties.jsonl").read_text("utf-8"))["rung"] == "zorg"
    assert {lines.suffix, scene.suffix} == {".jsonl", ".txt"}


def test_purge_and_forget_by_command(shared_file: tuple[Path, int]) -> None:
    db, _ = shared_file
    kept = _run(db, "purge", "--older-than", "180d", "--dry-run")
    assert kept.output == ("would go: 0 sessions with 0 turns, 0 rows of practice, 0 people\n"), (
        kept.output
    )
    gone = _run(db, "forget", "tg:1")
    assert gone.output == "tg:1 is forgotten: 1 sessions\n", gone.output


def test_demo_by_command(tmp_path: Path) -> None:
    db = tmp_path / "demo.db"
    done = _run(tmp_path / "ander.db", "demo", "--sessions", "2", "--db", str(db))
    password = re.search(r"log in as demo with password (\S+)\n", done.output)
    assert done.exit_code == 0 and password, done.output
    store = Store(db)
    assert Accounts(store).check("demo", password[1]).facilitator
    assert store.db["sessions"].count == 2
    store.close()
