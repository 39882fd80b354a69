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


def lemma(word: Word) -> str:
    """The infinitive of a verb; the tables of forms come before the lemmatizer."""
    return _irregular().get(word.low, word.lemma)


@cache
def stem(infinitive: str) -> str:
    """The ik-form: `stellen` -> stel, `lopen` -> loop, `geven` -> geef, `gaan` -> ga."""
    if infinitive.endswith(("aan", "ien", "oen")):
        return infinitive[:-2] if infinitive.endswith("aan") else infinitive[:-1]
    root = infinitive[:-2] if infinitive.endswith("en") else infinitive.rstrip("n")
    if len(root) > 2 and root[-1] == root[-2] and root[-1] not in _VOWELS:
        root = root[:-1]
    elif len(root) > 2 and root[-1] not in _VOWELS and root[-2] in "aeou" and root[-3] not in _VOWELS:
        if not infinitive.endswith(("elen", "eren", "enen", "emen")) or len(root) < 5:
            root = root[:-2] + root[-2] * 2 + root[-1]
    return root.replace("v", "f") if root.endswith("v") and root.count("v") == 1 else (
        root[:-1] + {"v": "f", "z": "s"}.get(root[-1], root[-1])
    )


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
