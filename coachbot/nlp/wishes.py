"""What is wished instead of what is blamed: the clause with "altijd", with "nooit", as a wish.

Made only from three kinds of clause: a demand ("hij moet op tijd komen"), a good thing denied ("hij
luistert nooit") and a fault with a plain opposite ("hij komt te laat"). Everything else: None.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from coachbot.nlp import guard, persons
from coachbot.nlp.mirrorwords import Word, data, listed
from coachbot.nlp.phrases import is_person
from coachbot.nlp.subordinate import Clause
from coachbot.nlp.verbforms import lemma, third

Variants = tuple[str | None, str | None, str | None]
NOTHING: Variants = (None, None, None)
#: Marks the place of the adverb in a pattern of words.
_PRONOUNS = frozenset({"ik", "we", "wij", "hij", "zij", "ze", "niemand"})
_SLOT = Word("*", "BW()", "*", "slot", -2)


def variants(clause: Clause) -> Variants:
    """(always, never, wish) of a clause; each None where it is not certain."""
    if clause.before or not clause.subject or clause.finite.tag.startswith("WW(pv,verl"):
        return NOTHING
    inner = _inner(clause)
    after: list[Word] | None
    if inner is not None:
        subject, middle, verbs, after = inner
    else:
        subject = clause.subject
        middle = clause.middle[len(subject) :]
        verbs, after = list(clause.verbs), _plain(clause.after)
    if after is None or not _fits(subject, verbs):
        return NOTHING
    finite = next(w for w in verbs if w.finite)
    for make in (_demand, _denial, _fault):
        pattern = make(subject, middle, verbs, inner is not None)
        if pattern is not None:
            return _three(subject, [*pattern, *after], finite)
    return NOTHING


def _three(subject: Sequence[Word], pattern: Sequence[Word], finite: Word) -> Variants:
    texts = []
    for adverb in (data()["from_now"], data()["never_again"], ""):
        filled: list[Word] = [*subject]
        for word in pattern:
            if word.kind != "slot":
                filled.append(word)
            elif adverb:
                filled += [replace(_SLOT, text=part, kind="adv") for part in adverb.split()]
        turned = persons.turn(filled, subject, finite)
        texts.append(guard.words_only(turned))
    return texts[0], texts[1], texts[2]


def _plain(after: Sequence[Word]) -> list[Word] | None:
    """What may stay behind the verb: phrases and `als` clauses; None where it changes the sense."""
    kept: list[Word] = []
    for word in after:
        if word.kind in ("sub", "rel", "wh") or word.low in ("om", ","):
            if word.low in listed("conditions"):
                kept.append(word)
                continue
            if not kept or word.low in listed("complements") or word.kind in ("rel", "wh"):
                return None if word.low != "," else kept
            return kept
        kept.append(word)
    return kept


def _inner(
    clause: Clause,
) -> tuple[list[Word], list[Word], list[Word], list[Word]] | None:
    """`ik wil dat hij luistert`: the fields of the clause that is asked for."""
    after = clause.after
    own = {w.low for w in clause.subject} & {"ik", "we", "wij"}
    if not own or len(after) < 3 or after[0].low != "dat":
        return None
    if lemma(clause.finite) not in listed("wishing") or len(clause.middle) > len(clause.subject):
        return None
    size = _subject_size(after[1:])
    verb = next((i for i, w in enumerate(after) if w.finite), 0)
    if (
        not size
        or verb <= size
        or any(w.kind in ("sub", "rel", "wh") or w.low == "," for w in after[1:])
    ):
        return None
    start, end = verb, verb + 1
    while start > size + 1 and after[start - 1].verbal:
        start -= 1
    while end < len(after) and after[end].verbal:
        end += 1
    return after[1 : 1 + size], after[1 + size : start], after[start:end], after[end:]


def _subject_size(words: Sequence[Word]) -> int:
    first = words[0]
    if first.low in listed("nominative") and first.kind == "pron":
        return 1
    size = 0
    while size < len(words) and words[size].kind in ("det", "adj", "num"):
        size += 1
    return size + 1 if size and size < len(words) and words[size].kind == "noun" else 0


def _fits(subject: Sequence[Word], verbs: Sequence[Word]) -> bool:
    """Somebody else acts, or something is done to us; and it is told in the present."""
    lows = {w.low for w in subject}
    finite = next((w for w in verbs if w.finite), None)
    if (
        finite is None
        or not finite.tag.startswith("WW(pv,tgw")
        or lows & {"er", "dat", "dit", "die"}
    ):
        return False
    if lemma(finite) in listed("rules") and not lows & {"ik", "we", "wij"}:
        return True
    if (
        not (lows & _PRONOUNS)
        and not is_person(subject)
        and not (finite.plural and any(w.kind == "vd" for w in verbs))
    ):
        return False
    passive = any(w.kind == "vd" for w in verbs) and any(lemma(w) == "worden" for w in verbs)
    if lows & {"ik", "we", "wij"}:
        return passive
    if passive:
        return finite.plural or lows & {"hij", "zij", "ze"} != set()
    return not any(w.kind == "vd" for w in verbs) and "het" not in lows


def _usual(words: Sequence[Word]) -> bool:
    for place, word in enumerate(words):
        if word.low in listed("not_a_habit") or word.kind in ("num", "punct"):
            return False
        if (
            word.low in ("voor", "vóór")
            and place + 1 < len(words)
            and words[place + 1].low in listed("moments")
        ):
            return False
    return True


def _cleared(middle: Sequence[Word]) -> list[Word]:
    kept: list[Word] = []
    for place, word in enumerate(middle):
        before = middle[place - 1] if place else None
        after = middle[place + 1] if place + 1 < len(middle) else None
        opinion = word.low == "volgens" and after is not None and after.low in listed("weak")
        if before is not None and before.low == "volgens" and word.low in listed("weak"):
            continue
        if not opinion and word.low not in listed("around"):
            kept.append(word)
    return kept


def _demand(
    subject: Sequence[Word], middle: Sequence[Word], verbs: Sequence[Word], inner: bool
) -> list[Word] | None:
    """`hij moet op tijd komen` -> * op tijd komt; asked for in so many words: `hij luistert`."""
    finite = next(w for w in verbs if w.finite)
    kept = _cleared(middle)
    if not _usual(kept) or any(_negative(w) for w in kept):
        return None
    rest = [w for w in verbs if not w.finite and w.kind != "te"]
    asked = lemma(finite) in listed("demands")
    if not asked:
        if not inner or rest or lemma(finite) in listed("once"):
            return None
        return [*_slotted(kept), finite]
    if not rest or rest[-1].kind != "inf":
        return None
    rule = lemma(finite) in listed("rules")
    helpers = ("worden", "zijn") if rule else ("worden",)
    passive = rest[0].kind == "vd" and rest[-1].low in helpers and len(rest) == 2
    particle = len(rest) == 2 and rest[0].kind not in ("vd", "inf")
    if len(rest) > 1 and not (passive or particle):
        return None
    base = (rest[0].low if particle else "") + rest[-1].low
    state = rule and base == "zijn"
    if not passive and not state and (base in listed("once") or base in listed("bad")):
        return None
    base = rest[-1].low if passive else base
    text = base if finite.plural else third(base)
    turned = replace(
        finite, text=text, tag="WW(pv,tgw,mv)" if finite.plural else "WW(pv,tgw,met-t)"
    )
    own = {w.low for w in subject} & {"ik"}
    if own:
        turned = replace(turned, text="word", tag="WW(pv,tgw,ev)")
    return [*_slotted(kept), *([rest[0]] if passive else []), turned]


def _slotted(middle: Sequence[Word]) -> list[Word]:
    """The place of the adverb: behind the weak pronouns at the start."""
    place = 0
    light = listed("weak") | listed("neuter") | listed("late_subjects")
    while place < len(middle) and middle[place].low in light and middle[place].kind != "det":
        place += 1
    return [*middle[:place], _SLOT, *middle[place:]]


def _negative(word: Word) -> bool:
    return word.low in listed("negatives")


def _denial(
    subject: Sequence[Word], middle: Sequence[Word], verbs: Sequence[Word], inner: bool
) -> list[Word] | None:
    """`hij luistert nooit naar me` -> * naar me luistert."""
    finite = next(w for w in verbs if w.finite)
    negated = [i for i, w in enumerate(middle) if _negative(w)]
    if len(negated) != 1 or inner or not _good(middle, verbs):
        return None
    place = negated[0]
    word = middle[place]
    before, after = _cleared(middle[:place]), _cleared(middle[place + 1 :])
    if not _usual([*before, *after]):
        return None
    if word.low == "geen":
        noun = after[0].low if after else ""
        if noun not in listed("mass"):
            return None
    elif word.low not in listed("negators"):
        return None
    if lemma(finite) in ("hebben", "zijn") and any(w.kind == "vd" for w in verbs):
        return None
    return [*before, _SLOT, *after, *verbs]


def _good(middle: Sequence[Word], verbs: Sequence[Word]) -> bool:
    """Would one wish what is denied?"""
    bad = listed("bad")
    finite = next(w for w in verbs if w.finite)
    text = " ".join(w.low for w in middle)
    if lemma(finite) == "zijn" and len(verbs) == 1:
        return any(text.endswith(state) for state in data()["good_states"])
    if lemma(finite) == "hebben":
        return any(w.low in listed("mass") for w in middle)
    if any(
        w.low in bad or w.lemma in bad for w in middle if w.kind in ("noun", "adj", "inf", "adv")
    ):
        return False
    passive = lemma(finite) == "worden" and any(w.kind == "vd" for w in verbs)
    if passive:
        return True
    if len(verbs) != 1 or lemma(finite) in bad:
        return False
    joined = [v for v in data()["separable"] if finite.low.startswith(v)]
    return not any(
        lemma(replace(finite, text=finite.low[len(p) :])) in bad for p in joined
    ) or bool(joined)


def _fault(
    subject: Sequence[Word], middle: Sequence[Word], verbs: Sequence[Word], inner: bool
) -> list[Word] | None:
    """`hij komt altijd te laat` -> * op tijd komt."""
    if inner or len(verbs) != 1 or any(_negative(w) for w in middle):
        return None
    kept = _cleared(middle)
    text = " ".join(w.low for w in kept)
    better = data()["opposites"].get(text)
    if better is None or lemma(verbs[0]) not in data()["opposite_verbs"].get(text, ()):
        return None
    return [_SLOT, *(replace(_SLOT, text=part, kind="adv") for part in better.split()), *verbs]
