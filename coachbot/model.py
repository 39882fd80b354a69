"""The words the whole house shares: values that cross borders, without behaviour.

Names of values keep the Dutch term of the codebook (`Rung.BLAME == "verwijt"`), so that data,
dialogue files and database all speak the same language.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import StrEnum


class Level(StrEnum):
    """On what level the speaker talks."""

    CONTENT = "inhoud"
    EMOTION = "emotie"
    INTENTION = "intentie"


class Rung(StrEnum):
    """The ladder from standpoint to step; `NONE` is off the ladder."""

    NONE = "geen"
    POSITION = "standpunt"
    BLAME = "verwijt"
    CONCERN = "zorg"
    NEED = "behoefte"
    COMMITMENT = "commitment"
    ACTION = "inzet"


#: Rungs from low to high: "the highest rung clearly reached" compares places in this tuple.
LADDER: tuple[Rung, ...] = tuple(Rung)

LEVEL_OF: dict[Rung, Level | None] = {
    Rung.NONE: None,
    Rung.POSITION: Level.CONTENT,
    Rung.BLAME: Level.EMOTION,
    Rung.CONCERN: Level.EMOTION,
    Rung.NEED: Level.INTENTION,
    Rung.COMMITMENT: Level.INTENTION,
    Rung.ACTION: Level.INTENTION,
}


class Emotion(StrEnum):
    """The four feelings of the codebook."""

    ANGRY = "boos"
    SAD = "bedroefd"
    AFRAID = "bang"
    GLAD = "blij"


class Person(StrEnum):
    """Who acts or is described where the weight of the message lies."""

    OTHER = "jij"
    SELF = "ik"
    GROUP = "wij"
    NONE = "geen"


class Time(StrEnum):
    """Where the weight lies in time."""

    PAST = "verleden"
    PRESENT = "heden"
    FUTURE = "toekomst"


class Safety(StrEnum):
    """Is somebody in danger?"""

    NONE = "none"
    SUICIDE = "suicide"
    SUICIDE_OTHER = "suicide_other"
    VIOLENCE = "violence"
    DANGER = "danger"


class Act(StrEnum):
    """What the message does in the talk with the coach, whatever it says about the conflict."""

    TELL = "vertel"
    YES = "ja"
    NO = "nee"
    ALMOST = "bijna"
    UNSURE = "weet_niet"
    QUESTION = "vraag"
    GREETING = "groet"
    THANKS = "dank"
    ALREADY = "al_gezegd"
    SILENCE = "stilte"


@dataclass(frozen=True, slots=True)
class Reflection:
    """The person's own words as a Dutch subordinate clause, persons turned, without its opener."""

    clause: str
    confidence: float
    #: A sentence rehearsed for the other party ("Jij luistert nooit"): quoted, not turned.
    rehearsed: bool = False
    #: "dat" or "omdat" if it was said as a clause by itself, which fits behind that word only.
    opener: str = ""
    #: "hij altijd op tijd komt" / "hij nooit op tijd komt", for the peeling questions.
    always: str | None = None
    never: str | None = None
    #: "ze op tijd komt": what would be wished instead of what is blamed.
    wish: str | None = None


@dataclass(frozen=True, slots=True)
class Situation:
    """What a message says about the meeting ahead; each part is a phrase with persons turned."""

    counterpart: str | None = None
    #: Somebody who is named, maybe not the other party ("mijn man zegt dat …").
    mentioned: str | None = None
    topic: str | None = None
    moment: str | None = None
    #: Does a clause of it tell what is going on, beside with whom and when?
    tells: bool = False


