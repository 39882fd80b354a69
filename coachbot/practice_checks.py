"""The names an exercise may write behind `needs:`: what an answer must be or must not hold.

Each check looks at the reading and at the signals of `oefenen/zinnen.yml`, and gives the words of
the answer that decided, copied to the letter.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import TYPE_CHECKING

from coachbot.model import LADDER, Emotion, Reading, Rung, Time
from coachbot.nlp import cues

if TYPE_CHECKING:
    from coachbot.practice import Exercise

Signals = Mapping[str, re.Pattern[str]]

#: An answer shorter than this is no sentence.
MIN_WORDS = 4
#: Share of the words that two sentences have in common before one is a copy of the other.
COPY = 0.75
#: Two words are one word in another form when they begin with so many of the same letters, and
#: with this share of the shorter one.
STEM, STEM_SHARE = 4, 0.6
#: A cue of blame of more words than this does not point at anything.
POINTED = 6
#: A word such as "geen" rules out a choice that comes at most so many words later.
CANCELS = 3
#: From so many words on an answer tells something, and its pronouns have somebody to point at.
TOLD = 11
#: A word is read as a choice when it is this much like it ("emotei").
ALIKE = 0.8


@dataclass(frozen=True, slots=True)
class Finding:
    """Did the answer pass, and which of its words decided ("" when none can be pointed at)?"""

    ok: bool
    words: str = ""


@dataclass(frozen=True, slots=True)
class Case:
    """An answer beside the exercise it is for."""

    exercise: Exercise
    reading: Reading
    signals: Signals
    stop: frozenset[str]
    #: Words that belong to each world.
    matter: Signals

    def signal(self, name: str) -> str:
        """The first words of the answer that give this move away; "" when there are none."""
        return self._first(self.signals[name])

    def of_the_world(self) -> str:
        """The first word of the answer that belongs to the world of the exercise, or points back
        at what was said in it; "" when there is none.

        In an answer of some length "je" or "ze" points back as well: it names nobody else.
        """
        world = self.matter.get(self.exercise.world)
        found = (self._first(world) if world else "") or self.signal("verwijst")
        told = len(tokens(self.reading.text)) >= TOLD
        return found or (self.signal("ander") if told else "")

    def _first(self, pattern: re.Pattern[str]) -> str:
        normalised = cues.normalise(self.reading.text, {})
        found = next(cues.find(pattern, normalised), None)
        return self.reading.text[found.start : found.end] if found else ""


Check = Callable[[Case], Finding]


def tokens(text: str) -> list[str]:
    """The lower-case words of a text."""
    return re.findall(r"[^\W_]+", text.lower())


def kin(a: str, b: str) -> bool:
    """Is one word another form of the other, or part of its compound?"""
    if a == b:
        return True
    short, long = sorted((a, b), key=len)
    if len(short) > STEM and short in long:
        return True
    same = next((i for i, (x, y) in enumerate(zip(a, b, strict=False)) if x != y), len(short))
    return same >= max(STEM, round(STEM_SHARE * len(short)))


def _choice(case: Case) -> Finding:
    """The choice that is named last, typing errors and all; "geen emotie" names none.

    Of two choices the one that is left counts as named, and so does a place ("het eerste").
    """
    normalised = cues.normalise(case.reading.text, {})
    choices = list(case.exercise.choices)
    picked, dropped = _named(case)
    if not picked and dropped and len(choices) == len(set(dropped)) + 1:
        picked = [name for name in choices if name not in dropped]
    if not picked:
        picked = [choices[place] for place in _places(case) if place < len(choices)]
    torn = len(set(picked)) > 1 and bool(next(cues.find(case.signals["open"], normalised), None))
    right = bool(picked) and picked[-1] == case.exercise.answer and not torn
    return Finding(right, "")


#: Signals of a place in the list of choices; the last of them is the last place.
_PLACES = {"eerste": 0, "tweede": 1, "derde": 2, "laatste": -1}


def _places(case: Case) -> list[int]:
    """The first place that is named; a question of two may not be answered with the third."""
    return [place for name, place in _PLACES.items() if case.signal(name)][:1]


def _named(case: Case) -> tuple[list[str], list[str]]:
    """The choices that are named, in order, and those that are named to be ruled out."""
    options = {w: name for name, listed in case.exercise.choices.items() for w in listed}
    picked: list[str] = []
    dropped: list[str] = []
    for clause in re.split(r"[,.;:!?]", case.reading.text):
        since: list[str] = []
        for word in tokens(clause):
            near = get_close_matches(word, options, 1, ALIKE) if len(word) > 1 else [word]
            if near and near[0] in options:
                cancelled = _has(case, "cancel", since[-CANCELS:])
                (dropped if cancelled else picked).append(options[near[0]])
                since = []
            else:
                since.append(word)
    return picked, dropped


def _has(case: Case, name: str, words: list[str]) -> bool:
    return any(cues.find(case.signals[name], cues.normalise(" ".join(words), {})))


def _long_enough(case: Case) -> Finding:
    return Finding(len(tokens(case.reading.text)) >= MIN_WORDS)


def _own_words(case: Case) -> Finding:
    """Not the sentence of the exercise again, give or take a word."""
    prompt, said = set(tokens(case.exercise.prompt)), set(tokens(case.reading.text))
    if not said:
        return Finding(False)
    shared = len(prompt & said)
    return Finding(shared / max(len(prompt), len(said)) < COPY)


def _same_matter(case: Case) -> Finding:
    """Is the content still there: a word of the exercise, of its `about`, its example or world?"""
    low = case.reading.text.lower()
    for phrase in case.exercise.about:
        found = re.search(rf"(?<!\w){re.escape(phrase)}", low)
        if found:
            return Finding(True, _word_at(case.reading.text, found.start(), found.end()))
    matter = {
        w
        for w in tokens(f"{case.exercise.prompt} {case.exercise.example}")
        if len(w) > 2 and w not in case.stop
    } | {w for phrase in case.exercise.about for w in tokens(phrase) if w not in case.stop}
    for found in re.finditer(r"[^\W_]+", low):
        word = found.group()
        if len(word) > 2 and word not in case.stop and any(kin(word, w) for w in matter):
            return Finding(True, case.reading.text[found.start() : found.end()])
    words = case.of_the_world()
    return Finding(bool(words), words)


def _word_at(text: str, start: int, end: int) -> str:
    rest = re.match(r"\w*", text[end:])
    return text[start : end + (rest.end() if rest else 0)]


def _no_blame(case: Case) -> Finding:
    """No fault with anybody, also not dressed as a wish ("dat je eindelijk eens meehelpt").

    Above blame on the ladder only plain words of blame count: the trained reading hears many a
    friendly "je" as blame, because people mostly write it when they are angry.
    """
    sneer = case.signal("sneer")
    if sneer:
        return Finding(False, sneer)
    high = LADDER.index(case.reading.rung) > LADDER.index(Rung.BLAME)
    if not case.reading.blame or high:
        return Finding(True)
    sharp = _sharp(case)
    if sharp:
        return Finding(False, sharp)
    own = any(case.signal(name) for name in ("eigen", "zorg", "behoefte"))
    vague = not own and bool(case.signal("ander"))
    return Finding(not vague, case.reading.text if vague else "")


def _sharp(case: Case) -> str:
    """The first cue of blame that points at something; "" when there is none.

    One that is the whole message, or most of a long one, says that it is angry and not by what.
    """
    longest = min(len(tokens(case.reading.text)) - 1, POINTED)
    return next((c for c in case.reading.blame_cues if len(tokens(c)) <= longest), "")


def _no_absolutes(case: Case) -> Finding:
    mild = cues.normalise(" ".join(case.reading.absolutes), {})
    harmless = {found.words for found in cues.find(case.signals["mild"], mild)}
    found = [word for word in case.reading.absolutes if word.lower() not in harmless]
    return Finding(not found, found[0] if found else "")


def _not_other_first(case: Case) -> Finding:
    words = case.reading.text.split()
    return Finding(not case.reading.opens_with_other, words[0] if words else "")


def _signal(name: str) -> Check:
    def check(case: Case) -> Finding:
        words = case.signal(name)
        return Finding(bool(words), words)

    return check


def _without(name: str) -> Check:
    def check(case: Case) -> Finding:
        words = case.signal(name)
        return Finding(not words, words)

    return check


def _reaches(name: str) -> Check:
    """The rung of need or higher, or a signal of this move."""

    def check(case: Case) -> Finding:
        words = case.signal(name) or case.signal("behoefte")
        high = LADDER.index(case.reading.rung) >= LADDER.index(Rung.NEED)
        return Finding(bool(words) or high, words)

    return check


def _concern(case: Case) -> Finding:
    vulnerable = {Emotion.SAD, Emotion.AFRAID} & set(case.reading.emotions)
    words = case.signal("zorg")
    if not words and vulnerable and case.reading.emotion_words:
        words = case.reading.emotion_words[0]
    return Finding(bool(words or vulnerable), words)


def _mirror(case: Case) -> Finding:
    """A stem that gives back ("ik hoor dat"), or the other's words as a question to the other."""
    words = case.signal("spiegel")
    first = tokens(case.reading.text)[:1]
    asked = bool(case.signal("jij_vorm")) and "?" in case.reading.text
    asked = asked and not (_has(case, "ik", first) and case.signal("raad"))
    return Finding(bool(words) or (asked and not case.signal("sneer")), words)


