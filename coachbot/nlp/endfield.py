"""The verbs at the end of a subordinate clause, in their order, and where the middle ends."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from coachbot.nlp.mirrorwords import Unsure, Word, data, listed
from coachbot.nlp.topology import Fields
from coachbot.nlp.verbforms import is_form_of, lemma


def end_field(fields: Fields, middle: Sequence[Word]) -> tuple[list[Word], list[Word], list[Word]]:
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
    if behind and behind[0].kind in ("noun", "adj", "det", "pron"):
        raise Unsure("words behind the verbs")
    return pre, _ordered(verb, cluster, pre), behind


def _last_infinitive(verb: Word, middle: Sequence[Word]) -> Sequence[Word]:
    """A modal asks for an infinitive, so a noun that looks like one at the end is one."""
    if not middle or lemma(verb) not in listed("with_infinitive") or any(w.verbal for w in middle):
        return middle
    for place, word in enumerate(middle):
        before = middle[place - 1] if place else None
        after = middle[place + 1] if place + 1 < len(middle) else None
        free = before is None or before.kind not in ("det", "adj", "num")
        free = free or (before is not None and before.tag.startswith("ADJ(vrij"))
        last = after is None or (after.kind == "prep" and before is not None)
        if before is not None and before.kind == "prep" and lemma(verb) not in listed("modals"):
            continue
        if word.kind == "noun" and free and last and _looks_infinitive(word):
            verb_like = replace(word, kind="inf", tag="WW(inf,vrij,zonder)")
            return [*middle[:place], verb_like, *middle[place + 1 :]]
    if lemma(verb) == "zullen":
        raise Unsure("infinitive is missing")
    return middle


def _looks_infinitive(word: Word) -> bool:
    return word.low.endswith("n") and word.lemma == word.low


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
            if any((w.kind == "adj" and "vrij" in w.tag) or w.low == "plan" for w in pre):
                raise Unsure("infinitive of its own")
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


def _with_participle(verb: Word, base: str, cluster: list[Word], pre: Sequence[Word]) -> list[Word]:
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
    stately = (
        cluster[0].low in listed("states") or last in listed("tight") or last in listed("degree")
    )
    if base in listed("auxiliaries") and not (stately and base != "hebben"):
        return [verb, *cluster]
    return [*cluster, verb]


def _without_verbs(fields: Fields, middle: list[Word]) -> tuple[list[Word], list[Word], list[Word]]:
    """The middle of a clause whose only other verb, if any, is the particle of the finite one."""
    verb = fields.verb
    cut = min(_comparison(middle), _doubled(fields, middle), _behind_state(verb, middle))
    middle, behind = middle[:cut], middle[cut:]
    if behind and fields.post:
        fields.doubts.add("comparison and clause")
    place = _particle(fields, middle)
    if place is None:
        return middle, [verb], behind
    joined = replace(verb, text=middle[place].low + verb.low)
    return middle[:place], [joined], [*middle[place + 1 :], *behind]


def _doubled(fields: Fields, middle: Sequence[Word]) -> int:
    """`ik ben er klaar mee met die gast`: what `er` stands for comes behind the verb."""
    if any(w.low == "er" for w in [*fields.front, *middle]):
        for place in range(1, len(middle) - 1):
            if middle[place].kind == "prt" and middle[place + 1].kind == "prep":
                return place + 1
    return len(middle)


def _behind_state(verb: Word, middle: Sequence[Word]) -> int:
    """`je hebt rust nodig in huis`: the verb goes to `nodig`, not to the end."""
    if lemma(verb) in listed("needing_verbs"):
        for place in range(len(middle) - 1):
            if (
                middle[place].low in listed("needs_no_noun")
                and middle[place + 1].kind == "prep"
                and not (place and middle[place - 1].low in listed("degree"))
            ):
                return place + 1
    if lemma(verb) in listed("copulas"):
        for place in range(len(middle) - 1):
            if middle[place].low in listed("predicates") and _one_phrase(middle[place + 1 :]):
                return place + 1
    return len(middle)


def _one_phrase(words: Sequence[Word]) -> bool:
    """A preposition and its noun phrase, and nothing more."""
    return (
        words[0].kind == "prep"
        and len(words) > 1
        and all(w.kind in ("det", "adj", "noun", "num", "pron", "adv") for w in words[1:])
        and sum(w.kind in ("noun", "pron", "adv") for w in words[1:]) == 1
    )


def _particle(fields: Fields, middle: Sequence[Word]) -> int | None:
    """Where the particle of the verb stands; raises Unsure when a word may or may not be it."""
    if lemma(fields.verb) == "zijn" or lemma(fields.verb) in listed("modals"):
        return None
    everything = [*fields.front, *fields.middle]
    pronominal = any(w.low in listed("pronominal") for w in everything)
    for place, word in enumerate(middle):
        verbs = data()["separable"].get(word.low)
        after = middle[place + 1] if place + 1 < len(middle) else None
        last = after is None or after.kind == "prep" or after.low == "als"
        if (
            verbs
            and after is not None
            and after.kind == "co"
            and word.kind in ("prt", "adj", "adv")
        ) and any(is_form_of(fields.verb, v) for v in verbs):
            raise Unsure("joined particles")
        if verbs is None or not last:
            if word.kind == "prt" and not pronominal and verbs is not None:
                raise Unsure("particle in the middle")
            continue
        before = middle[place - 1] if place else None
        along = before is not None and before.low in listed("paths")
        worn = any(w.low == "met" for w in middle[:place]) and word.low in listed("worn")
        along = along or (worn and lemma(fields.verb) in listed("postures"))
        if (pronominal and word.low in listed("prepositional")) or along:
            continue
        if any(is_form_of(fields.verb, v) for v in verbs):
            return place
        if word.kind == "prt":
            raise Unsure("unknown particle")
    return None


def _comparison(middle: Sequence[Word]) -> int:
    """Where `dan ...` or `als ...` of a comparison begins; the verb goes before it."""
    for place, word in enumerate(middle):
        more = any(",comp" in w.tag or w.low in listed("comparatives") for w in middle[:place])
        if place and word.low == "dan" and word.kind == "sub" and more:
            if place > 1 and middle[place - 2].kind == "prep":
                return len(middle)
            return place
        if (
            word.low == "als"
            and place
            and any(w.low in listed("comparing") for w in middle[:place])
        ):
            return place
    return len(middle)
