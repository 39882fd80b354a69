"""The mirror: what somebody said, as the clause that follows "ik hoor dat", persons turned.

Everything here is pure. A clause is given only when its grammar is certain; otherwise None, and
the coach quotes or asks instead.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from spacy.tokens import Doc, Span

from coachbot.model import Reflection
from coachbot.nlp import bare, guard, persons, units, wishes
from coachbot.nlp.mirrorwords import ENDS, QUOTES, Unsure, Word, data, listed, phrases, words
from coachbot.nlp.repair import repaired
from coachbot.nlp.subordinate import Clause, subordinate
from coachbot.nlp.units import Unit
from coachbot.nlp.verbforms import lemma

#: What comes back has at most this many words.
MOST_WORDS = 18
#: With a noun for a subject, a clause of fewer words may be no sentence at all.
SHORTEST = 3
#: A mirror that is trusted less than this is not given.
THRESHOLD = 0.75
#: Two clauses in one are trusted a little less than either.
JOINED = 0.95
#: In a message of more words than this, half a sentence may stand for all of it.
LONG = 28
#: Longer messages are read up to here (in tokens); a mirror needs no more.
MOST_TOKENS = 700

Weigh = Callable[[Span], float]


@dataclass(frozen=True, slots=True)
class Candidate:
    """A clause that could be given back, where it came from, and how sure we are of it."""

    text: str
    confidence: float
    weight: float
    clause: Clause | None = None
    rehearsed: bool = False


def reflect(doc: Doc, weights: Weigh | None = None) -> Reflection | None:
    """The clause that matters most in a message, or None when none can be trusted.

    `weights` says how much a stretch of the message matters; without it words of need, feeling
    and blame decide. Never raises; time is linear in the message.
    """
    best: Candidate | None = None
    for candidate in candidates(doc, weights):
        if candidate.confidence < THRESHOLD:
            continue
        if best is None or candidate.weight > best.weight:
            best = candidate
    if best is None:
        return None
    if best.rehearsed or best.clause is None:
        return Reflection(best.text, best.confidence, rehearsed=True)
    always, never, wish = wishes.variants(best.clause)
    return Reflection(best.text, best.confidence, always=always, never=never, wish=wish)


def answer(doc: Doc) -> Reflection | None:
    """A message that is one clause by itself (`dat ik er alleen voor sta`), persons turned.

    It fits behind its own opener only, so it is no mirror of a statement.
    """
    heard = [w for w in words(doc[:MOST_TOKENS].as_doc() if len(doc) > MOST_TOKENS else doc)]
    told = [(sentence, sign) for sentence, sign in sentences(heard) if sentence]
    if len(told) != 1 or told[0][1] == "?":
        return None
    alone = bare.opened(told[0][0])
    if not alone or _addresses(alone):
        return None
    try:
        unit, clause = bare.clause(repaired(alone))
        turned = persons.turn(clause.words, clause.subject, clause.finite)
        confidence = guard.confidence(clause, turned, unit, clause.subject)
    except Unsure:
        return None
    text = guard.text(turned, clause)
    if not _short(text):
        # What was told last is what it came to.
        text = text.rsplit(f" en {alone[0].low} ", 1)[-1]
    if confidence < THRESHOLD or not _short(text):
        return None
    return Reflection(text, confidence, opener=alone[0].low)


def candidates(doc: Doc, weights: Weigh | None = None) -> Iterator[Candidate]:
    """Every clause of the message that can be turned, or quoted as rehearsed."""
    heard = [w for w in words(doc[:MOST_TOKENS].as_doc() if len(doc) > MOST_TOKENS else doc)]
    long = len(heard) > LONG
    addressed = any(w.low in listed("second_person") for w in heard)
    for sentence, sign in sentences(heard):
        if sign == "?" or not sentence or (sign == ":" and _announces(sentence)):
            continue
        if _addresses(sentence):
            if bare.opened(sentence):
                continue
            yield from _rehearsed(doc, sentence, addressed, weights)
        else:
            yield from _turned(doc, sentence, long, weights)


def _addresses(sentence: Sequence[Word]) -> bool:
    second = listed("second_person") | listed("second_reduced")
    return any(w.low in second for w in sentence)


def _announces(sentence: Sequence[Word]) -> bool:
    """Before a colon: `ik denk soms: ...` is only half of what is said."""
    return any(
        (w.finite or w.verbal)
        and (lemma(w) in listed("announcing") or w.lemma in listed("announcing"))
        for w in sentence
    )


def sentences(heard: Sequence[Word]) -> Iterator[tuple[list[Word], str]]:
    """Sentences without their closing sign, and that sign; what is in brackets is left out."""
    current: list[Word] = []
    depth = 0
    for word in heard:
        if word.low in ("(", ")"):
            depth = max(0, depth + (1 if word.low == "(" else -1))
        elif depth:
            continue
        elif word.kind == "punct" and word.text[0] in ENDS:
            yield stripped(current), "?" if "?" in word.text else word.text
            current = []
        else:
            current.append(word)
    yield stripped(current), ""


def stripped(sentence: list[Word]) -> list[Word]:
    """Without opening and closing words that carry nothing, and the commas around them."""
    kept = list(sentence)
    changed = True
    while changed and kept:
        changed = False
        if kept[0].low == ",":
            kept, changed = kept[1:], True
            continue
        if kept[-1].low == ",":
            kept, changed = kept[:-1], True
            continue
        size = _opener(kept)
        if size:
            kept, changed = kept[size:], True
            continue
        size = _closer(kept)
        if size:
            kept, changed = kept[:-size], True
    return kept


def _opener(kept: Sequence[Word]) -> int:
    lows = [w.low for w in kept[:4]]
    for phrase in phrases("openers"):
        size = len(phrase)
        if tuple(lows[:size]) != phrase or size >= len(kept):
            continue
        after = kept[size]
        if after.finite and phrase[0] in listed("openers_or_adverbs"):
            return 0
        if after.low != "," and phrase[-1] in listed("openers_need_comma"):
            continue
        if after.low == "," or phrase[0] not in listed("adverbs_when_fronted"):
            return size
    return 0


def _closer(kept: Sequence[Word]) -> int:
    lows = [w.low for w in kept[-3:]]
    for phrase in phrases("closers"):
        size = len(phrase)
        if tuple(lows[-size:]) == phrase and len(kept) > size + 1:
            if phrase[0] == "punt" and (kept[-size - 1].verbal or kept[-size - 1].finite):
                return size
            if kept[-size - 1].low == "," or phrase[0] in listed("closers_always"):
                return size
    return 0


# --------------------------------------------------------------------------- turned clauses


@dataclass(frozen=True, slots=True)
class _Built:
    """One main clause as a subordinate clause, persons turned."""

    clause: Clause
    text: str
    confidence: float
    weight: float
    #: Has it a subject of its own, or does it share the one before?
    own: bool


def _turned(
    doc: Doc, sentence: list[Word], long: bool, weights: Weigh | None
) -> Iterator[Candidate]:
    if any(w.text[0] in QUOTES for w in sentence) or sentence[0].low in listed("hortative"):
        return
    if sentence[0].kind == "wh" and len(sentence) > 1 and sentence[1].finite:
        return
    parts = units.units(repaired(sentence))
    results = list(_build_all(doc, parts, weights))
    for place, built in enumerate(results):
        if built is None or _cut_short(parts, results, place):
            continue
        if _points_back(parts[place]):
            continue
        first = results[place - 1] if place else None
        joiner = parts[place].joiner
        points = first is not None and _points_back(parts[place - 1])
        if first is not None and joiner in ("en", "maar") and not points:
            text = guard.join(first.text, joiner, built.text, built.own)
            if _short(text):
                confidence = min(built.confidence, first.confidence) * JOINED
                weight = max(built.weight, first.weight) + 0.3
                yield Candidate(text, confidence, weight, first.clause)
                continue
        if joiner == "want":
            continue
        if built.own and _short(built.text) and (long or _alone(parts, results, place)):
            yield Candidate(built.text, built.confidence, built.weight, built.clause)


def _points_back(unit: Unit) -> bool:
    """`..., dat doet pijn`: says nothing without what was said before it."""
    return unit.joiner == "," and unit.words[0].low in listed("pointing")


def _build_all(doc: Doc, units: Sequence[Unit], weights: Weigh | None) -> Iterator[_Built | None]:
    """Each unit built, or None where it cannot be turned with certainty."""
    previous: _Built | None = None
    for unit in units:
        try:
            built = _build(doc, unit, previous, weights)
        except Unsure:
            built = None
        yield built
        previous = built if built is not None and built.own else None


def _cut_short(units: Sequence[Unit], results: Sequence[_Built | None], place: int) -> bool:
    """Is what follows joined to this clause, and not understood?"""
    if place + 1 >= len(units):
        return False
    return units[place + 1].joiner in ("en", "maar", "?") and results[place + 1] is None


def _alone(units: Sequence[Unit], results: Sequence[_Built | None], place: int) -> bool:
    """May a clause stand for its sentence? Not when the half that it is joined to is left out."""
    if units[place].joiner not in ("", ","):
        return False
    after = units[place + 1] if place + 1 < len(units) else None
    if after is not None and after.joiner == "," and after.words[0].low == "daar":
        return False
    return after is None or after.joiner in (",", "want")


def _short(text: str) -> bool:
    return 2 <= len(text.split()) <= MOST_WORDS


def _build(doc: Doc, unit: Unit, previous: _Built | None, weights: Weigh | None) -> _Built:
    """Raises Unsure when the unit cannot be turned with certainty."""
    shared: list[Word] = []
    if unit.verb == 0:
        if previous is not None and unit.joiner in ("en", "maar"):
            shared = previous.clause.subject
            ordered = unit.words[0].low in listed("hortative")
            if ordered or not shared or shared[0].low in ("er", "het"):
                raise Unsure("whose verb")
        else:
            unit = _with_ik(unit)
    elif unit.joiner == "?":
        raise Unsure("joined clause")
    clause = subordinate(unit, shared)
    if len(clause.words) < SHORTEST and clause.subject and clause.subject[0].kind == "noun":
        raise Unsure("a heading")  # `Zaken doen.`
    turned = persons.turn(clause.words, clause.subject or shared, clause.finite)
    text = guard.text(turned, clause)
    confidence = guard.confidence(clause, turned, unit, clause.subject or shared)
    own = bool(clause.subject) or (not shared and unit.joiner in ("", ","))
    return _Built(clause, text, confidence, _weight(doc, unit, weights), own)


def _with_ik(unit: Unit) -> Unit:
    """A sentence that leaves out "ik" gets it back; raises Unsure where another may be meant."""
    first = unit.words[0]
    following = unit.words[1] if len(unit.words) > 1 else None
    if first.low not in listed("dropped_ik") or following is None:
        raise Unsure("verb first")
    if following.low in listed("nominative") and not _object_behind(following):
        raise Unsure("verb first")
    if first.low in listed("dropped_with_me") and following.low != "me":
        raise Unsure("who is it")
    subject = Word("ik", data()["tags"]["ik"], "ik", "pron", first.index)
    clauses = [(s + 1, e + 1) for s, e in unit.clauses]
    loose = None if unit.loose is None else unit.loose + 1
    return Unit(unit.joiner, [subject, *unit.words], 1, clauses, loose, unit.doubts | {"ik added"})


def _object_behind(word: Word) -> bool:
    """`heb het gezegd`, `vind dat raar`: an ik-form, so what follows is no subject."""
    return word.low in listed("after_dropped_ik")


def _weight(doc: Doc, unit: Unit, weights: Weigh | None) -> float:
    """How much a main clause matters; more for what comes later when all is equal."""
    places = [w.index for w in unit.words]
    if weights is not None:
        return weights(doc[min(places) : max(places) + 1])
    weight = 0.1 + min(len(unit.words), 12) / 40
    for kind, value in (("need", 3.0), ("feeling", 2.0), ("blame", 1.2), ("demand", 1.0)):
        known = frozenset(data()["matter"][kind])
        hits = sum(w.low in known or w.lemma in known for w in unit.words)
        weight += value if hits else 0.0
    return weight


# ------------------------------------------------------------------------- rehearsed sentences


def _rehearsed(
    doc: Doc, sentence: list[Word], addressed: bool, weights: Weigh | None
) -> Iterator[Candidate]:
    """A statement to the other party, to the letter; questions and orders are not mirrored."""
    if sentence[0].low in listed("hortative") or sentence[0].kind == "wh":
        return
    found = units.units(repaired(sentence))
    if not found or not _is_statement(found[0]) or not (addressed or _to_other(found)):
        return
    span = doc[sentence[0].index : sentence[-1].index + 1]
    text = span.text.strip().strip(",")
    if not _short(text):
        return
    weight = max(_weight(doc, unit, weights) for unit in found)
    yield Candidate(text, 0.9 if addressed else 0.8, weight, rehearsed=True)


def _is_statement(unit: Unit) -> bool:
    if unit.verb < 0 or "open clause" in unit.doubts:
        return False
    if unit.verb > 0:
        return True
    following = unit.words[1] if len(unit.words) > 1 else None
    second = listed("second_person") | listed("second_reduced")
    if following is None or following.low in second or following.low in listed("only_subject"):
        return False
    return unit.words[0].low in listed("dropped_ik")


def _to_other(found: Sequence[Unit]) -> bool:
    """With `je` alone: somebody is meant when it is a main subject or meets `ik`."""
    for unit in found:
        lows = [w.low for w in unit.words]
        if unit.verb == 1 and lows[0] == "je":
            return lemma(unit.words[1]) not in listed("modals")
        if any(w in listed("subjects_first") for w in lows[: unit.verb + 2]):
            return True
    return False
