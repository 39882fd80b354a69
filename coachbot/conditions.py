"""The names a dialogue author may write behind `when:` and `unless:`.

Each is a pure predicate of the session (before the move) and the reading. There are no
expressions: `when: [verwijt, boos]` means all of them, `unless: ja` means none of them.
"""

from __future__ import annotations

from collections.abc import Callable, Collection

from coachbot import drafts, intake
from coachbot.model import LADDER, Act, Emotion, Level, Reading, Rung, Safety, Session

Condition = Callable[[Session, Reading], bool]

#: What the coach keeps of a conversation; `remember:` may name these and no others.
SLOTS: tuple[str, ...] = (
    "ander",
    "onderwerp",
    "wanneer",
    "verteld",
    "temperatuur_voor",
    "temperatuur_na",
    "temperatuur_later",
    "standpunt",
    "verwijt",
    "gevoel",
    "zorg",
    "opbrengst",
    "betekenis",
    "behoefte",
    "voor_wie",
    "ander_standpunt",
    "ander_gevoel",
    "ander_behoefte",
    "toetsvraag",
    "samen",
    "voor_elkaar",
    "moment",
    "stap",
    "zekerheid",
    "hulp",
    "opening",
    "werkte",
    "gedaan",
)

#: A need is looked for at most this many times before the coach moves on with what there is.
PEELING_ROUNDS = 3
#: After this many tries at one sentence the coach offers to leave it as it is.
MANY_TRIES = 3
#: Gollwitzer's plans are kept when people believe in them; under 7 the step is made smaller.
CONFIDENT = 7
#: Where danger is only asked about; whoever comes back from there was safe after all.
ASKED = frozenset(("vraag_suicide", "vraag_ander", "vraag_geweld", "vraag_gevaar", "nog_een_keer"))
#: A question about the coach's own question has at most this many words.
SHORT_QUESTION = 12


def _rung(rung: Rung) -> Condition:
    return lambda session, reading: reading.rung is rung


def _act(act: Act) -> Condition:
    return lambda session, reading: reading.act is act


def _emotion(emotion: Emotion) -> Condition:
    return lambda session, reading: emotion in reading.emotions


def _safety(safety: Safety) -> Condition:
    return lambda session, reading: reading.safety is safety


def _in_words(reading: Reading) -> bool:
    """Is danger said in words? In answer to a direct question a mere hint says too little."""
    return reading.safety_certain or reading.safety_named


def overheard(
    said: Collection[str], reading: Reading, level: str | None, states: Collection[str]
) -> bool:
    """Is what sounds unsafe no reason to ask?

    Not where people look ahead or through the other's eyes (`level`), if it is a faint hint; and
    not where it was asked about before and denied, unless a word of danger stands in it. `said`:
    what was said in this conversation, `states`: those of the safety dialogue.
    """
    if reading.safety_faint and level == Level.INTENTION:
        return True
    before = {state for state in states if state in said}
    return bool(before) and before <= ASKED and not _in_words(reading)


def _named(safety: Safety) -> Condition:
    return lambda session, reading: reading.safety is safety and _in_words(reading)


def _question(topic: str) -> Condition:
    return lambda session, reading: reading.question == topic


def _knows(slot: str) -> Condition:
    return lambda session, reading: slot in session.memory


def _was(rung: Rung) -> Condition:
    return lambda session, reading: session.rung is rung


def _asked(session: Session, prefix: str) -> int:
    return sum(count for key, count in session.said.items() if key.startswith(prefix))


def _choice(place: int) -> Condition:
    return lambda session, reading: reading.choice == place


def _temperature(degree: int) -> Condition:
    return lambda session, reading: reading.number == degree


def _nothing_new(session: Session, reading: Reading) -> bool:
    return not reading.content - session.heard


def _at_least_need(session: Session, reading: Reading) -> bool:
    return LADDER.index(reading.rung) >= LADDER.index(Rung.NEED)


def _drafting(name: str) -> Condition:
    return lambda session, reading: name in reading.drafting


def _asks_back(session: Session, reading: Reading) -> bool:
    """A question about what the coach just asked; a longer one, or one about a person, is told."""
    return reading.asks and reading.words <= SHORT_QUESTION and not reading.situation.counterpart


