"""What a message does to the first sentence that is being written, or says about it."""

from __future__ import annotations

import re

from coachbot.nlp import cues

#: "heyy sam ik kom niet uit": so many words may greet before somebody begins about themselves.
GREETING_WORDS = 2
_SENTENCE = re.compile(r"[^.?!…]+[.?!…]*")


def heard(whole: str, told: str, own: bool, request: bool) -> frozenset[str]:
    """Names of what was heard in `whole`; `told` is what of it is not a bare yes or no.

    `own` and `request` are what the reading heard in `told`. Linear in the length of the text.
    """
    told = told[announced(told) :]
    line, entire = _normal(told), _normal(whole)
    tells = own or any(_tells(sentence) for sentence in _SENTENCE.findall(told))
    requested = bool(cues.pattern("requests").search(line)) or _finds("asks", line) or _asks(told)
    asks = request or requested or "?" in told
    names = {name for name in ("refuses", "agrees") if _finds(name, entire)}
    names |= {name for name, there in (("tells", tells), ("asks", asks)) if there}
    if asks and (not tells or _asks_first(told)):
        names.add("asks_only")
    # What holds both is a sentence to the other, whatever words it is made of; "welke zin? die
    # van daarnet" and "ik kan niet goed schrijven, kun je helpen?" are for the coach.
    opening = re.match(r"(?:[^.?!…]+\?)?", whole)
    asked = opening is not None and _finds("remark", _normal(opening.group()))
    if _finds("pleads", entire):
        names.add("remark")
    if asked or (not (own and asks) and not (tells and requested)):
        names |= {name for name in ("keeps", "remark") if _finds(name, entire)}
    half = cues.pattern("drafting", "fragment").match(line)
    if half and not asks and not _finds("effects", line):
        names.add("fragment")
    if _finds("together", line):
        names.add("together")
    return frozenset(names)


def announced(text: str) -> int:
    """Where the sentence itself begins, behind "ik zou zeggen: …" or "wat het met me doet? …"."""
    said = cues.normalise(text, cues.load()["spelling"])
    for found in cues.find(cues.pattern("drafting", "announces"), said):
        sign = re.match(r"\s*[:?]\W*(?=\w+\s+\w)", text[found.end :])
        if sign:
            return found.end + sign.end()
    return 0


def salutation(text: str) -> int:
    """Where the hello at the start of `text` ends ("Lieve Ineke, ", "Zus, "); 0 without one."""
    found = re.match(r"\W*(\w+)((?:\s+\w+){0,2})\s*,\s*(?=\w)", text)
    if not found:
        return 0
    first, words = found[1].lower(), cues.load()["drafting"]
    called = not found[2] and first not in (words["self"], *words["asking"])
    return found.end() if called or first in words["salutations"] else 0


def _finds(name: str, normal: str) -> bool:
    return bool(cues.pattern("drafting", name).search(normal))


def _normal(text: str) -> str:
    return cues.normalise(text, cues.load()["spelling"]).text


def _opens_with(name: str, text: str) -> bool:
    words = _normal(text).split()
    return bool(words) and words[0] in cues.load()["drafting"][name]


def _tells(sentence: str) -> bool:
    """Does it hold a clause about oneself, apart from the "ik" in what is asked?

    In "Wanneer kan ik langskomen?" nothing is told; in "ik slaap slecht, kunnen we …?" there is.
    """
    words = cues.load()["drafting"]
    sentence = sentence[salutation(sentence) :]
    rest = cues.pattern("requests").sub(" ~", _normal(sentence))
    rest = cues.pattern("drafting", "asks").sub(" ~", rest)
    if "?" not in sentence:
        return bool(re.search(rf"\s{words['self']}\s", rest))
    links = "|".join(map(re.escape, words["links"]))
    if re.search(rf"\s(?:[,;:]|{links})\s{words['self']}\s", rest):
        return True
    begins = re.match(rf"(?:\s\w+){{0,{GREETING_WORDS}}}\s{words['self']}\s", rest)
    return bool(begins) and not _opens_with("asking", sentence)


def _asks(told: str) -> bool:
    """ "kan ik morgen met je praten": a question without its mark."""
    return bool(cues.pattern("drafting", "opens").match(_normal(told[salutation(told) :])))


def _asks_first(told: str) -> bool:
    """One question, or a request in one sentence: what is told in it serves the asking."""
    body = told[salutation(told) :]
    normal = _normal(body)
    asked = [p.match(normal) for p in (cues.pattern("requests"), cues.pattern("drafting", "asks"))]
    if _opens_with("asking", body):
        return "?" in body or any(asked) or _asks(body)
    return any(asked) and len(_SENTENCE.findall(body.strip())) == 1 and "?" not in body
