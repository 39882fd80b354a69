"""Checks a subordinate clause that was built, and says how far it is to be trusted."""

from __future__ import annotations

from collections.abc import Sequence

from coachbot.nlp.mirrorwords import Unsure, Word, data, listed
from coachbot.nlp.persons import lowered
from coachbot.nlp.subject import SURE
from coachbot.nlp.subordinate import Clause
from coachbot.nlp.units import Unit
from coachbot.nlp.verbforms import lemma

#: What each doubt leaves of the confidence.
DOUBTS = {
    SURE: 1.0,
    "loose": 0.9,
    "list": 0.7,
    "fronted clause": 0.95,
    "free relative": 0.8,
    "subject by parse": 0.8,
    "front kept": 0.8,
    "comparison and clause": 0.8,
    "ik added": 0.9,
    "joined": 0.85,
}


#: What is left where the parser finds another subject than the word order does.
UNLIKE_PARSE = 0.4


def text(turned: Sequence[Word], clause: Clause) -> str:
    """The words with single spaces, commas attached, and the sentence capital gone."""
    parts: list[str] = []
    first = min((w.index for w in turned if w.index >= 0), default=-1)
    bare = _bare_name(clause)
    for word in turned:
        if word.low == ",":
            if parts and parts[-1] != ",":
                parts.append(",")
            continue
        own = bare and word.index == clause.subject[0].index
        parts.append(lowered(word, own) if word.index == first else word.text)
    while parts and parts[-1] == ",":
        parts.pop()
    return " ".join(parts).replace(" ,", ",")


def _bare_name(clause: Clause) -> bool:
    """A lone noun as subject may be a name that the tagger does not know."""
    if len(clause.subject) != 1 or clause.subject[0].kind in ("pron", "er", "wh", "rel"):
        return False
    low = clause.subject[0].low
    if low in listed("people") or low in listed("mass") or clause.subject[0].plural:
        return False
    return not low.endswith(tuple(data()["common_endings"]))


def words_only(turned: Sequence[Word]) -> str:
    """The words with single spaces and the sentence capital gone."""
    first = min((w.index for w in turned if w.index >= 0), default=-1)
    return " ".join(lowered(w) if w.index == first else w.text for w in turned if w.kind != "punct")


def join(first: str, joiner: str, second: str, own: bool) -> str:
    """Two clauses under one "dat"; the second gets its own when it has its own subject."""
    joiner = f", {joiner}" if joiner == "maar" else f" {joiner}"
    return f"{first}{joiner} dat {second}" if own else f"{first}{joiner} {second}"


def confidence(
    clause: Clause, turned: Sequence[Word], unit: Unit, subject: Sequence[Word]
) -> float:
    """Between 0 and 1; raises Unsure when the clause breaks a rule of Dutch word order."""
    _check_words(turned)
    _check_one_verb(clause)
    _check_agreement(subject, clause.finite)
    _check_kept(clause, unit)
    _check_embedded(clause.after)
    _check_embedded(clause.before)
    trust = 1.0 if SURE in clause.doubts or _parsed_alike(clause) else UNLIKE_PARSE
    for doubt in clause.doubts | unit.doubts:
        trust *= DOUBTS.get(doubt, 0.9)
    return trust


def _parsed_alike(clause: Clause) -> bool:
    """Does the parser hold another noun for the subject? Pronouns need no second opinion."""
    subject = clause.subject
    if not any(w.dep.startswith("nsubj") for w in clause.middle[len(subject) :]):
        return True
    if not any(w.kind == "noun" for w in subject) or any(w.low == "ik" for w in subject):
        return True
    return any(w.dep.startswith(("nsubj", "csubj", "expl")) for w in subject)


def _check_words(turned: Sequence[Word]) -> None:
    """No sign or foreign piece inside, and nobody addressed."""
    for place, word in enumerate(turned):
        if (
            word.kind == "x" or word.tag.startswith(("SPEC(vreemd", "SPEC(symb", "SPEC(afgebr"))
        ) and not any(c.isalnum() for c in word.text):
            raise Unsure("odd word")
        if word.kind == "punct" and word.low != ",":
            raise Unsure("sign inside")
        if word.kind == "int" and place == 0:
            raise Unsure("exclamation")


