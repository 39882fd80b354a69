"""The fields of a main clause: front, finite verb, middle, and what stands behind them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from coachbot.nlp.mirrorwords import Unsure, Word, listed
from coachbot.nlp.units import Unit
from coachbot.nlp.verbforms import lemma


@dataclass(slots=True)
class Fields:
    front: list[Word]
    verb: Word
    middle: list[Word]
    post: list[Word]
    #: An adverbial clause that stood in front, with its commas stripped.
    fronted: list[Word]
    doubts: set[str]


def fields_of(unit: Unit) -> Fields:
    end = len(unit.words) if unit.loose is None else unit.loose
    verb = unit.words[unit.verb]
    front, fronted, doubts = _front(unit)
    start = next((s for s, _ in unit.clauses if s > unit.verb), end)
    start = min(start, end)
    middle, post = unit.words[unit.verb + 1 : start], unit.words[start:end]
    if unit.loose is not None:
        doubts.add("loose")
        if any(w.verbal for w in unit.words[end:]):
            raise Unsure("verbs behind a comma")
    opens = bool(post) and post[0].kind == "sub" and post[0].low != "dat"
    if opens and len(middle) > 1 and middle[-1].low in listed("clause_focus"):
        post = [middle[-1], *post]
        middle = middle[:-1]
    while middle and middle[-1].low == ",":
        post = [middle[-1], *post]
        middle = middle[:-1]
    if any(w.low == "," for w in middle):
        doubts.add("list")
    if _stray(post) or _stray_te(post, verb):
        raise Unsure("stray verb behind a clause")
    return Fields(front, verb, list(middle), list(post), fronted, doubts)


def _front(unit: Unit) -> tuple[list[Word], list[Word], set[str]]:
    """What stands before the verb, and apart from it an adverbial clause."""
    front = unit.words[: unit.verb]
    before = [(s, e) for s, e in unit.clauses if s < unit.verb]
    for place, word in enumerate(front[:-1]):
        if word.kind == "co" and front[place + 1].kind in ("adv", "er", "prep"):
            raise Unsure("two things in front")
    if before and before[0][0] == 1 and front[0].kind == "adv":
        raise Unsure("adverb and clause in front")
    doubts: set[str] = set()
    if before and before[0][0] == 0:
        _start, end = before[0]
        opener = front[0]
        clause = [w for w in front[:end]]
        rest = [w for w in front[end:] if w.low not in (",", "dan")]
        if opener.kind in ("wh", "rel"):
            if rest:
                raise Unsure("dislocated clause")
            if clause and clause[-1].low == ",":
                clause = clause[:-1]
            return clause, [], {"free relative"}
        if opener.low == "dat":
            raise Unsure("subject clause")
        if rest:
            raise Unsure("two things in front")
        while clause and clause[-1].low in (",", "dan", "daar"):
            clause.pop()
        _check_fronted(clause)
        return [], clause, {"fronted clause"}
    if any(w.low == "," for w in front) and (not before or front[-1].low != ","):
        raise Unsure("comma in front")
    inside = {p for s, e in before for p in range(s, e)}
    for place, word in enumerate(front):
        called = word.low in listed("only_subject") and 0 < place < len(front) - 1
        if place not in inside and called:
            raise Unsure("two subjects")
        if place not in inside and (word.verbal or word.kind == "wh"):
            raise Unsure("verb or question in front")
    _check_behind_clause(front, inside)
    front = [w for w in front if w.low != ","]
    return list(front), [], doubts


def _check_behind_clause(front: Sequence[Word], inside: set[int]) -> None:
    """Behind a relative clause in front only a phrase may follow before the verb."""
    last = max((p for p in inside if p < len(front) and front[p].finite), default=None)
    if last is None:
        return
    behind = [w for w in front[last + 1 :] if w.low != "," and not w.verbal]
    if behind and behind[0].kind != "prep":
        raise Unsure("words behind a clause in front")


def _check_fronted(clause: Sequence[Word]) -> None:
    """A subject behind the verb of a fronted clause: the main clause has begun unseen."""
    last = max((i for i, w in enumerate(clause) if w.finite), default=len(clause))
    if any(w.low in listed("only_subject") for w in clause[last + 1 :]):
        raise Unsure("clause runs on")


def _stray(words: Sequence[Word]) -> bool:
    """A participle or infinitive that no verb in the embedded clauses asks for."""
    cluster = False
    for place, word in enumerate(words):
        before = words[place - 1] if place else None
        after = words[place + 1] if place + 1 < len(words) else None
        if word.finite:
            cluster = lemma(word) in _takers()
            if not cluster and after is not None and after.kind in ("vd", "inf"):
                return True
        elif word.kind in ("vd", "inf"):
            near = before is not None and (before.finite or before.verbal or before.kind == "co")
            ahead = any(w.finite or w.kind == "te" for w in words[place:])
            if near or ahead or (before is not None and before.kind == "prep"):
                continue
            return True
    return False


def _stray_te(post: Sequence[Word], verb: Word) -> bool:
    """`hij hoort de afspraak die hij maakt na te komen`: the infinitive is the main verb's."""
    if lemma(verb) not in listed("before_te") or not any(w.kind == "te" for w in post):
        return False
    place = next(i for i, w in enumerate(post) if w.kind == "te")
    if any(w.low in listed("te_openers") for w in post[:place]):
        return False
    last = next((w for w in reversed(post[:place]) if w.finite), None)
    return last is None or lemma(last) not in listed("before_te") | listed("after_te")


def _takers() -> frozenset[str]:
    return (
        listed("auxiliaries")
        | listed("before_infinitive")
        | listed("before_te")
        | listed("after_te")
    )
