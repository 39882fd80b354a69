"""Lists, search, notes and figures: what a facilitator finds, and what nobody else's pages show."""

from __future__ import annotations

import random
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from review_people import BLAME, NEED, WORRY, facilitator, shared, talk

from coachbot import group_figures, review_session, search_words
from coachbot.coach import Coach
from coachbot.content import default_dir
from coachbot.demo import backdate
from coachbot.model import Emotion, Rung
from coachbot.search_words import Term
from coachbot.store import Store
from coachbot.store_consent import Consent
from coachbot.store_facilitators import Accounts
from coachbot.store_notes import MAX_NOTE, Notes
from coachbot.store_review import Filter, Review, Sort

# -- lists -----------------------------------------------------------------------------------


def test_the_figures_of_a_session(coach: Coach) -> None:
    noor, group = facilitator(coach)
    session = shared(
        coach, "tg:1", group, BLAME, "ja", WORRY, "ja", NEED, "ja", "Jij bent zo lui.", degree="4"
    )
    row = Review(coach.store).row(noor, session)
    assert row
    assert (row.before, row.after, row.rung, row.ended) == (4, None, Rung.NEED, False)
    assert row.length == 12
    assert row.blame == pytest.approx(2 / 4), "of what has a place on the ladder, half is blame"
    assert row.relapse and not row.safety
    assert row.groups == ("Team Zuid",)
    assert row.pseudonym == Consent(coach.store).memberships("tg:1")[0].pseudonym


def test_no_relapse_without_a_need_before_it(coach: Coach) -> None:
    noor, group = facilitator(coach)
    session = shared(coach, "tg:1", group, BLAME, "ja", WORRY, "ja", NEED, "ja")
    row = Review(coach.store).row(noor, session)
    assert row and not row.relapse


def test_a_session_about_safety_is_flagged(coach: Coach) -> None:
    noor, group = facilitator(coach)
    session = shared(coach, "tg:1", group, "Ik wil niet meer leven.")
    row = Review(coach.store).row(noor, session)
    assert row and row.safety and row.state.startswith("veiligheid/")


def test_every_sign_of_the_thermometer_has_its_degree(coach: Coach) -> None:
    state = coach.engine.dialogues["gesprek"].states["thermometer_voor"]
    degrees = dict(coach.store.db.execute("select sign, degree from signs").fetchall())
    assert [degrees[choice.text] for choice in state.choices] == [1, 2, 3, 4]
    assert (default_dir() / "terugblik.yml").exists()
    later = coach.engine.dialogues["terugblik"].states["hoe_nu"]
    assert [degrees[choice.text] for choice in later.choices] == [1, 2, 3, 4]


@pytest.fixture
def three(coach: Coach) -> tuple[Review, int, dict[str, int]]:
    """Three people in two groups: blame (old), a worry, and danger (new)."""
    noor, south = facilitator(coach)
    _, north = facilitator(coach, group="Team Noord")
    found = {
        "blame": shared(coach, "tg:1", south, BLAME, "ja", degree="4"),
        "worry": shared(coach, "tg:2", south, WORRY, "ja", degree="2"),
        "danger": shared(coach, "tg:3", north, "Ik wil niet meer leven.", degree="3"),
    }
    for days, name in ((40, "blame"), (20, "worry"), (0, "danger")):
        at = datetime(2026, 6, 30, 12, tzinfo=UTC) - timedelta(days=days)
        backdate(coach.store, found[name], at, random.Random(1))
    found |= {"south": south.id, "north": north.id}
    found["member"] = coach.store.db.execute(
        "select id from members where user = 'tg:2'"
    ).fetchone()[0]
    return Review(coach.store), noor, found