def _check_one_verb(clause: Clause) -> None:
    """One finite verb outside the embedded clauses, and it stands in the cluster at the end."""
    if any(w.finite for w in clause.middle if not _inside_subject(clause, w)):
        raise Unsure("finite verb in the middle")
    if sum(w.finite for w in clause.verbs) != 1:
        raise Unsure("no single finite verb")


def _inside_subject(clause: Clause, word: Word) -> bool:
    """A relative clause may come along in the phrase that stood in front."""
    for place, other in enumerate(clause.middle):
        if other is word:
            return any(w.kind in ("rel", "wh", "sub") for w in clause.middle[:place])
    return False


def _check_agreement(subject: Sequence[Word], finite: Word) -> None:
    """`ik heeft`, `wij gaat`: mistyped or misread, so not given back."""
    lows = {w.low for w in subject}
    low = finite.low
    _check_noun(subject, finite)
    if (
        subject
        and not lows & {"ik", "we", "wij"}
        and finite.tag == "WW(pv,tgw,ev)"
        and not low.endswith("t")
        and low not in listed("shared_forms")
    ):
        raise Unsure("agreement")
    if "en" in lows:
        _demand(finite.plural)
    elif "ik" in lows:
        third = finite.tag == "WW(pv,tgw,met-t)" and not low.endswith("tt")
        if finite.plural or (third and lemma(finite) in listed("plain_verbs")):
            raise Unsure("agreement")
    elif lows & {"we", "wij"}:
        if not low.endswith("n"):
            raise Unsure("agreement")
    elif lows & {"hij", "er", "het", "iedereen", "niemand", "iemand"} and len(lows) == 1:
        if finite.plural and "er" not in lows and "het" not in lows:
            raise Unsure("agreement")
        if low in ("ben", "heb") or (
            low.endswith("n") and finite.tag == "WW(pv,tgw,ev)" and low in ("zijn", "hebben")
        ):
            raise Unsure("agreement")


def _demand(agrees: bool) -> None:
    if not agrees:
        raise Unsure("agreement")


def _check_embedded(words: Sequence[Word]) -> None:
    """In each embedded clause, `ik` and `we` meet the verb that goes with them."""
    waiting: list[str] = []
    for place, word in enumerate(words):
        after = words[place + 1] if place + 1 < len(words) else None
        if word.kind in ("sub", "rel", "wh") and any(w.finite for w in words[place:]):
            waiting.append(after.low if after is not None else "")
        elif word.finite and waiting:
            subject = waiting.pop()
            if subject == "ik" and (word.plural or word.tag == "WW(pv,tgw,met-t)"):
                raise Unsure("agreement inside")
            if subject in ("we", "wij") and not word.low.endswith("n"):
                raise Unsure("agreement inside")


def _check_noun(subject: Sequence[Word], finite: Word) -> None:
    """A singular noun with a plural verb, or the other way round: misread."""
    if any(w.low in listed("collective") or w.kind in ("rel", "wh", "sub", "co") for w in subject):
        return
    head = next((w for w in subject if w.kind == "noun"), None)
    if head is None or any(w.kind == "pron" for w in subject) or subject[0].kind == "num":
        return
    if head.plural and not finite.plural and len(subject) < 5 and subject[0] is head:
        return
    if head.plural != finite.plural and not head.tag.startswith(("N(eigen", "SPEC")):
        raise Unsure("number")


def _check_kept(clause: Clause, unit: Unit) -> None:
    """Every word of the clause is still there, but for those that may be dropped in front."""
    end = len(unit.words) if unit.loose is None else unit.loose
    kept = {w.index for w in clause.words}
    for word in unit.words[:end]:
        if word.index in kept or word.kind == "punct":
            continue
        if word.low in listed("dropped_in_front") or word.low == "dan":
            continue
        if any(v.finite and v.low.startswith(word.low) for v in clause.verbs):
            continue
        raise Unsure("lost a word")