def _own(case: Case) -> Finding:
    words = case.signal("eigen") or case.signal("zorg") or case.signal("behoefte")
    return Finding(bool(words) or (case.reading.own and bool(case.signal("ik"))), words)


def _request(case: Case) -> Finding:
    words = case.signal("verzoek")
    return Finding(bool(words) or case.reading.text.rstrip().endswith("?"), words)


def _question(case: Case) -> Finding:
    """A question where one was asked: the last sentence that ends in a question mark."""
    found = re.findall(r"[^.?!,;]*\?", case.reading.text)
    words = found[-1].strip() if found else ""
    asks = bool(words) and len(tokens(words)) > 1
    told = case.signal("vraag") if not asks else ""
    return Finding(asks or told.lower().startswith(("vertel", "kun", "wil")), words or told)


def _observation(case: Case) -> Finding:
    """Something that can be seen or counted, and no opinion."""
    fact = case.signal("feit") or next(iter(re.findall(r"\d[\d.:]*", case.reading.text)), "")
    opinion = case.signal("mening")
    past = case.reading.time is Time.PAST
    return Finding(bool(fact or past) and not opinion and not case.signal("sneer"), fact)


CHECKS: dict[str, Check] = {
    "keuze": _choice,
    "lang_genoeg": _long_enough,
    "eigen_woorden": _own_words,
    "zelfde_zaak": _same_matter,
    "geen_verwijt": _no_blame,
    "geen_absoluut": _no_absolutes,
    "niet_jij_eerst": _not_other_first,
    "ik_vorm": _signal("ik"),
    "wens": _reaches("wens"),
    "belang": _reaches("belang"),
    "behoefte": _reaches("behoefte"),
    "zorg": _concern,
    "spiegel": _mirror,
    "geen_raad": _without("raad"),
    "vraag": _question,
    "eigen": _own,
    "verzoek": _request,
    "waarneming": _observation,
}
