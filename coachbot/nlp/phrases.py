"""What a stretch of words can be: a noun phrase, a person, a moment, a front that is no subject."""

from __future__ import annotations

from collections.abc import Sequence

from coachbot.nlp.mirrorwords import Unsure, Word, data, listed
from coachbot.nlp.topology import Fields
from coachbot.nlp.verbforms import lemma


def front_kind(front: Sequence[Word]) -> str:
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
    if first.low in listed("subject_pronouns") and first.kind == "pron":
        return "subject"
    if first.low == "er" and len(words) == 1:
        return "subject"
    if first.low in listed("front_pronouns") and len(words) == 1:
        return "pronoun"
    if first.low in listed("oblique_pronouns") and len(words) == 1:
        return "oblique"
    if first.kind in ("prep", "adv", "er", "prt", "wh"):
        return "adverbial"
    if is_moment(words):
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


def is_moment(words: Sequence[Word]) -> bool:
    nouns = [w for w in words if w.kind == "noun"]
    return bool(
        nouns
        and nouns[0].low in listed("moments")
        and (
            words[0].low in listed("moment_starts")
            or words[0] is nouns[0]
            or words[0].kind == "num"
        )
    )


def is_plural(words: Sequence[Word]) -> bool:
    """True for a plural phrase, also for one with `en` in it."""
    nouns = [w for w in words if w.kind in ("noun", "pron")]
    if any(w.low == "en" for w in words):
        return True
    return bool(nouns) and nouns[0].plural


def agrees(words: Sequence[Word], verb: Word) -> bool:
    if any(w.low == "en" for w in words):
        return verb.plural
    nouns = [w for w in words if w.kind in ("noun", "pron", "num")]
    if not nouns or is_name(nouns[0]):
        return True
    return nouns[0].plural == verb.plural


def is_thing(words: Sequence[Word]) -> bool:
    """Certainly nobody: by its ending, or a thing that is written, said or owned."""
    head = next((w for w in words if w.kind == "noun"), None)
    if head is None:
        return False
    things = data()["things"]
    return (
        head.low.endswith(tuple(data()["thing_endings"]))
        or head.low in things
        or head.lemma in things
    )


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
        if word.low in listed("anybody"):
            return True
    return False


def noun_phrase(middle: Sequence[Word], fields: Fields) -> int:
    """How many words the noun phrase at the start of the middle has; 0 when there is none.

    Only phrases whose end is certain; `van` and what belongs to it are taken along.
    """
    place = 0
    while place < len(middle) and middle[place].kind in ("det", "adj", "num") and place < 4:
        place += 1
    if place >= len(middle) or middle[place].kind != "noun":
        return 0
    if is_moment(middle[: place + 1]):
        return 0
    if (
        place == 0
        and middle[0].plural is False
        and not middle[0].tag.startswith(("N(eigen", "SPEC"))
    ):
        return 0
    if any(w.kind == "adj" and "vrij" in w.tag for w in middle[:place]):
        return 0
    while (
        place + 1 < len(middle) and middle[place + 1].kind == "noun" and is_name(middle[place + 1])
    ):
        place += 1
    if place + 1 < len(middle) and middle[place + 1].kind == "noun":
        return 0
    end = place + 1
    if (
        end < len(middle)
        and middle[end].kind == "num"
        and (end + 1 == len(middle) or middle[end + 1].kind not in ("noun", "adj"))
    ):
        end += 1
    if end < len(middle) and middle[end].low == "van" and lemma(fields.verb) in listed("modals"):
        return 0
    if end < len(middle) and middle[end].low in listed("phrase_joiners"):
        if middle[end].low == "en":
            return _joined_phrase(middle, end, fields)
        if middle[end].low != "van":
            return end if middle[end].kind == "prep" else 0
        inner = noun_phrase(middle[end + 1 :], fields)
        return end + 1 + inner if inner else 0
    return end


def _joined_phrase(middle: Sequence[Word], joiner: int, fields: Fields) -> int:
    """`mijn zus en ik` with a plural verb; 0 when what follows `en` is no phrase."""
    if not fields.verb.plural or joiner + 1 >= len(middle):
        return 0
    after = middle[joiner + 1]
    if after.low in listed("joined_pronouns"):
        return joiner + 2
    inner = noun_phrase(middle[joiner + 1 :], fields)
    return joiner + 1 + inner if inner else 0


def is_name(word: Word) -> bool:
    return word.tag.startswith(("N(eigen", "SPEC(deeleigen"))
