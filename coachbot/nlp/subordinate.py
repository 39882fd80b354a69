"""Turns a main clause into a subordinate clause: the words reordered, none of them changed.

A main clause has a front, the finite verb, a middle with the other verbs at its end, and what
stands behind them. In a subordinate clause the subject comes first and the verb joins the others.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from coachbot.nlp.fields import Unit
from coachbot.nlp.mirrorwords import Word, data, listed
from coachbot.nlp.verbforms import is_form_of, lemma


class Unsure(Exception):
    """The clause cannot be turned with certainty; the argument names the reason."""


@dataclass(slots=True)
class Clause:
    """A subordinate clause under construction."""

    subject: list[Word]
    #: The words from the subject on, without the verbs' end field.
    middle: list[Word]
    #: Finite verb, particle, participle and infinitives in their final order.
    verbs: list[Word]
    after: list[Word]
    finite: Word
    #: A clause that stays in front of the subject.
    before: list[Word] = field(default_factory=list)
    doubts: set[str] = field(default_factory=set)

    @property
    def words(self) -> list[Word]:
        return [*self.before, *self.middle, *self.verbs, *self.after]


@dataclass(slots=True)
class _Fields:
    front: list[Word]
    verb: Word
    middle: list[Word]
    post: list[Word]
    #: An adverbial clause that stood in front, with its commas stripped.
    fronted: list[Word]
    doubts: set[str]


def subordinate(unit: Unit, shared: Sequence[Word] = ()) -> Clause:
    """The clause of a unit; `shared` is the subject of the clause before, when it has none.

    Raises Unsure when there is more than one way, or none, to read it.
    """
    if unit.doubts & {"two verbs", "open clause", "contrast"}:
        raise Unsure(*sorted(unit.doubts))
    if unit.verb < 0:
        raise Unsure("no finite verb")
    fields = _fields(unit)
    subject, weak, rest, front = _subject(fields, shared)
    if rest and rest[0].kind == "co":
        raise Unsure("joined verbs")
    for word in [*fields.front, *rest]:
        if word.kind == "sub" and word.low not in ("dan", "als"):
            raise Unsure("clause that is not closed")
    _check_rest(fields, rest)
    for word in [*fields.front, *rest]:
        if word.kind == "wh" and word.low not in ("wat", "wie") and "free relative" not in fields.doubts:
            raise Unsure("question that is not closed")
    pre, verbs, behind = _bracket(fields, rest)
    lead, tail = _place_front(fields, subject, front)
    middle = [*subject, *weak, *lead, *pre, *tail] if subject else [*lead, *weak, *pre, *tail]
    after = [*behind, *fields.post]
    before: list[Word] = []
    if fields.fronted:
        if _must_stay(fields, subject):
            before = [*fields.fronted, Word(",", "LET()", ",", "punct", -1)]
        else:
            after += fields.fronted
    return Clause(list(subject), middle, verbs, after, fields.verb, before, fields.doubts)


def _check_rest(fields: _Fields, rest: Sequence[Word]) -> None:
    """Signs in the middle that something was misread."""
    for place, word in enumerate(rest):
        after = rest[place + 1 :]
        if word.kind == "rel" and word.low != "wat":
            raise Unsure("clause that is not closed")
        if word.low == "die" and place and word.kind == "pron" and after and after[0].kind in ("noun", "x", "adj"):
            raise Unsure("clause that is not closed")
        if word.kind == "co" and after and after[0].low in listed("only_subject") | {"zij", "ze"}:
            raise Unsure("joined subject")
        if word.kind == "co" and any(w.low in listed("next_step") for w in after[:3]):
            if not any(w.verbal for w in rest[:place]):
                raise Unsure("joined verbs")
        if word.low == "te" and word.kind == "adv" and after and after[0].kind == "noun":
            raise Unsure("infinitive that is not read")
        if word.low == "als" and len(after) > 2 and after[0].low in listed("nominative"):
            raise Unsure("clause that is not closed")
    if any(w.low == "," for w in rest) and not any(w.verbal for w in rest):
        raise Unsure("list")
    if len(rest) > 1 and rest[-1].kind == "noun" and not rest[-1].plural:
        before = rest[-2]
        if before.kind == "adj" and "vrij" in before.tag and before.low in listed("needs_no_noun"):
            raise Unsure("somebody is called")
    if fields.post and fields.post[0].low == "om" and lemma(fields.verb) == "zijn":
        if fields.post[-1].low == "doen" and len(rest) < 2:
            raise Unsure("idiom")
    if fields.front and fields.front[0].low == "al" and len(fields.front) == 1:
        raise Unsure("concession")


def _fields(unit: Unit) -> _Fields:
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
    while middle and middle[-1].low == ",":
        post = [middle[-1], *post]
        middle = middle[:-1]
    if any(w.low == "," for w in middle):
        doubts.add("list")
    if _stray(post) or _stray_te(post, verb):
        raise Unsure("stray verb behind a clause")
    return _Fields(front, verb, list(middle), list(post), fronted, doubts)


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
        start, end = before[0]
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
        while clause and clause[-1].low == ",":
            clause.pop()
        _check_fronted(clause)
        return [], clause, {"fronted clause"}
    if any(w.low == "," for w in front) and (not before or front[-1].low != ","):
        raise Unsure("comma in front")
    inside = {p for s, e in before for p in range(s, e)}
    for place, word in enumerate(front):
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
    if any(w.low in ("om", "zonder", "door", "plaats", "na") for w in post[:place]):
        return False
    last = next((w for w in reversed(post[:place]) if w.finite), None)
    return last is None or lemma(last) not in listed("before_te") | listed("after_te")


def _takers() -> frozenset[str]:
    return (
        listed("auxiliaries") | listed("before_infinitive") | listed("before_te") | listed("after_te")
    )


# ---------------------------------------------------------------------------------- the subject


def _subject(
    fields: _Fields, shared: Sequence[Word]
) -> tuple[list[Word], list[Word], list[Word], list[Word]]:
    """Subject, weak pronouns behind it, the rest of the middle, and what is left of the front."""
    front, middle = fields.front, fields.middle
    first = middle[0] if middle else None
    if not front and not fields.fronted:
        if first is not None and _may_be_subject(first, fields.verb):
            if not shared or first.low == "ze":
                raise Unsure("verb first")
            if first.low in listed("only_subject") or first.low == "zij":
                return _inverted(fields, 1)
        if shared:
            return [], [], list(middle), []
        raise Unsure("no subject")
    kind = "clause" if not front else _front_kind(front)
    if len(front) > 1 and front[-1].low in listed("only_subject"):
        if front[-2].low not in ("en", "of") or not fields.verb.plural:
            raise Unsure("somebody is called")
    if first is not None and first.low in listed("only_subject"):
        if kind == "subject" or _quoted(fields, kind):
            raise Unsure("aside")
        return _inverted(fields, 1)
    if kind == "subject":
        return list(front), [], list(middle), []
    if first is not None and _may_be_subject(first, fields.verb) and kind != "noun":
        if _quoted(fields, kind):
            raise Unsure("aside")
        if not (first.low in ("er", "het") and kind == "pronoun"):
            return _inverted(fields, 1 + _numeral_after(middle))
    if kind == "pronoun":
        return _pronoun_in_front(fields)
    phrase = _noun_phrase(middle, fields)
    if kind == "noun":
        return _noun_in_front(fields, phrase)
    _check_adverb(front, kind, phrase)
    if front and front[0].low == "van" and len(front) < 4:
        phrase = 0
    if phrase and not (phrase == len(middle) and fields.post and fields.post[0].kind == "rel"):
        return _inverted(fields, phrase)
    if kind == "clause":
        raise Unsure("subject is not found")
    reported = not middle and bool(fields.post) and fields.post[0].low in ("dat", "of", "hoe")
    if not reported and not _has_subject(middle, fields.verb):
        raise Unsure("no subject")
    fields.doubts.add("front kept")
    return [], [], list(middle), list(front)


def _check_adverb(front: Sequence[Word], kind: str, phrase: int) -> None:
    """A lone word in front with a noun behind the verb may be a name that was misread."""
    if not front or len(front) > 1 or not phrase:
        return
    if kind == "state" or (kind == "adverbial" and front[0].low not in listed("fronted_adverbs")):
        raise Unsure("unknown word in front")


def _quoted(fields: _Fields, kind: str) -> bool:
    """`lekker makkelijk, zegt ze`: what stands in front is what was said or thought."""
    return (
        lemma(fields.verb) in listed("saying")
        and kind not in ("pronoun", "clause")
        and not fields.post
        and len(fields.middle) <= 1
    )


def _has_subject(middle: Sequence[Word], verb: Word) -> bool:
    """Is there a noun or pronoun outside a prepositional phrase that the verb agrees with?"""
    bound = False
    for word in middle:
        if word.kind == "prep":
            bound = True
        elif word.kind in ("noun", "pron"):
            if not bound and word.plural == verb.plural and word.low not in listed("weak"):
                return True
            bound = False
    return lemma(verb) in ("worden", "zijn") and any(w.kind == "vd" for w in middle)


def _numeral_after(middle: Sequence[Word]) -> int:
    """`wij allebei`, `zij zelf`: belongs to the pronoun."""
    return 0


def _may_be_subject(word: Word, verb: Word) -> bool:
    if word.low in listed("only_subject"):
        return True
    if word.low == "zij":
        return True
    if word.low == "ze" and word.kind == "pron":
        return True
    if word.low in ("er", "iedereen", "niemand", "iemand"):
        return True
    if word.low in ("het", "dat", "dit", "die", "alles", "niks", "niets") and word.kind == "pron":
        return not verb.plural
    return False


def _front_kind(front: Sequence[Word]) -> str:
    """subject, pronoun (may be either), noun (may be either), oblique, state or adverbial."""
    words = list(front)
    while len(words) > 1 and words[0].low in listed("focus"):
        words = words[1:]
    first = words[0]
    if first.kind == "wh":
        raise Unsure("question")
    if first.low in listed("only_subject"):
        if len(words) > 1 and words[1].low not in listed("with_pronoun"):
            raise Unsure("unread front")
        return "subject"
    if first.low in ("zij", "ze", "iedereen", "niemand", "iemand") and first.kind == "pron":
        return "subject"
    if first.low == "er" and len(words) == 1:
        return "subject"
    if first.low in ("het", "dat", "dit", "die", "alles", "niks", "niets", "deze") and len(words) == 1:
        return "pronoun"
    if first.low in ("mij", "me", "hem", "ons", "haar", "hen", "hun") and len(words) == 1:
        return "oblique"
    if first.kind in ("prep", "adv", "er", "prt", "wh"):
        return "adverbial"
    if _is_moment(words):
        return "moment"
    if first.kind == "adj" and "vrij" in first.tag and any(w.kind == "prep" for w in words):
        return "adverbial"
    if first.kind == "adj" and not any(w.kind == "noun" for w in words):
        return "adverbial" if first.low in listed("sentence_adverbs") else "state"
    if any(w.kind in ("noun", "pron", "num", "rel") for w in words):
        return "noun"
    if first.kind in ("inf", "vd"):
        raise Unsure("verb in front")
    return "adverbial"


def _is_moment(words: Sequence[Word]) -> bool:
    nouns = [w for w in words if w.kind == "noun"]
    return bool(
        nouns
        and nouns[0].low in listed("moments")
        and (words[0].low in listed("moment_starts") or words[0] is nouns[0] or words[0].kind == "num")
    )


def _inverted(
    fields: _Fields, size: int
) -> tuple[list[Word], list[Word], list[Word], list[Word]]:
    subject, rest = fields.middle[:size], fields.middle[size:]
    weak: list[Word] = []
    while rest and rest[0].low in listed("weak") and rest[0].kind in ("pron", "refl"):
        weak.append(rest[0])
        rest = rest[1:]
    if rest and rest[0].low == "er" and subject[0].low != "er" and fields.front:
        weak.append(rest[0])
        rest = rest[1:]
    return list(subject), weak, list(rest), list(fields.front)


def _pronoun_in_front(
    fields: _Fields,
) -> tuple[list[Word], list[Word], list[Word], list[Word]]:
    """`dat` and its like: subject, unless the noun behind the verb must be it."""
    phrase = _noun_phrase(fields.middle, fields)
    if phrase and fields.front[0].low != "er":
        person = is_person(fields.middle[:phrase])
        if person and lemma(fields.verb) in listed("dat_is_object"):
            return _inverted(fields, phrase)
        if person and lemma(fields.verb) in ("hebben", "doen", "kunnen", "moeten", "mogen"):
            raise Unsure("who does it")
    copula = lemma(fields.verb) in ("zijn", "worden", "blijven", "lijken")
    if fields.verb.plural and not copula and fields.front[0].low in ("dat", "dit", "het"):
        if phrase:
            return _inverted(fields, phrase)
        raise Unsure("number")
    if fields.verb.plural and fields.front[0].low not in ("die", "deze", "dat", "dit", "het"):
        raise Unsure("number")
    return list(fields.front), [], list(fields.middle), []


def _noun_in_front(
    fields: _Fields, phrase: int
) -> tuple[list[Word], list[Word], list[Word], list[Word]]:
    front, middle = fields.front, fields.middle
    if any(w.low == "en" for w in front) and not fields.verb.plural:
        raise Unsure("two things in front")
    keep = (list(front), [], list(middle), [])
    first = middle[0] if middle else None
    if not phrase:
        if first is not None and first.kind == "pron" and first.low in ("ze", "zij", "iedereen", "niemand", "iemand"):
            if _number(front) == fields.verb.plural and is_person(front):
                return keep
            if _number(front) != fields.verb.plural:
                return _inverted(fields, 1)
            raise Unsure("who does it")
        if first is not None and first.low in ("het", "er") and not _agrees(front, fields.verb):
            return _inverted(fields, 1)
        return keep
    person, other = is_person(front), is_person(middle[:phrase])
    _check_bare(front, middle, person)
    if len(front) == 1 and not person and front[0].text[:1].isupper():
        if other:
            raise Unsure("who does it")
        return keep
    if person and _agrees(front, fields.verb):
        return keep
    first_fits, other_fits = _agrees(front, fields.verb), _agrees(middle[:phrase], fields.verb)
    if first_fits and not other_fits:
        return keep
    if other_fits and not first_fits:
        return _inverted(fields, phrase)
    if other and _is_thing(front):
        return _inverted(fields, phrase)
    if other:
        raise Unsure("who does it")
    if lemma(fields.verb) in ("zijn", "worden", "heten", "blijven", "lijken", "kosten", "duren"):
        return keep
    if any(w.dep.startswith("nsubj") for w in front):
        fields.doubts.add("subject by parse")
        return keep
    raise Unsure("who does it")


def _check_bare(front: Sequence[Word], middle: Sequence[Word], person: bool) -> None:
    """`de boete moet verhuurder betalen`: a bare noun behind the verb may be who acts."""
    bare = len(middle) > 1 and middle[0].kind == "noun" and not middle[0].plural
    if bare and not person and len(front) > 1 and middle[1].kind in ("adv", "adj"):
        raise Unsure("who does it")


def _number(words: Sequence[Word]) -> bool:
    """True for a plural phrase, also for one with `en` in it."""
    nouns = [w for w in words if w.kind in ("noun", "pron")]
    if any(w.low == "en" for w in words):
        return True
    return bool(nouns) and nouns[0].plural


def _agrees(words: Sequence[Word], verb: Word) -> bool:
    if any(w.low == "en" for w in words):
        return verb.plural
    nouns = [w for w in words if w.kind in ("noun", "pron", "num")]
    if not nouns or _is_name(nouns[0]):
        return True
    return nouns[0].plural == verb.plural


def _is_thing(words: Sequence[Word]) -> bool:
    """Certainly nobody: by its ending, or a thing that is written, said or owned."""
    head = next((w for w in words if w.kind == "noun"), None)
    if head is None:
        return False
    things = data()["things"]
    return head.low.endswith(tuple(data()["thing_endings"])) or head.low in things or head.lemma in things


def is_person(words: Sequence[Word]) -> bool:
    for word in words:
        if word.kind == "noun":
            return (
                word.low in listed("people")
                or word.lemma in listed("people")
                or any(part in listed("people") for part in word.low.split("-"))
                or word.low.endswith(tuple(data()["people_endings"]))
                or word.tag.startswith(("N(eigen", "SPEC(deeleigen"))
            )
        if word.low in ("iedereen", "niemand", "iemand"):
            return True
    return False


def _noun_phrase(middle: Sequence[Word], fields: _Fields) -> int:
    """How many words the noun phrase at the start of the middle has; 0 when there is none.

    Only phrases whose end is certain; `van` and what belongs to it are taken along.
    """
    place = 0
    while place < len(middle) and middle[place].kind in ("det", "adj", "num") and place < 4:
        place += 1
    if place >= len(middle) or middle[place].kind != "noun":
        return 0
    if _is_moment(middle[: place + 1]):
        return 0
    if place == 0 and middle[0].plural is False and not middle[0].tag.startswith(("N(eigen", "SPEC")):
        return 0
    if any(w.kind == "adj" and "vrij" in w.tag for w in middle[:place]):
        return 0
    while place + 1 < len(middle) and middle[place + 1].kind == "noun" and _is_name(middle[place + 1]):
        place += 1
    if place + 1 < len(middle) and middle[place + 1].kind == "noun":
        return 0
    end = place + 1
    if end < len(middle) and middle[end].kind == "num":
        if end + 1 == len(middle) or middle[end + 1].kind not in ("noun", "adj"):
            end += 1
    if end < len(middle) and middle[end].low == "van" and lemma(fields.verb) in listed("modals"):
        return 0
    if end < len(middle) and middle[end].low in ("van", "en", "of", "uit", "met", "bij"):
        if middle[end].low == "en":
            return _joined_phrase(middle, end, fields)
        if middle[end].low != "van":
            return end if middle[end].kind == "prep" else 0
        inner = _noun_phrase(middle[end + 1 :], fields)
        return end + 1 + inner if inner else 0
    return end


def _joined_phrase(middle: Sequence[Word], joiner: int, fields: _Fields) -> int:
    """`mijn zus en ik` with a plural verb; 0 when what follows `en` is no phrase."""
    if not fields.verb.plural or joiner + 1 >= len(middle):
        return 0
    after = middle[joiner + 1]
    if after.low in ("ik", "hij", "zij"):
        return joiner + 2
    inner = _noun_phrase(middle[joiner + 1 :], fields)
    return joiner + 1 + inner if inner else 0


def _is_name(word: Word) -> bool:
    return word.tag.startswith(("N(eigen", "SPEC(deeleigen"))


# ----------------------------------------------------------------------------------- the front


def _place_front(
    fields: _Fields, subject: Sequence[Word], front: Sequence[Word]
) -> tuple[list[Word], list[Word]]:
    """What of the front goes behind the subject, and what goes to the end of the middle."""
    if not front:
        return [], []
    if len(front) == 1 and front[0].low in listed("dropped_in_front"):
        return [], []
    kind = _front_kind(front)
    if front[0].low == "daar" and len(front) == 1 and lemma(fields.verb) == "zijn":
        raise Unsure("pointing")
    predicate = any(w.verbal or w.kind == "adj" for w in fields.middle)
    if kind == "state" and not (predicate and front[0].kind == "adj"):
        if lemma(fields.verb) not in ("zijn", "worden", "vinden", "blijven", "voelen"):
            raise Unsure("state in front")
        return [], list(front)
    if kind == "noun" and subject and lemma(fields.verb) in ("zijn", "worden"):
        if any(w.kind in ("noun", "adj", "vd", "prep") for w in fields.middle[len(subject) :]):
            raise Unsure("two predicates")
        return [], list(front)
    if kind == "noun" and subject and front[0].kind != "det" and front[0].kind != "num":
        if not any(_is_name(w) for w in front):
            raise Unsure("bare object in front")
    if front[0].low in ("geen", "een", "zo'n", "wat"):
        raise Unsure("indefinite in front")
    return list(front), []


def _must_stay(fields: _Fields, subject: Sequence[Word]) -> bool:
    """A fronted clause stays when moving it changes what a pronoun or a clause refers to."""
    if any(w.finite for w in fields.post):
        return True
    first = next((w for w in fields.fronted[1:]), None)
    pronoun = len(subject) == 1 and subject[0].low in ("hij", "zij", "ze", "het", "die")
    noun = first is not None and first.low not in listed("nominative") | {"ik", "je"}
    return pronoun and noun


# ------------------------------------------------------------------------- the verbs at the end


def _bracket(
    fields: _Fields, middle: Sequence[Word]
) -> tuple[list[Word], list[Word], list[Word]]:
    """Middle without verbs, the verbs in their new order, and what stands behind them."""
    verb = fields.verb
    middle = _last_infinitive(verb, middle)
    start = next((i for i, w in enumerate(middle) if w.verbal), None)
    if start is None:
        return _without_verbs(fields, list(middle))
    if start and middle[start].kind == "te" and _particle_before_te(middle, start):
        start -= 1
    end = start
    while end < len(middle) and (middle[end].verbal or end == start):
        end += 1
    cluster, behind = list(middle[start:end]), list(middle[end:])
    _check_behind(behind)
    pre = list(middle[:start])
    if behind and behind[0].kind in ("noun", "adj", "det", "pron") :
        raise Unsure("words behind the verbs")
    return pre, _ordered(verb, cluster, pre), behind


def _last_infinitive(verb: Word, middle: Sequence[Word]) -> Sequence[Word]:
    """A modal asks for an infinitive, so a noun that looks like one at the end is one."""
    if not middle or lemma(verb) not in listed("modals") or any(w.verbal for w in middle):
        return middle
    last = middle[-1]
    if len(middle) > 1 and middle[-2].kind in ("det", "adj", "num"):
        return middle
    if last.kind == "noun" and last.low.endswith("n") and last.lemma == last.low:
        return [*middle[:-1], replace(last, kind="inf", tag="WW(inf,vrij,zonder)")]
    return middle


def _particle_before_te(middle: Sequence[Word], te: int) -> bool:
    """`op te bellen`; not `er ... over te praten`, where the word belongs to `er`."""
    before = middle[te - 1]
    if before.low not in data()["separable"] or te + 1 >= len(middle):
        return False
    if before.kind == "prt" and before.dep == "compound:prt":
        return True
    return middle[te + 1].low in data()["separable"][before.low]


def _check_behind(behind: Sequence[Word]) -> None:
    """Verbs may come back only in a coordinated part ("... en daarna gelachen")."""
    if behind and behind[0].kind == "co" and any(w.kind == "te" for w in behind):
        raise Unsure("joined verbs")
    if behind and (behind[0].low in ("niet", "nooit") or any(w.kind == "prt" for w in behind)):
        raise Unsure("more behind the verbs")
    joined = False
    for word in behind:
        joined = joined or word.kind == "co"
        if word.low in listed("only_subject") or word.low in (",", "dus", "want", "maar"):
            raise Unsure("more behind the verbs")
        if word.verbal and not joined:
            raise Unsure("two verb clusters")


def _ordered(verb: Word, cluster: list[Word], pre: Sequence[Word]) -> list[Word]:
    """The finite verb among the others: `heeft gebeld`, `gedaan moet worden`, `zit te kijken`."""
    base = lemma(verb)
    kinds = [w.kind for w in cluster]
    if "te" in kinds:
        if kinds[0] == "vd" and base in listed("before_te"):
            return [cluster[0], verb, *cluster[1:]]
        if base in listed("after_te") and base not in ("staan",):
            return [*cluster, verb]
        if base in listed("before_te"):
            return [verb, *cluster]
        raise Unsure("infinitive of its own")
    if kinds[0] == "vd":
        return _with_participle(verb, base, cluster, pre)
    if base not in listed("before_infinitive"):
        raise Unsure("infinitive of its own")
    if base == "zijn" and cluster[0].low not in listed("after_zijn"):
        raise Unsure("infinitive of its own")
    if base == "hebben" and len(cluster) == 1 and cluster[0].low not in listed("postures"):
        raise Unsure("infinitive of its own")
    return [verb, *cluster]


def _with_participle(
    verb: Word, base: str, cluster: list[Word], pre: Sequence[Word]
) -> list[Word]:
    if len(cluster) > 1:
        if any(w.kind == "vd" for w in cluster[1:]):
            if base == "zijn" and cluster[1].low in ("geweest", "geworden"):
                return [cluster[0], verb, *cluster[1:]]
            if base in listed("auxiliaries") or base in listed("before_infinitive"):
                return [verb, *cluster]
            raise Unsure("two participles")
        if base not in listed("before_infinitive"):
            raise Unsure("participle and infinitive")
        return [cluster[0], verb, *cluster[1:]]
    last = pre[-1].low if pre else ""
    stately = cluster[0].low in listed("states") or last in listed("tight") or last in listed("degree")
    if base in listed("auxiliaries") and not (stately and base != "hebben"):
        return [verb, *cluster]
    return [*cluster, verb]


def _without_verbs(
    fields: _Fields, middle: list[Word]
) -> tuple[list[Word], list[Word], list[Word]]:
    """The middle of a clause whose only other verb, if any, is the particle of the finite one."""
    verb = fields.verb
    cut = min(_comparison(middle), _doubled(fields, middle))
    middle, behind = middle[:cut], middle[cut:]
    if behind and fields.post:
        fields.doubts.add("comparison and clause")
    place = _particle(fields, middle)
    if place is None:
        return middle, [verb], behind
    joined = replace(verb, text=middle[place].low + verb.low)
    return middle[:place], [joined], [*middle[place + 1 :], *behind]


def _doubled(fields: _Fields, middle: Sequence[Word]) -> int:
    """`ik ben er klaar mee met die gast`: what `er` stands for comes behind the verb."""
    if any(w.low == "er" for w in [*fields.front, *middle]):
        for place in range(1, len(middle) - 1):
            if middle[place].kind == "prt" and middle[place + 1].kind == "prep":
                return place + 1
    return len(middle)


def _particle(fields: _Fields, middle: Sequence[Word]) -> int | None:
    """Where the particle of the verb stands; raises Unsure when a word may or may not be it."""
    if lemma(fields.verb) == "zijn":
        return None
    everything = [*fields.front, *fields.middle]
    pronominal = any(w.low in ("er", "daar", "hier", "waar") for w in everything)
    for place, word in enumerate(middle):
        verbs = data()["separable"].get(word.low)
        after = middle[place + 1] if place + 1 < len(middle) else None
        last = after is None or after.kind in ("prep", "prt") or after.low == "als"
        if verbs and after is not None and after.kind == "co" and word.kind in ("prt", "adj", "adv"):
            if any(is_form_of(fields.verb, v) for v in verbs):
                raise Unsure("joined particles")
        if verbs is None or not last:
            if word.kind == "prt" and not pronominal and verbs is not None:
                raise Unsure("particle in the middle")
            continue
        before = middle[place - 1] if place else None
        along = before is not None and before.low in listed("paths")
        if pronominal and word.low in listed("prepositional") or along:
            continue
        if any(is_form_of(fields.verb, v) for v in verbs):
            return place
        if word.kind == "prt":
            raise Unsure("unknown particle")
    return None


def _comparison(middle: Sequence[Word]) -> int:
    """Where `dan ...` or `als ...` of a comparison begins; the verb goes before it."""
    for place, word in enumerate(middle):
        if place and word.low == "dan" and word.kind == "sub":
            return place
        if word.low == "als" and place:
            if any(w.low in listed("comparing") for w in middle[:place]):
                return place
    return len(middle)
