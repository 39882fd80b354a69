"""Turns a main clause into a subordinate clause: the words reordered, none of them changed.

A main clause has a front, the finite verb, a middle with the other verbs at its end, and what
stands behind them. In a subordinate clause the subject comes first and the verb joins the others.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from coachbot.nlp.endfield import end_field
from coachbot.nlp.mirrorwords import Unsure, Word, listed
from coachbot.nlp.phrases import front_kind, is_name
from coachbot.nlp.subject import find_subject
from coachbot.nlp.topology import Fields, fields_of
from coachbot.nlp.units import Unit
from coachbot.nlp.verbforms import lemma


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


def subordinate(unit: Unit, shared: Sequence[Word] = ()) -> Clause:
    """The clause of a unit; `shared` is the subject of the clause before, when it has none.

    Raises Unsure when there is more than one way, or none, to read it.
    """
    if unit.doubts & {"two verbs", "open clause", "contrast", "inline clause"}:
        raise Unsure(*sorted(unit.doubts))
    if unit.verb < 0:
        raise Unsure("no finite verb")
    fields = fields_of(unit)
    subject, weak, rest, front = find_subject(fields, shared)
    if rest and rest[0].kind == "co":
        raise Unsure("joined verbs")
    for word in [*fields.front, *rest]:
        if word.kind == "sub" and word.low not in ("dan", "als"):
            raise Unsure("clause that is not closed")
    _check_rest(fields, rest)
    for word in [*fields.front, *rest]:
        if (
            word.kind == "wh"
            and word.low not in ("wat", "wie")
            and "free relative" not in fields.doubts
        ):
            raise Unsure("question that is not closed")
    pre, verbs, behind = end_field(fields, rest)
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


def _check_rest(fields: Fields, rest: Sequence[Word]) -> None:
    """Signs in the middle that something was misread."""
    pronominal = any(w.low == "er" for w in [*fields.front, *fields.middle])
    if pronominal and len(rest) > 1 and rest[-2].kind == "prep" and rest[-1].low in listed("weak"):
        raise Unsure("preposition twice")
    if lemma(fields.verb) == "heten" and any(w.low == "het" for w in fields.middle):
        raise Unsure("who is called what")
    for place, word in enumerate(rest):
        after = rest[place + 1 :]
        if word.low == "wat" and after and after[0].low == "een":
            raise Unsure("exclamation inside")
        if word.kind == "rel" and word.low != "wat":
            raise Unsure("clause that is not closed")
        if (
            word.low == "die"
            and place
            and word.kind == "pron"
            and after
            and after[0].kind in ("noun", "x", "adj")
        ):
            raise Unsure("clause that is not closed")
        if word.kind == "co" and after and after[0].low in listed("only_subject") | {"zij", "ze"}:
            raise Unsure("joined subject")
        if (
            word.kind == "co"
            and any(w.low in listed("next_step") for w in after[:3])
            and not any(w.verbal for w in rest[:place])
        ):
            raise Unsure("joined verbs")
        if word.low == "te" and word.kind == "adv" and after and after[0].kind == "noun":
            raise Unsure("infinitive that is not read")
        if word.low == "als" and len(after) > 2 and after[0].low in listed("nominative"):
            raise Unsure("clause that is not closed")
    for place, word in enumerate(rest):
        compared = place and rest[place - 1].low in listed("comparing_joiners")
        if word.low in listed("only_subject") and word.low != "men" and not compared:
            raise Unsure("two subjects")
    joined = len(rest) > 1 and rest[-2].kind == "co" and rest[-1].kind == "noun"
    if joined and fields.post and fields.post[0].low in listed("complement_openers"):
        raise Unsure("joined verbs")
    if any(w.low == "," for w in rest) and not any(w.verbal for w in rest):
        raise Unsure("list")
    for place, word in enumerate(rest[:-1]):
        if word.low in listed("needs_no_noun") and rest[place + 1].kind == "co":
            raise Unsure("joined objects")
        if word.kind == "co" and rest[place + 1].low in listed("noun_or_verb"):
            raise Unsure("joined verbs")
    bare = lemma(fields.verb) in listed("modals") | listed("auxiliaries")
    if (
        bare
        and not rest
        and not (fields.post and fields.post[0].kind in ("sub", "rel", "wh"))
        and (not fields.front or front_kind(fields.front) not in ("state", "noun"))
    ):
        raise Unsure("nothing said")
    if len(rest) > 1 and rest[-1].kind == "noun" and not rest[-1].plural:
        before = rest[-2]
        if before.kind == "adj" and "vrij" in before.tag and before.low in listed("needs_no_noun"):
            raise Unsure("somebody is called")
    if (
        fields.post
        and fields.post[0].low == "om"
        and lemma(fields.verb) == "zijn"
        and fields.post[-1].low == "doen"
        and len(rest) < 2
    ):
        raise Unsure("idiom")
    if fields.front and fields.front[0].low == "al" and len(fields.front) == 1:
        raise Unsure("concession")


def _place_front(
    fields: Fields, subject: Sequence[Word], front: Sequence[Word]
) -> tuple[list[Word], list[Word]]:
    """What of the front goes behind the subject, and what goes to the end of the middle."""
    if not front:
        return [], []
    if len(front) == 1 and front[0].low in listed("dropped_in_front"):
        return [], []
    kind = front_kind(front)
    if front[0].low == "daar" and len(front) == 1 and lemma(fields.verb) == "zijn":
        raise Unsure("pointing")
    predicate = any(w.verbal or w.kind == "adj" for w in fields.middle)
    if kind == "state" and not (predicate and front[0].kind == "adj"):
        if lemma(fields.verb) not in listed("state_verbs"):
            raise Unsure("state in front")
        return [], list(front)
    if kind == "noun" and subject and lemma(fields.verb) in ("zijn", "worden"):
        if any(w.kind in ("noun", "adj", "vd", "prep") for w in fields.middle[len(subject) :]):
            raise Unsure("two predicates")
        return [], list(front)
    if (
        kind == "noun"
        and subject
        and front[0].kind != "det"
        and front[0].kind != "num"
        and not any(is_name(w) for w in front)
    ):
        raise Unsure("bare object in front")
    if front[0].low in listed("indefinite"):
        raise Unsure("indefinite in front")
    return list(front), []


def _must_stay(fields: Fields, subject: Sequence[Word]) -> bool:
    """A fronted clause stays when moving it changes what a pronoun or a clause refers to."""
    if any(w.finite for w in fields.post):
        return True
    first = next((w for w in fields.fronted[1:]), None)
    pronoun = len(subject) == 1 and subject[0].low in listed("third_pronouns")
    noun = first is not None and first.low not in listed("nominative") | {"ik", "je"}
    return pronoun and noun
