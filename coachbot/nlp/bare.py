"""A clause that stands by itself, as people answer: `dat ik er straks alleen voor sta`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from coachbot.nlp import units
from coachbot.nlp.mirrorwords import Unsure, Word, listed
from coachbot.nlp.persons import PLURAL, SINGULAR
from coachbot.nlp.subject import SURE
from coachbot.nlp.subordinate import Clause
from coachbot.nlp.units import Unit

#: What such a clause begins with.
OPENERS = frozenset({"dat", "omdat"})


def opened(sentence: Sequence[Word]) -> list[Word]:
    """The sentence from its opener on ("gewoon dat we …"), if it begins as an embedded clause."""
    start = 1 if sentence and sentence[0].low in listed("before_bare") else 0
    rest = list(sentence[start:])
    begins = len(rest) > 2 and rest[0].low in OPENERS and rest[0].kind == "sub"
    return rest if begins and not rest[1].finite else []


def clause(sentence: Sequence[Word]) -> tuple[Unit, Clause]:
    """The clause behind its opener; raises Unsure when a main clause follows or no end is found."""
    found = units.units(_with_finite(sentence))
    if len(found) != 1 or found[0].verb >= 0 or found[0].doubts:
        raise Unsure("not by itself")
    words = list(found[0].words)[1:]
    place = _closing(words)
    subject = _subject(words[:place])
    built = Clause(
        subject, words[:place], [words[place]], words[place + 1 :], words[place], doubts={SURE}
    )
    return Unit("", words, place), built


def _with_finite(sentence: Sequence[Word]) -> list[Word]:
    """`dat we weer kunnen praten`: there is a finite verb in it, so without another one the first
    "infinitive" of the verbs at the end is it.
    """
    heard = list(sentence)
    if any(word.finite for word in heard):
        return heard
    first = len(heard)
    while first and heard[first - 1].kind in ("inf", "vd"):
        first -= 1
    for place in range(first, len(heard)):
        if heard[place].kind == "inf" and heard[first - 1].kind != "te":
            plural = replace(heard[place], tag="WW(pv,tgw,mv)", kind="pv", plural=True)
            return [*heard[:place], plural, *heard[place + 1 :]]
    return heard


def _closing(words: Sequence[Word]) -> int:
    """The place of the finite verb that belongs to the opener; inner clauses close theirs first."""
    waiting = 1
    for place, word in enumerate(words):
        if word.kind in ("sub", "rel", "wh") and any(w.finite for w in words[place:]):
            waiting += 1
        elif word.finite:
            waiting -= 1
            if not waiting:
                return place
    raise Unsure("no finite verb")


def _subject(before: Sequence[Word]) -> list[Word]:
    """The pronoun that the verb goes with; who or what else it is does not matter for turning."""
    for place, word in enumerate(before):
        if word.kind in ("sub", "rel", "wh"):
            break
        if word.low in SINGULAR | PLURAL:
            joined = place > 0 and before[place - 1].low == "en"
            return list(before[: place + 1]) if joined else [word]
    first = before[:1]
    return list(first) if first and first[0].low in listed("nominative") else []