@pytest.mark.parametrize(
    ("given", "names"),
    [
        ({}, ["danger", "worry", "blame"]),
        ({"group": "south"}, ["worry", "blame"]),
        ({"group": "north"}, ["danger"]),
        ({"member": "member"}, ["worry"]),
        ({"since": date(2026, 6, 10)}, ["danger", "worry"]),
        ({"until": date(2026, 6, 10)}, ["worry", "blame"]),
        ({"until": date(2026, 6, 9)}, ["blame"]),
        ({"since": date.min, "until": date.max}, ["danger", "worry", "blame"]),
        ({"since": date.max}, []),
        ({"rung": Rung.BLAME}, ["blame"]),
        ({"safety": True}, ["danger"]),
        ({"safety": False}, ["worry", "blame"]),
        ({"relapse": True}, []),
        ({"group": "south", "rung": Rung.CONCERN}, ["worry"]),
    ],
)
def test_filters(
    three: tuple[Review, int, dict[str, int]], given: dict[str, object], names: list[str]
) -> None:
    review, noor, found = three
    wanted = {k: found[v] if isinstance(v, str) and v in found else v for k, v in given.items()}
    page = review.sessions(noor, Filter(**wanted))  # type: ignore[arg-type]
    assert [row.session for row in page.rows] == [found[name] for name in names]
    assert page.total == len(names)
    assert review.every(noor, Filter(**wanted)) == [  # type: ignore[arg-type]
        found[name] for name in names
    ]


@pytest.mark.parametrize(
    ("sort", "descending", "names"),
    [
        (Sort.DATE, False, ["blame", "worry", "danger"]),
        (Sort.BEFORE, True, ["blame", "danger", "worry"]),
        (Sort.BEFORE, False, ["worry", "danger", "blame"]),
        (Sort.BLAME, True, ["blame", "danger", "worry"]),
        (Sort.GROUP, False, ["danger", "blame", "worry"]),
        (Sort.STATE, True, ["danger", "worry", "blame"]),
    ],
)
def test_sorting(
    three: tuple[Review, int, dict[str, int]], sort: Sort, descending: bool, names: list[str]
) -> None:
    review, noor, found = three
    page = review.sessions(noor, Filter(), sort, descending)
    assert [row.session for row in page.rows] == [found[name] for name in names]


def test_every_sort_leafs_through_all(three: tuple[Review, int, dict[str, int]]) -> None:
    review, noor, _ = three
    for sort in Sort:
        for descending in (True, False):
            seen = []
            for number in (1, 2, 3):
                page = review.sessions(noor, Filter(), sort, descending, number, size=1)
                assert (page.number, page.pages, page.total) == (number, 3, 3)
                seen += [row.session for row in page.rows]
            assert len(set(seen)) == 3
    assert review.sessions(noor, Filter(), number=99, size=1).number == 3
    assert review.sessions(noor, Filter(), number=-5, size=1).number == 1


def test_another_facilitator_sees_nothing(three: tuple[Review, int, dict[str, int]]) -> None:
    review, noor, found = three
    piet = Accounts(review.store).add("Piet", "een lang wachtwoord").id
    session = found["blame"]
    assert review.sessions(piet, Filter()).total == 0
    assert review.sessions(piet, Filter(group=found["south"])).total == 0
    assert review.search(piet, "sleutels", Filter()).page.total == 0
    assert review.row(piet, session) is None
    assert review_session.view(review.store, piet, session) is None
    assert group_figures.figures(review.store, piet, found["south"]) is None
    notes = Notes(review.store)
    view = review_session.view(review.store, noor, session)
    assert view
    turn = next(turn.id for turn in view.turns if turn.text)
    note = notes.add(noor, session, "Van Noor.")
    assert note and notes.correct(noor, turn, Rung.NEED, False, ())
    assert notes.add(piet, session, "Van Piet.") is None
    assert notes.correct(piet, turn, Rung.NEED, False, ()) is None
    assert not notes.change(piet, note.id, "Van Piet.")
    assert not notes.remove(piet, note.id)
    assert not notes.uncorrect(piet, turn)
    assert notes.of(noor, session) == [note]


# -- search ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "terms"),
    [
        ("rooster", [Term(("rooster",))]),
        ("Rooster ZORGEN", [Term(("rooster",)), Term(("zorgen",))]),
        ("reünie café", [Term(("reunie",)), Term(("cafe",))]),
        ('"de late dienst" rust', [Term(("de", "late", "dienst")), Term(("rust",))]),
        ("dienst*", [Term(("dienst",), True)]),
        ("OR NOT near(", [Term(("or",)), Term(("not",)), Term(("near",))]),
        ("text:geheim", [Term(("text", "geheim"))]),
        ("zo'n a-b", [Term(("zo", "n")), Term(("a", "b"))]),
        ("rust ! ?", [Term(("rust",))]),
        ("", None),
        ("   ", None),
        ("*", None),
        ("a*", None),
        ("die*nst", None),
        ('"niet dicht', None),
        ('""', None),
        ("!?", None),
        (" ".join(["woord"] * 13), None),
    ],
)
def test_what_is_typed_in_the_search_box(typed: str, terms: list[Term] | None) -> None:
    assert search_words.parse(typed) == (tuple(terms) if terms else None)


