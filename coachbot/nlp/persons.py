"""Turns the persons: ik becomes je, wij becomes jullie, and the verbs follow."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from coachbot.nlp.mirrorwords import Unsure, Word, data, listed
from coachbot.nlp.verbforms import is_past

#: First person singular and plural, as subject.
SINGULAR, PLURAL = frozenset({"ik"}), frozenset({"we", "wij"})


def turn(words: Sequence[Word], subject: Sequence[Word], finite: Word) -> list[Word]:
    """Every word with its person turned; `subject` and `finite` are those of the main clause."""
    main = _person(subject)
    turned: list[Word] = []
    current = main
    for place, word in enumerate(words):
        current = _follow(current, words, place, main)
        own = main if word.index == finite.index and word.finite else current
        turned.append(_turned(words, place, own))
    return turned


def _person(subject: Sequence[Word]) -> str:
    lows = {w.low for w in subject}
    if lows & PLURAL or (lows & SINGULAR and ("en" in lows)):
        return "wij"
    if lows & SINGULAR:
        return "ik"
    return ""


def _follow(current: str, words: Sequence[Word], place: int, main: str) -> str:
    """Whose clause it is: an opener or a joined noun starts afresh, a subject sets it."""
    word = words[place]
    if word.kind in ("sub", "rel", "wh"):
        current = ""
    if word.kind == "co" and place + 1 < len(words):
        after = words[place + 1]
        if after.kind in ("det", "noun") or after.low in listed("nominative"):
            current = ""
    if word.low in SINGULAR:
        return "ik"
    if word.low in PLURAL:
        return "wij"
    if (
        word.low in listed("nominative")
        and word.kind == "pron"
        and word.low not in listed("neuter")
    ):
        return "" if current == "" or place == 0 else current
    return current


def _turned(words: Sequence[Word], place: int, person: str) -> Word:
    word = words[place]
    if word.finite:
        return replace(word, text=finite(word, person))
    text = _pronoun(words, place, person)
    return word if text is None else replace(word, text=text)


def finite(word: Word, person: str) -> str:
    """The form of a finite verb once its first person is turned: `ben` -> `bent`."""
    low = word.low
    if is_past(low):
        return low
    if word.tag.startswith("WW(pv,verl"):
        if person == "ik" and not low.endswith(("de", "te")):
            raise Unsure("tense")
        return low
    if low in listed("shared_forms"):
        return str(data()["forms"].get(low, low)) if person == "ik" else low
    if word.tag != "WW(pv,tgw,ev)":
        return low
    return second(low)


def second(stem: str) -> str:
    """The je-form that goes with an ik-form: `vind` -> `vindt`, `weet` -> `weet`."""
    known = data()["forms"].get(stem)
    if known is not None:
        return str(known)
    for irregular, form in data()["forms"].items():
        if len(irregular) > 2 and stem.endswith(irregular) and irregular in listed("d_stems"):
            return stem[: -len(irregular)] + str(form)
    if stem.endswith(("t", "de", "te")):
        return stem
    return stem + ("at" if stem.endswith("a") else "t")


def _pronoun(words: Sequence[Word], place: int, person: str) -> str | None:
    word = words[place]
    low = word.low
    before = words[place - 1].low if place else ""
    after = words[place + 1] if place + 1 < len(words) else None
    if low in ("mij", "me") and after is not None and after.low == "betreft":
        return "jou"
    stressed = before in listed("stressing")
    if low == "ik":
        joined = after is not None and after.low == "en"
        return (
            "jij"
            if (stressed and before not in listed("comparing_joiners"))
            or joined
            or _bare(words, place)
            else "je"
        )
    if low in PLURAL:
        return "jullie"
    if low in ("me", "mijn"):
        return "je"
    behind = place > 0 and words[place - 1].kind in ("prep", "prt")
    if low == "mij" and not behind and after is not None and after.tag.startswith("N(soort"):
        return "je"
    if low == "mij" and before in listed("reflexive_openers"):
        return "je"
    if low == "mij":
        if words[place - 1].kind in ("prep", "prt") if place else False:
            return "jou"
        return "je" if person == "ik" and place and not stressed else "jou"
    if low in ("mijne", "mijnen") and after is not None and after.kind in ("noun", "adj"):
        return "je"
    if low in ("ons", "onze") and before in PLURAL:
        return "je"
    if low in data()["turns"]:
        return str(data()["turns"][low])
    if low == "ons":
        return _ons(words, place, person)
    return None


def _bare(words: Sequence[Word], place: int) -> bool:
    """`harder dan ik`, `mijn man en ik`: no verb of its own follows, so it is stressed."""
    before = words[place - 1].low if place else ""
    if before not in listed("comparing_joiners"):
        return False
    if before == "en":
        first = words[place - 2] if place > 1 else None
        return first is not None and first.kind == "noun"
    return not any(w.finite for w in words[place:])


def _ons(words: Sequence[Word], place: int, person: str) -> str:
    """`ons huis`, `van ons` -> jullie; `we voelen ons` -> je."""
    before = words[place - 1] if place else None
    after = words[place + 1] if place + 1 < len(words) else None
    if person != "wij" or (before is not None and before.kind == "prep"):
        return "jullie"
    possessive = (
        after is not None
        and after.low not in data()["not_possessed"]
        and (
            (after.tag.startswith(("N(soort,ev", "N(eigen,ev")) and "onz" in after.tag)
            or (after.kind == "adj" and after.tag.startswith("ADJ(prenom"))
        )
    )
    if possessive:
        return "jullie"
    if before is not None and (before.finite or before.low in PLURAL):
        return "je"
    return "jullie" if after is not None and after.kind == "noun" else "je"


def lowered(word: Word, may_be_name: bool = False) -> str:
    """The text without the capital of a sentence; names keep theirs."""
    if word.low in listed("moments"):
        return word.low
    if may_be_name:
        return word.text
    if word.tag.startswith(("N(eigen", "SPEC(")) or word.text[1:2].isupper():
        return word.text
    return word.text[:1].lower() + word.text[1:]
