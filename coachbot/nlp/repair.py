"""Readings that the sentence settles and a tagger may miss: verbs taken for nouns, openers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from coachbot.nlp.mirrorwords import Word, data, listed
from coachbot.nlp.verbforms import lemma

#: A participle with one of these looks like its hij-form ("bedankt").
_MUTE = ("be", "ver", "ont", "her")
_IK, _PLURAL, _THIRD = "WW(pv,tgw,ev)", "WW(pv,tgw,mv)", "WW(pv,tgw,met-t)"


def repaired(sentence: list[Word]) -> list[Word]:
    """The sentence with the readings put right that its word order proves."""
    words = [w for w in sentence if w.low not in listed("noise") or w.finite]
    _name_first(words)
    _names_inside(words)
    _plural_zijn(words)
    _determiner_first(words)
    _as_noun(words)
    _set_phrases(words)
    _misspelt(words)
    for start, end in _chunks(words):
        if not any(w.finite for w in words[start:end]):
            _find_finite(words, start, end)
        else:
            _after_ik(words, start, end)
    _unclosed(words)
    _openers(words)
    return words


def _after_ik(words: list[Word], start: int, end: int) -> None:
    """`ik mis hoe het was`: the word behind "ik" is the verb, though another one follows."""
    if end - start < 3 or words[start].low not in ("ik", "hij"):
        return
    after, third = words[start + 1], words[start + 2]
    if words[start].low == "hij":
        if after.kind == "noun" and after.low.endswith("t") and not third.finite:
            words[start + 1] = replace(after, tag=_THIRD, kind="pv", plural=False)
        return
    if after.kind in ("noun", "adj", "x") and not third.finite and third.low != "en":
        words[start + 1] = replace(after, tag=_IK, kind="pv", plural=False)


def _unclosed(words: list[Word]) -> None:
    """`omdat we vaak bellen`: the infinitive that closes a clause is a plural finite verb."""
    for place, word in enumerate(words):
        if word.kind not in ("sub", "rel", "wh") or word.low == "dan":
            continue
        if word.low == "als" and not _conditional(words, place):
            continue
        if word.kind == "wh" and not any(w.finite for w in words[:place]):
            continue
        if word.kind == "wh" and not _conditional(words, place):
            continue
        end = place + 1
        while end < len(words) and words[end].low not in (",", "en", "maar", "want"):
            if words[end].kind in ("sub", "rel", "wh"):
                if words[end - 1].kind == "inf" and words[end - 2].kind != "te":
                    _close_clause(words, place, end)
                break
            if words[end].finite:
                break
            if words[end].kind == "te":
                last = end - 1 if words[end - 1].kind == "prt" else end
                if words[last - 1].kind == "inf" and last - place > 2:
                    _close_clause(words, place, last)
                break
            end += 1
        else:
            _close_clause(words, place, end)


def _conditional(words: list[Word], place: int) -> bool:
    """`als die mensen praten`: a plural subject, though its verb looks like an infinitive."""
    if place + 1 == len(words):
        return False
    after = words[place + 1]
    if after.low in listed("nominative"):
        return True
    taken = words[place].low == "als" and any(
        w.finite and lemma(w) in listed("before_infinitive") for w in words[:place]
    )
    return not taken and any(w.kind == "noun" and w.plural for w in words[place + 1 : place + 4])


def _no_moment(word: Word) -> bool:
    return word.low not in listed("fronted_adverbs") and word.low.rstrip("s") not in listed(
        "moments"
    )


def _chunks(words: list[Word]) -> Iterator[tuple[int, int]]:
    """Stretches between commas and joiners."""
    start = 0
    for place, word in enumerate(words):
        if word.low == "," or word.low in listed("chunk_joiners"):
            if place > start:
                yield start, place
            start = place + 1
    if len(words) > start:
        yield start, len(words)


def _name_first(words: list[Word]) -> None:
    """`Van Dijk vroeg ...`: a preposition that begins a name."""
    if (
        len(words) > 2
        and words[0].text == "Van"
        and words[1].text[:1].isupper()
        and words[2].finite
    ):
        words[0] = replace(words[0], tag="SPEC(deeleigen)", kind="noun")
        words[1] = replace(words[1], tag="SPEC(deeleigen)", kind="noun", plural=False)


def _names_inside(words: list[Word]) -> None:
    """A capital in the middle of a sentence makes a name of what was read as a verb."""
    for place, word in enumerate(words[1:], 1):
        if word.kind in ("pv", "inf", "vd") and word.text[:1].isupper() and not word.text.isupper():
            words[place] = replace(word, kind="noun", tag="SPEC(deeleigen)", plural=False)


def _determiner_first(words: list[Word]) -> None:
    """`die handscanner is ...`: at the start no relative pronoun."""
    if len(words) > 1 and words[0].kind == "rel" and words[0].low in ("die", "dat"):
        noun = words[1].kind in ("noun", "adj")
        words[0] = replace(
            words[0], kind="det" if noun else "pron", tag="VNW(aanw,pron,stan,vol,3,getal)"
        )


def _alone(words: list[Word], place: int) -> bool:
    """No part of a group of verbs ("erbij kunnen zitten")."""
    after = words[place + 1] if place + 1 < len(words) else None
    grouped = after is not None and (after.kind == "inf" or after.tag.startswith("WW(inf"))
    return not grouped and words[place].low not in listed("modals")


def _plural_zijn(words: list[Word]) -> None:
    """`'t zijn altijd dezelfden`, `wij zijn`: a verb, though it looks like a possessive."""
    if len(words) > 2 and words[1].low == "zijn" and words[0].low in listed("before_zijn"):
        words[1] = replace(words[1], tag=_PLURAL, kind="pv", plural=True)


def _as_noun(words: list[Word]) -> None:
    """`met z'n vieren`, `het wachten`: an infinitive behind a determiner is a noun."""
    for place, word in enumerate(words[1:], 1):
        attributive = words[place - 1].low == "eigen"
        if word.kind == "inf" and (words[place - 1].kind == "det" or attributive):
            after = words[place + 1] if place + 1 < len(words) else None
            if words[place - 1].low in listed("own_noun") or after is None or after.kind != "inf":
                words[place] = replace(word, kind="noun", tag="N(soort,mv,basis)", plural=True)
        elif word.kind == "vd" and words[place - 1].kind == "det":
            words[place] = replace(word, kind="adj", tag="WW(vd,prenom,met-e)")
        elif (
            word.kind == "inf"
            and words[place - 1].low in listed("before_nouns")
            and _alone(words, place)
        ):
            words[place] = replace(word, kind="noun", tag="N(soort,ev,basis,onz,stan)")
        if word.low in listed("counted") and words[place - 1].low == "zijn":
            words[place - 1] = replace(words[place - 1], text="z'n")


def _set_phrases(words: list[Word]) -> None:
    """Phrases that hold a verb but are an adverb ("wat mij betreft")."""
    lows = [w.low for w in words]
    for place in range(len(words) - 2):
        if lows[place] == "wat" and lows[place + 2] == "betreft":
            for index in range(place, place + 3):
                words[index] = replace(words[index], kind="adv", tag="BW()")


def _misspelt(words: list[Word]) -> None:
    """`er gebeurd niks`: a participle where the finite verb must stand."""
    for start, end in list(_chunks(words)):
        chunk = words[start:end]
        if any(w.finite for w in chunk):
            continue
        for place in range(start + 1, end):
            right = data()["misspelt"].get(words[place].low)
            if right and words[place - 1].low in listed("nominative"):
                words[place] = replace(words[place], text=right, tag=_THIRD, kind="pv")
                break


def _find_finite(words: list[Word], start: int, end: int) -> None:
    first = words[start]
    if first.low == "hij" and end - start > 1 and words[start + 1].low.endswith("t"):
        if words[start + 1].kind == "noun":
            words[start + 1] = replace(words[start + 1], tag=_THIRD, kind="pv", plural=False)
        return
    after = words[start + 1] if start + 1 < end else None
    if first.low == "hun" and after is not None and after.low.endswith("en"):
        words[start] = replace(first, text="ze", tag="VNW(pers,pron,stan,red,3,mv)", kind="pron")
        words[start + 1] = replace(after, tag=_PLURAL, kind="pv", plural=True)
        return
    if (
        first.low == "ik"
        and after is not None
        and _no_moment(after)
        and after.kind in ("noun", "adj", "x")
    ):
        words[start + 1] = replace(after, tag=_IK, kind="pv", plural=False)
        return
    for place in range(start + 1, end):
        before = words[place - 1]
        verb_like = before.kind in ("noun", "adj") and before.low[-1:] not in "aeiou"
        if words[place].low == "ik" and verb_like and not before.plural and place - 1 > start:
            words[place - 1] = replace(before, tag=_IK, kind="pv")
            return
    if (
        first.low in ("we", "wij")
        and after is not None
        and after.kind in ("inf", "noun")
        and after.low.endswith("n")
    ):
        words[start + 1] = replace(after, tag=_PLURAL, kind="pv", plural=True)
        return


def _close_clause(words: list[Word], place: int, end: int) -> None:
    """`dat ik hen verwen`, `dat we samen kijken`: the last word is the verb."""
    if end - place < 3:
        return
    subject, last = words[place + 1].low, words[end - 1]
    if last.low == "zijn" and last.kind == "det":
        last = replace(last, kind="inf")
    if subject == "ik" and last.low in listed("en_stems"):
        words[end - 1] = replace(last, tag=_IK, kind="pv", plural=False)
    elif last.kind == "vd" and last.low.endswith("t") and last.low.startswith(_MUTE):
        words[end - 1] = replace(last, tag=_THIRD, kind="pv", plural=False)
    elif subject == "ik" and last.kind == "inf":
        before = words[end - 2]
        if before.kind in ("noun", "adj") and not before.plural and end - place > 4:
            words[end - 2] = replace(before, tag=_IK, kind="pv", plural=False)
    elif (
        subject == "ik"
        and last.kind in ("noun", "adj", "x")
        and last.low[-1:] not in "aeiou"
        and not last.plural
    ):
        words[end - 1] = replace(last, tag=_IK, kind="pv", plural=False)
    elif last.kind == "vd" and subject in listed("plural_pronouns") and last.low.endswith("en"):
        words[end - 1] = replace(last, tag="WW(pv,verl,mv)", kind="pv", plural=True)
    elif (
        last.kind == "inf"
        and last.low.endswith("n")
        and subject != "ik"
        and (words[place].kind == "rel" or _conditional(words, place))
        and not any(w.kind == "te" for w in words[place:end])
    ):
        first = end - 1
        while first - 1 > place and words[first - 1].kind == "inf":
            first -= 1
        words[first] = replace(
            words[first], text=words[first].text, tag=_PLURAL, kind="pv", plural=True
        )


def _openers(words: list[Word]) -> None:
    """`nu hij weg is`, `sinds ze een hond hebben, ...`: adverb or preposition turned opener."""
    for place, word in enumerate(words[:-2]):
        if word.low not in listed("openers_by_place") or word.kind == "sub":
            continue
        after = words[place + 1]
        finite = next((i for i in range(place + 1, len(words)) if words[i].finite), None)
        if finite is None or finite == place + 1 or after.low == ",":
            continue
        if place and (words[place - 1].finite or words[place - 1].low in listed("nominative")):
            continue
        if any(w.kind in ("sub", "rel", "wh") for w in words[place + 1 : finite]):
            continue
        if any(w.low == "," or w.kind == "co" for w in words[place:finite]):
            continue
        pronoun = after.low in listed("nominative") | {"ik", "ze"} and after.kind in ("pron", "er")
        noun = word.low in listed("openers_before_nouns") and after.kind in ("det", "noun", "pron")
        behind = finite + 1
        while behind < len(words) and words[behind].verbal:
            behind += 1
        fronted = (
            place == 0
            and behind + 1 < len(words)
            and words[behind].low == ","
            and words[behind + 1].finite
        )
        if fronted or ((pronoun or noun) and finite > place + 2):
            words[place] = replace(word, kind="sub")