SAID = "Mijn zus wil de reünie in het café, en ik wil naar zee: 'NOT' nu."


@pytest.mark.parametrize(
    ("typed", "hits"),
    [
        ("reunie", ["reünie"]),
        ("REÜNIE cafe", ["reünie", "café"]),
        ('"het café"', ["het café"]),
        ('"café het"', None),
        ("wil", ["wil", "wil"]),
        ("reu*", ["reünie"]),
        ("eunie", None),
        ("zus strand", None),
        ("not", ["NOT"]),
        ("zus OR strand", None),
        ('zus") or ("strand', None),
    ],
)
def test_search_finds_words_and_marks_them(
    coach: Coach, typed: str, hits: list[str] | None
) -> None:
    noor, group = facilitator(coach)
    session = shared(coach, "tg:1", group, SAID)
    found = Review(coach.store).search(noor, typed, Filter())
    assert not found.fault and not found.capped
    if hits is None:
        assert found.page.rows == () and found.hits == {}
        return
    assert [row.session for row in found.page.rows] == [session]
    (hit,) = found.hits[session]
    assert [segment.text for segment in hit.segments if segment.hit] == hits
    assert "".join(segment.text for segment in hit.segments) == SAID
    turn = next(t for t in _view(coach, noor, session).turns if t.text == SAID)
    assert hit.turn == turn.id


@pytest.mark.parametrize(
    "typed", ['"', "a*", "***", '"een"twee"', "ro*ster", "'; drop table turns"]
)
def test_a_search_that_is_not_understood_says_so(coach: Coach, typed: str) -> None:
    noor, group = facilitator(coach)
    shared(coach, "tg:1", group, BLAME)
    found = Review(coach.store).search(noor, typed, Filter())
    assert found.page.rows == ()
    assert found.fault == (typed != "'; drop table turns")
    assert coach.store.db["turns"].count > 0


def test_search_obeys_the_filter(three: tuple[Review, int, dict[str, int]]) -> None:
    review, noor, found = three
    assert review.search(noor, "de", Filter()).page.total == 3
    page = review.search(noor, "de", Filter(group=found["south"]), Sort.BEFORE, False).page
    assert [row.session for row in page.rows] == [found["worry"], found["blame"]]
    assert review.every(noor, Filter(safety=True), "leven") == [found["danger"]]
    assert review.every(noor, Filter(safety=True), "sleutels") == []


def test_what_the_coach_says_is_not_searched(coach: Coach) -> None:
    noor, group = facilitator(coach)
    shared(coach, "tg:1", group, BLAME)
    assert Review(coach.store).search(noor, "programma", Filter()).page.total == 0


def test_a_long_message_is_cut_around_its_hit() -> None:
    text = f"{'eerst ' * 60}dan kwam de walnotenkast ter sprake {'en later ' * 60}"
    segments = search_words.snippet(text, (Term(("walnotenkast",)),))
    shown = "".join(segment.text for segment in segments)
    assert [s.text for s in segments if s.hit] == ["walnotenkast"]
    assert len(shown) < 300 and shown.startswith("… ") and shown.endswith(" …")
    assert shown.removeprefix("… ").removesuffix(" …") in text


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=60), st.text(max_size=200))
def test_no_search_breaks_the_marking(typed: str, text: str) -> None:
    terms = search_words.parse(typed)
    if terms:
        assert "".join(one.text for one in search_words.marked(text, terms)) == text
        assert search_words.snippet(text, terms) is not None


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=60))
def test_no_search_breaks_the_database(filled: Review, typed: str) -> None:
    found = filled.search(1, typed, Filter())
    assert found.fault or found.page.total in (0, 1)


