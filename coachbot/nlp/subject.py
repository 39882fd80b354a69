"""Finds the subject of a main clause, in front of the finite verb or behind it."""

from __future__ import annotations

from collections.abc import Sequence

from coachbot.nlp.mirrorwords import Unsure, Word, listed
from coachbot.nlp.phrases import agrees, front_kind, is_person, is_plural, is_thing, noun_phrase
from coachbot.nlp.topology import Fields
from coachbot.nlp.verbforms import lemma

#: No doubt at all: sense settles who acts, whatever the parser found.
SURE = "sure"


#: Subject, weak pronouns behind it, the rest of the middle, and what is left of the front.
Found = tuple[list[Word], list[Word], list[Word], list[Word]]


def find_subject(fields: Fields, shared: Sequence[Word]) -> Found:
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
    kind = "clause" if not front else front_kind(front)
    if len(front) > 1 and front[-1].low in listed("dislocating") and front[-1].kind != "det":
        raise Unsure("two things in front")
    if (
        len(front) > 1
        and front[-1].low in listed("only_subject")
        and (front[-2].low not in ("en", "of") or not fields.verb.plural)
    ):
        raise Unsure("somebody is called")
    if first is not None and first.low in listed("only_subject"):
        if kind == "subject" or _quoted(fields, kind):
            raise Unsure("aside")
        return _inverted(fields, 1)
    if kind == "subject":
        return list(front), [], list(middle), []
    copula = lemma(fields.verb) in listed("copulas")
    if (
        first is not None
        and copula
        and kind == "noun"
        and first.low in listed("neuter")
        and front[0].low in listed("indefinite_articles")
    ):
        return _inverted(fields, 1)
    everything = first is not None and first.low in listed("quantities")
    if everything and kind == "pronoun":
        return _pronoun_in_front(fields)
    if first is not None and _may_be_subject(first, fields.verb) and kind != "noun":
        if _quoted(fields, kind):
            raise Unsure("aside")
        if not (first.low in ("er", "het") and kind == "pronoun"):
            return _inverted(fields, 1)
    if kind == "pronoun":
        return _pronoun_in_front(fields)
    phrase = noun_phrase(middle, fields)
    if kind == "noun":
        return _noun_in_front(fields, phrase)
    _check_adverb(front, kind, phrase)
    if front and front[0].low == "van" and len(front) < 4:
        phrase = 0
    if phrase and not (phrase == len(middle) and fields.post and fields.post[0].kind == "rel"):
        return _inverted(fields, phrase)
    if kind == "clause":
        raise Unsure("subject is not found")
    reported = (
        not middle and bool(fields.post) and fields.post[0].low in listed("reporting_openers")
    )
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


def _quoted(fields: Fields, kind: str) -> bool:
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


def _may_be_subject(word: Word, verb: Word) -> bool:
    if word.low in listed("only_subject"):
        return True
    if word.low == "zij":
        return True
    if word.low == "ze" and word.kind == "pron":
        return True
    if word.low in listed("late_subjects"):
        return True
    if word.low in listed("neuter_pronouns") and word.kind == "pron":
        return not verb.plural
    return False


def _inverted(fields: Fields, size: int) -> Found:
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
    fields: Fields,
) -> Found:
    """`dat` and its like: subject, unless the noun behind the verb must be it."""
    phrase = noun_phrase(fields.middle, fields)
    copula = lemma(fields.verb) in listed("copulas_wide")
    if phrase and fields.front[0].low != "er":
        person = is_person(fields.middle[:phrase])
        if lemma(fields.verb) in listed("dat_is_object"):
            return _inverted(fields, phrase)
        if lemma(fields.verb) == "hebben" and person:
            return _inverted(fields, phrase)
        if lemma(fields.verb) in listed("ambiguous_with_dat"):
            raise Unsure("who does it")
    if fields.verb.plural and not copula and fields.front[0].low in listed("neuter"):
        if phrase:
            return _inverted(fields, phrase)
        raise Unsure("number")
    if fields.verb.plural and fields.front[0].low not in listed("plural_friendly"):
        raise Unsure("number")
    return list(fields.front), [], list(fields.middle), []


def _noun_in_front(fields: Fields, phrase: int) -> Found:
    front, middle = fields.front, fields.middle
    if any(w.low == "en" for w in front) and not fields.verb.plural:
        raise Unsure("two things in front")
    keep: Found = (list(front), [], list(middle), [])
    first = middle[0] if middle else None
    if not phrase:
        if first is not None and first.kind == "pron" and first.low in listed("subject_pronouns"):
            if is_plural(front) == fields.verb.plural and is_person(front):
                return keep
            if is_plural(front) != fields.verb.plural:
                return _inverted(fields, 1)
            raise Unsure("who does it")
        if first is not None and first.low in ("het", "er") and not agrees(front, fields.verb):
            return _inverted(fields, 1)
        return keep
    person, other = is_person(front), is_person(middle[:phrase])
    _check_bare(front, middle, person)
    if len(front) == 1 and not person and front[0].text[:1].isupper():
        if other:
            raise Unsure("who does it")
        return keep
    if person and agrees(front, fields.verb):
        return keep
    first_fits, other_fits = agrees(front, fields.verb), agrees(middle[:phrase], fields.verb)
    if first_fits and not other_fits:
        return keep
    if other_fits and not first_fits:
        return _inverted(fields, phrase)
    if other and is_thing(front):
        fields.doubts.add(SURE)
        return _inverted(fields, phrase)
    if other:
        raise Unsure("who does it")
    if lemma(fields.verb) in listed("linking_verbs"):
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