CONDITIONS: dict[str, Condition] = {
    **{str(rung): _rung(rung) for rung in Rung},
    **{str(emotion): _emotion(emotion) for emotion in Emotion},
    **{str(act): _act(act) for act in Act},
    **{
        f"vraag_{topic}": _question(topic)
        for topic in ("robot", "uitleg", "waarom", "raad", "gegevens")
    },
    **{f"kent_{slot}": _knows(slot) for slot in SLOTS},
    **{f"keuze_{place}": _choice(place) for place in (1, 2, 3, 4)},
    **{f"temperatuur_{degree}": _temperature(degree) for degree in (1, 2, 3, 4)},
    **{str(safety): _safety(safety) for safety in Safety if safety is not Safety.NONE},
    "onveilig": lambda session, reading: reading.safety is not Safety.NONE,
    "noemt_onveilig": lambda session, reading: _in_words(reading),
    **{f"noemt_{kind}": _named(kind) for kind in Safety if kind is not Safety.NONE},
    "zeker_onveilig": lambda session, reading: reading.safety_certain,
    "ontkent": lambda session, reading: reading.denies,
    # A "no" with more behind it says what was meant.
    "legt_uit": lambda session, reading: (
        reading.denies or (reading.act is Act.NO and bool(reading.rest))
    ),
    "veilig": lambda session, reading: (
        reading.denies or (reading.act is Act.YES and not _in_words(reading))
    ),
    **{f"was_{rung}": _was(rung) for rung in Rung if rung is not Rung.NONE},
    "was_boos": lambda session, reading: Emotion.ANGRY in session.emotions,
    "blame": lambda session, reading: reading.blame,
    "belang": _at_least_need,
    "gevoel": lambda session, reading: bool(reading.emotions),
    "naar_gevoel": lambda session, reading: (
        bool(reading.emotions) and Emotion.GLAD not in reading.emotions
    ),
    "absoluut": lambda session, reading: bool(reading.absolutes),
    "begint_met_jij": lambda session, reading: (
        reading.text.lower().split()[:1] in (["jij"], ["je"], ["u"], ["jullie"], ["gij"], ["ge"])
    ),
    "getal": lambda session, reading: reading.number is not None,
    "zeker_genoeg": lambda session, reading: (
        reading.number is not None and reading.number >= CONFIDENT
    ),
    "moment": lambda session, reading: reading.has_moment,
    "stap": lambda session, reading: reading.has_step,
    "als_dan": lambda session, reading: reading.has_moment and reading.has_step,
    "meer_gezegd": lambda session, reading: bool(reading.rest),
    "een_woord": lambda session, reading: reading.words == 1,
    "kort": lambda session, reading: reading.words <= 2,
    "andere_taal": lambda session, reading: reading.language != "nl",
    "niets_nieuws": _nothing_new,
    "genoeg_gepeild": lambda session, reading: _asked(session, "peil_meer") >= PEELING_ROUNDS,
    "vaak_bevestigd": lambda session, reading: (
        _asked(session, "bevestig_behoefte") >= PEELING_ROUNDS
    ),
    "vaak_geprobeerd": lambda session, reading: (
        sum(session.said.get(state, 0) for state in drafts.TRIES) >= MANY_TRIES
    ),
    "vaak_cijfer": lambda session, reading: _asked(session, "zekerheid_omhoog") >= MANY_TRIES - 1,
    "gekozen": lambda session, reading: reading.number is not None,
    "noemt_ander": lambda session, reading: reading.situation.mentioned is not None,
    "noemt_onderwerp": lambda session, reading: reading.situation.topic is not None,
    "vertelt": lambda session, reading: intake.tells(reading),
    "vertelt_wat": lambda session, reading: intake.tells(reading) or "verteld" in session.memory,
    "noemt_moment": lambda session, reading: reading.situation.moment is not None,
    "cijfer": lambda session, reading: reading.number is not None and reading.words == 1,
    "over_ander": lambda session, reading: reading.opens_with_third,
    "vaak_hier": lambda session, reading: session.laps >= MANY_TRIES,
    "schone_opening": lambda session, reading: len(drafts.parts(reading)) == len(drafts.PARTS),
    "noemt_eigen": lambda session, reading: drafts.own(reading),
    "noemt_verzoek": lambda session, reading: drafts.request(reading),
    "aangevuld": lambda session, reading: reading.joined,
    "betere_zin": drafts.better,
    "nieuwe_zin": drafts.fresh,
    "losse_bijzin": lambda session, reading: drafts.bare_clause(reading),
    "houdt_zin": _drafting("keeps"),
    "wil_anders": lambda session, reading: reading.act is Act.NO or "refuses" in reading.drafting,
    "ergens_ja": lambda session, reading: reading.act is Act.YES or "agrees" in reading.drafting,
    "over_de_zin": _drafting("remark"),
    "geen_poging": lambda session, reading: drafts.no_attempt(reading),
    "bijna_gevraagd": lambda session, reading: bool(session.said.get("opening_bijna")),
    "vraagt_terug": _asks_back,
    "open_vraag": lambda session, reading: reading.asks_openly,
    "gaat_beter": lambda session, reading: reading.improved,
    "eerder_gemist": lambda session, reading: session.misses > 0,
}
