"""Which infinitive a finite form belongs to, from the rules of spelling and the strong verbs."""

from __future__ import annotations

from functools import cache

from coachbot.nlp.mirrorwords import Word, data

_VOWELS = "aeiou"


@cache
def _irregular() -> dict[str, str]:
    table: dict[str, str] = {}
    for key in ("past_of", "verb_forms"):
        for infinitive, forms in data()[key].items():
            for form in forms:
                table.setdefault(form, infinitive)
    return table


@cache
def past() -> frozenset[str]:
    """Every past form of a strong verb."""
    return frozenset(form for forms in data()["past_of"].values() for form in forms)


@cache
def is_past(form: str) -> bool:
    """Is it a strong past form, alone or behind a particle (`voorbijliep`)?"""
    if form in past():
        return True
    starts = [*data()["separable"], *data()["prefixes"]]
    return any(form.startswith(s) and form[len(s) :] in past() for s in starts)


def lemma(word: Word) -> str:
    """The infinitive of a verb; the tables of forms come before the lemmatizer."""
    return _irregular().get(word.low, word.lemma)


@cache
def stem(infinitive: str) -> str:
    """The ik-form: `stellen` -> stel, `lopen` -> loop, `geven` -> geef, `gaan` -> ga."""
    if infinitive.endswith("aan"):
        return infinitive[:-2]
    if infinitive.endswith(("ien", "oen")):
        return infinitive[:-1]
    root = infinitive[:-2] if infinitive.endswith("en") else infinitive.rstrip("n")
    if len(root) > 2 and root[-1] not in _VOWELS:
        if root[-1] == root[-2]:
            root = root[:-1]
        elif root[-2] in "aeou" and root[-3] not in _VOWELS and _stressed(infinitive):
            root = root[:-1] + root[-2:]
    return root[:-1] + {"v": "f", "z": "s"}.get(root[-1:], root[-1:])


def _stressed(infinitive: str) -> bool:
    """Is the vowel before the ending long (`spelen`) rather than mute (`wandelen`)?"""
    if infinitive.endswith(tuple(data()["long_endings"])):
        return True
    if infinitive.endswith("eren"):
        return not infinitive.endswith(tuple(data()["mute_eren"]))
    return not (infinitive.endswith(("elen", "enen", "emen")) and len(infinitive) > 5)


@cache
def third(infinitive: str) -> str:
    """The hij-form: `zijn` -> is, `afspreken` -> afspreekt."""
    irregular = data()["third"].get(infinitive)
    if irregular is not None:
        return str(irregular)
    for particle, verbs in data()["separable"].items():
        rest = infinitive[len(particle) :]
        if infinitive.startswith(particle) and (rest in verbs or rest in data()["third"]):
            return str(particle) + third(rest)
    base = stem(infinitive)
    return base if base.endswith("t") else base + "t"


@cache
def regular(infinitive: str) -> frozenset[str]:
    """The present forms, and the past when it is weak."""
    base = stem(infinitive)
    forms = {infinitive, base, base if base.endswith("t") else base + "t"}
    return frozenset(forms | {base + end for end in ("te", "ten", "de", "den")})


def is_form_of(word: Word, infinitive: str) -> bool:
    """Is the finite verb a form of this infinitive?"""
    known = _irregular().get(word.low)
    if known is not None:
        return known == infinitive
    return word.lemma == infinitive or word.low in regular(infinitive)