@settings(max_examples=200, deadline=None)
@given(st.text(alphabet="aéiñşß2Ⅷ_-'’ \u0301ij中", min_size=1, max_size=30))
def test_the_marking_finds_what_the_index_finds(filled: Review, text: str) -> None:
    """Text is split into words in the same way as the index does it."""
    db = filled.db
    db.execute(
        "create virtual table if not exists temp.one using fts5"
        "(text, tokenize='unicode61 remove_diacritics 2')"
    )
    db.execute("delete from temp.one")
    db.execute("insert into temp.one values (?)", [text])
    for word in text.split():
        terms = search_words.parse(word)
        if terms:
            question = search_words.question(terms)
            rows = db.execute("select 1 from temp.one where one match ?", [question]).fetchall()
            assert bool(rows) == search_words.matches(text, terms), (text, terms)


@pytest.fixture(scope="module")
def filled(engine, language, tmp_path_factory):  # type: ignore[no-untyped-def]

    coach = Coach(engine, Store(tmp_path_factory.mktemp("search") / "coach.db"), language)
    noor, group = facilitator(coach)
    assert noor == 1
    shared(coach, "tg:1", group, BLAME)
    yield Review(coach.store)
    coach.store.close()


# -- a session, notes, corrections -----------------------------------------------------------


def test_the_page_of_a_session(coach: Coach) -> None:
    noor, group = facilitator(coach)
    session = shared(coach, "tg:1", group, BLAME, "ja", WORRY, degree="4")
    view = _view(coach, noor, session)
    assert [turn.text for turn in view.turns][:2] == ["", "ja"]
    told = next(turn for turn in view.turns if turn.text == BLAME)
    assert told.reading["blame_cues"] and told.reading["rung"] == "verwijt"
    worry = next(turn for turn in view.turns if turn.text == WORRY)
    assert worry.reading["emotions"] == ["bang"]
    assert all(word in WORRY for word in worry.reading["emotion_words"])
    assert view.remembered["ander"] == "je zus"
    assert view.temperatures.keys() == {"voor"}
    assert view.climb[-1] is Rung.CONCERN and len(view.climb) == view.row.length
    assert view.session.dialogue == "gesprek"
    assert view.attempts == () and view.spars == ()


def test_practice_of_that_day_goes_along_without_texts(coach: Coach) -> None:
    noor, group = facilitator(coach)
    session = shared(coach, "tg:1", group, BLAME)
    at = datetime.now(UTC)
    db = coach.store.db
    for user, when in (("tg:1", at), ("tg:1", at + timedelta(days=3)), ("tg:2", at)):
        db.execute("insert or ignore into users (id, since) values (?, '')", [user])
        db.execute(
            "insert into attempts (user, exercise, kind, at, tries, text, passed, rung)"
            " values (?, 'a1', 'verwijt', ?, 1, 'geheime zin', 1, 'behoefte')",
            [user, when.isoformat(timespec="milliseconds")],
        )
    db.conn.commit()
    view = _view(coach, noor, session)
    assert [(one.exercise, one.passed, one.rung) for one in view.attempts] == [
        ("a1", True, Rung.NEED)
    ]
    assert "geheime zin" not in repr(view)


def test_notes_of_a_session_and_of_a_turn(coach: Coach) -> None:
    noor, group = facilitator(coach)
    session = shared(coach, "tg:1", group, BLAME)
    other = shared(coach, "tg:2", group, NEED)
    notes = Notes(coach.store)
    turn = next(turn for turn in _view(coach, noor, session).turns if turn.text == BLAME)
    whole = notes.add(noor, session, "  Rustig beginnen.  ")
    about = notes.add(noor, session, "Mooi.", turn.id)
    assert whole and about and whole.text == "Rustig beginnen."
    view = _view(coach, noor, session)
    assert view.notes == (whole,) and view.row.notes == 2
    assert next(t for t in view.turns if t.id == turn.id).notes == (about,)
    for text in ("", "  ", "x" * (MAX_NOTE + 1)):
        assert notes.add(noor, session, text) is None
        assert not notes.change(noor, whole.id, text)
    assert notes.add(noor, other, "Verkeerde beurt.", turn.id) is None
    assert notes.add(noor, 999, "Bestaat niet.") is None
    assert notes.change(noor, whole.id, "Anders.")
    assert notes.remove(noor, about.id) and not notes.remove(noor, about.id)
    assert [note.text for note in notes.of(noor, session)] == ["Anders."]