@dataclass(frozen=True, slots=True)
class Reading:
    """Everything that is heard in one message; field for field what `codebook.md` labels.

    `blame_cues` and the `*_words` are stretches of `text`, copied to the letter.
    """

    text: str
    rung: Rung = Rung.NONE
    blame: bool = False
    blame_cues: tuple[str, ...] = ()
    emotions: tuple[Emotion, ...] = ()
    emotion_words: tuple[str, ...] = ()
    person: Person = Person.NONE
    time: Time = Time.PRESENT
    safety: Safety = Safety.NONE
    safety_certain: bool = False
    #: A word of danger stands in it, and no "no" stands against it.
    safety_named: bool = False
    #: Hardly more than a hint, and no word of danger stands in it.
    safety_faint: bool = False
    #: "zo bedoelde ik het niet": takes back what sounded unsafe.
    denies: bool = False
    language: str = "nl"
    reflection: Reflection | None = None
    #: A clause that stands by itself ("dat ik er alleen voor sta"), turned; no statement to mirror.
    answer: Reflection | None = None
    act: Act = Act.TELL
    #: The topic of a question to the coach ("robot", "uitleg", …); None when it is no question.
    question: str | None = None
    #: "dank" or "tot_ziens": words with which somebody takes leave, in a short message.
    closing: str | None = None
    #: Does it say that it is better than it was: "iets beter", "ik snap haar wat meer"?
    improved: bool = False
    #: How many heavy things it tells ("overleden", "ontslag"), whatever is felt about them.
    heavy: int = 0
    #: Is something asked, of whomever: "waarom?", "mag het ook zonder?"
    asks: bool = False
    #: What follows an opening yes or no: "nee, het gaat om mijn zus" -> "het gaat om mijn zus".
    rest: str = ""
    #: Does it carry the speaker's own feeling or need, and a request to the other?
    own: bool = False
    request: bool = False
    #: What it does to a first sentence in the making: names of `drafting` in `nlp/cues.yml`.
    drafting: frozenset[str] = frozenset()
    #: Was it put together from an attempt and what was missing in it?
    joined: bool = False
    #: Does it hold a question word ("vragen waar ze wakker van ligt")?
    asks_openly: bool = False
    #: Does it begin with the other ("Jij …", "U …")?
    opens_with_other: bool = False
    #: Does it begin with a third person ("Hij …", "Ze …")?
    opens_with_third: bool = False
    absolutes: tuple[str, ...] = ()
    #: The weightiest stretch of `text`, to the letter and short enough to quote.
    gist: str = ""
    number: int | None = None
    #: Which of the answers that were offered this is to the letter, counted from 1.
    choice: int | None = None
    situation: Situation = field(default_factory=Situation)
    #: Does it hold a moment ("als hij binnenkomt") and a step of one's own ("dan vraag ik …")?
    has_moment: bool = False
    has_step: bool = False
    #: Lower-case lemmas of the content words, for "is anything new said?".
    content: frozenset[str] = frozenset()
    words: int = 0

    def saying(self, kept: Remembered) -> Reading:
        """The same message with something that was said before in the place of its words."""
        return replace(
            self,
            act=Act.TELL,
            text=kept.text,
            gist=kept.gist,
            rung=kept.rung,
            reflection=kept.reflection,
            answer=None,
            rest="",
            words=len(kept.text.split()),
        )

    @property
    def level(self) -> Level | None:
        """The level that belongs to the rung; None off the ladder."""
        return LEVEL_OF[self.rung]


@dataclass(frozen=True, slots=True)
class Remembered:
    """A stretch of the conversation that is kept: the words, and the mirror made of them."""

    text: str
    reflection: Reflection | None = None
    #: Its weightiest sentence, for a quotation.
    gist: str = ""
    rung: Rung = Rung.NONE
    #: What it holds as a first sentence to the other ("schoon", "eigen", "verzoek").
    parts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Heard:
    """What a mirror is made of: the last thing that was told, kept until something else is."""

    text: str
    level: Level | None = None
    blame: bool = False
    emotions: tuple[Emotion, ...] = ()
    reflection: Reflection | None = None


@dataclass(slots=True)
class Session:
    """Where somebody is in a dialogue. The one mutable value; only the engine writes its copy."""

    dialogue: str
    state: str
    memory: dict[str, Remembered] = field(default_factory=dict)
    #: How often each thing was said, so that the next variant is chosen.
    said: dict[str, int] = field(default_factory=dict)
    misses: int = 0
    #: How often in a row the same state was asked.
    laps: int = 0
    skip_offered: bool = False
    #: (dialogue, state) to come back to after a detour, last one last.
    detours: list[tuple[str, str]] = field(default_factory=list)
    #: Lemmas heard since the peeling began, to notice that nothing new comes.
    heard: frozenset[str] = frozenset()
    mirrored: Heard | None = None
    #: The last rung on the ladder and the feelings that went with it, to lead on from.
    rung: Rung = Rung.NONE
    emotions: tuple[Emotion, ...] = ()
    paused: bool = False
    ended: bool = False
    #: The message that may have told of danger, until that is known.
    held: str = ""
    channel: str = "terminal"
    last_reply: tuple[str, ...] = ()

    def copy(self) -> Session:
        """The same, with collections of its own."""
        memory, said, detours = dict(self.memory), dict(self.said), list(self.detours)
        return replace(self, memory=memory, said=said, detours=detours)


@dataclass(frozen=True, slots=True)
class Reply:
    """What goes out: 1-3 lines, the answers that can be chosen, and whether to show the card."""

    lines: tuple[str, ...]
    options: tuple[str, ...] = ()
    card: bool = False
    ended: bool = False
    level: Level | None = None
    rung: Rung = Rung.NONE


@dataclass(frozen=True, slots=True)
class Turn:
    """One exchange: what was heard, where it led, what was said. Recorded before it is sent."""

    before: Session
    after: Session
    reading: Reading
    reply: Reply
    #: "state#2": which option of which state was taken; commands and asides by their name.
    taken: str
    undo: bool = False
