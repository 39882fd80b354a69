"""Which words open a clause with its verb at the end, and which only look like it."""

from __future__ import annotations

from collections.abc import Sequence

from coachbot.nlp.mirrorwords import Word, listed
from coachbot.nlp.verbforms import lemma


def opens(words: Sequence[Word], place: int, start: int, verb: int | None) -> bool:
    """Does the word open a clause with its verb at the end?"""
    word = words[place]
    if word.kind not in ("rel", "sub", "wh") and word.low != "of":
        return False
    ahead = finite_ahead(words, place)
    if ahead is None or _second_at_once(words, place, start, ahead):
        return False
    if word.kind == "rel":
        return True
    if word.low == "of":
        return _of_opens(words, place, start, verb, ahead)
    if word.kind == "sub":
        if word.low == "dan":
            return False
        return word.low != "als" or not _als_is_role(words, place, ahead)
    if (
        (
            word.low == "wat"
            and place + 1 < len(words)
            and words[place + 1].low in listed("exclaiming")
        )
        and place > start
        and words[place - 1].low == ","
    ):
        return False
    if word.kind == "wh":
        if ahead == place + 1 and place > start and words[place - 1].low == ",":
            return False
        return verb is not None or ahead > place + 1
    return False


def _of_opens(words: Sequence[Word], place: int, start: int, verb: int | None, ahead: int) -> bool:
    """`of` asks when a verb of asking or a bare main clause goes before it, else it is `or`."""
    if place and words[place - 1].finite and ahead == place + 1:
        return False
    second = ahead == place + 2 and ahead + 1 < len(words) and not words[ahead + 1].verbal
    if verb is not None and second and words[place + 1].low in listed("nominative"):
        return lemma(words[verb]) in listed("asks")
    if words[place].kind == "sub":
        return True
    return place > start and (verb is not None or ahead > place + 2)


def _als_is_role(words: Sequence[Word], place: int, ahead: int) -> bool:
    """`als moeder weet ik dat`: a role, not a condition."""
    between = words[place + 1 : ahead]
    if any(w.low in listed("nominative") or w.kind in ("pron", "er") for w in between):
        return False
    after = words[ahead + 1] if ahead + 1 < len(words) else None
    return after is not None and after.low in listed("nominative")


def _second_at_once(words: Sequence[Word], place: int, start: int, ahead: int) -> bool:
    """`..., dat staat er`, `..., die heeft gelijk`: a main clause, its verb in second place."""
    word = words[place]
    if word.low == "die" and place + 1 < len(words) and words[place + 1].low == "van":
        return True
    behind = words[ahead + 1] if ahead + 1 < len(words) else None
    if word.low in ("die", "dat") and words[place + 1].kind == "noun" and ahead == place + 2:
        return behind is not None and behind.low in listed("nominative")
    if ahead != place + 1:
        return False
    if word.kind == "sub":
        return True
    if word.low not in ("die", "dat"):
        return False
    after = words[ahead + 1] if ahead + 1 < len(words) else None
    loose = place > start and words[place - 1].low == ","
    if loose and word.low == "dat":
        return True
    return after is not None and not (
        after.verbal
        or after.kind in ("co", "prep", "sub", "rel", "prt")
        or after.low == ","
        or after.finite
    )


def finite_ahead(words: Sequence[Word], place: int) -> int | None:
    """The finite verb that may close the opener at `place`: before the clause is cut off."""
    nested = False
    for index in range(place + 1, len(words)):
        word = words[index]
        if word.finite:
            return index
        if word.kind == "co" and index == place + 1:
            return None
        nested = nested or word.kind in ("sub", "rel", "wh")
        if (
            word.kind == "co"
            and not nested
            and index + 2 < len(words)
            and index > place + 2
            and words[index + 1].low in listed("only_subject")
            and words[index + 2].finite
        ):
            return None
        if word.low == "want":
            return None
        if word.low == "," and not nested:
            opens_next = index + 1 < len(words) and words[index + 1].kind == "sub"
            if index > place + 1 or not opens_next:
                return None
        if (
            nested
            and words[place].low == "als"
            and words[place + 1].low not in listed("nominative")
        ):
            return None
        if words[place].low == "als" and word.kind == "co" and word.low in ("en", "maar"):
            return None
    return None