def test_a_correction_stands_beside_the_reading(coach: Coach) -> None:
    noor, group = facilitator(coach)
    session = shared(coach, "tg:1", group, BLAME)
    opening, *turns = _view(coach, noor, session).turns
    turn = next(turn for turn in turns if turn.text == BLAME)
    notes = Notes(coach.store)
    assert notes.correct(noor, turn.id, Rung.BLAME, True, [Emotion.SAD])
    made = notes.correct(noor, turn.id, Rung.CONCERN, False, [Emotion.AFRAID, Emotion.ANGRY])
    assert made and made.emotions == (Emotion.ANGRY, Emotion.AFRAID)
    seen = next(t for t in _view(coach, noor, session).turns if t.id == turn.id)
    assert seen.correction == made
    assert seen.reading["rung"] == "verwijt"
    assert notes.correct(noor, opening.id, Rung.NEED, False, ()) is None, "nobody said that"
    assert notes.correct(noor, 999, Rung.NEED, False, ()) is None
    assert notes.uncorrect(noor, turn.id) and not notes.uncorrect(noor, turn.id)


# -- a group ---------------------------------------------------------------------------------


def test_nothing_is_shown_of_two_people(coach: Coach) -> None:
    noor, group = facilitator(coach)
    for user in ("tg:1", "tg:2", "tg:1"):
        shared(coach, user, group, BLAME)
    assert Consent(coach.store).join("tg:3", group.code)
    assert group_figures.figures(coach.store, noor, group.id) is None
    session = shared(coach, "tg:3", group, NEED)
    assert group_figures.figures(coach.store, noor, group.id)
    assert Consent(coach.store).withdraw("tg:3", session)
    assert group_figures.figures(coach.store, noor, group.id) is None


def test_the_figures_of_a_group(coach: Coach) -> None:
    noor, group = facilitator(coach)
    needs = ("Ik heb rust nodig.", "Ik wil rust in huis.", "Ik wil graag waardering.")
    for number, need in enumerate(needs):
        shared(coach, f"tg:{number}", group, BLAME, "ja", WORRY, "ja", need, "ja", degree="4")
    talk(coach, "tg:0", BLAME)
    figures = group_figures.figures(coach.store, noor, group.id)
    assert figures
    assert (figures.participants, figures.sessions) == (3, 3)
    assert figures.rungs[Rung.NEED] == 3 and sum(figures.rungs.values()) == 3
    assert figures.course[0] > figures.course[1] and figures.course[0] > figures.course[2]
    ((month, blame, sessions),) = figures.months
    assert (month, sessions) == (datetime.now(UTC).strftime("%Y-%m"), 3)
    rows = Review(coach.store).sessions(noor, Filter()).rows
    assert min(row.blame for row in rows) <= blame <= max(row.blame for row in rows)
    assert figures.needs == (("rust", 2),), "one person's need is not told"
    assert figures.moves == {} and figures.before == (0, 0, 0, 0)
    coach.store.db.execute("update shares set degree_before = 4, degree_after = 2")
    after = group_figures.figures(coach.store, noor, group.id)
    assert after and after.moves == {(4, 2): 3}
    assert (after.before, after.after) == ((0, 0, 0, 3), (0, 3, 0, 0))


def test_a_month_with_two_people_is_left_out(coach: Coach) -> None:
    noor, group = facilitator(coach)
    sessions = [shared(coach, f"tg:{number}", group, BLAME) for number in range(3)]
    backdate(coach.store, sessions[0], datetime(2026, 1, 5, tzinfo=UTC), random.Random(1))
    figures = group_figures.figures(coach.store, noor, group.id)
    assert figures and figures.sessions == 3 and figures.months == ()


def _view(coach: Coach, noor: int, session: int) -> review_session.SessionView:
    view = review_session.view(coach.store, noor, session)
    assert view
    return view


def test_the_bot_and_the_pages_write_at_the_same_time(coach: Coach) -> None:
    """Two connections write through each other; neither is told that the database is locked."""
    noor, group = facilitator(coach)
    session = shared(coach, "tg:1", group, BLAME)
    other = Store(coach.store.path)
    stop = threading.Event()

    def pages() -> int:
        count = 0
        while not stop.wait(0.001):
            note = Notes(other).add(noor, session, "Nog een.")
            assert note and Notes(other).remove(noor, note.id)
            count += 1
        return count

    with ThreadPoolExecutor(1) as pool:
        written = pool.submit(pages)
        try:
            for _ in range(40):
                coach.hear("tg:1", "ja")
        finally:
            stop.set()
        assert written.result(30) > 40
    other.close()
