"""The tokenizer of spaCy's Dutch, with the forms of chat; all of it is saved in the model."""

import re
from importlib import import_module
from typing import Any

from spacy.language import Language
from spacy.lookups import Lookups
from spacy.util import add_lookups, compile_infix_regex

from .augment import NORMS

NORM: int = import_module("spacy.attrs").NORM

#: One token, though it begins or ends with an apostrophe. Twice: with `'` and with `’`.
WHOLE = {
    "'k": "ik", "'t": "het", "'n": "een", "'m": "hem", "'s": "'s", "m'n": "m'n", "z'n": "z'n",
    "d'r": "d'r", "zo'n": "zo'n", "'ns": "eens", "'r": "er", "'ie": "hij", "-ie": "hij",
    "m'ns": "mijns", "zo'ne": "zo'n", "ik'k": "ik",
}  # fmt: skip
#: Two words in one: `da's` is a subject and a verb, and the parser has to see both.
SPLIT = {
    "da's": (("da", "dat"), ("'s", "is")),
    "wa's": (("wa", "wat"), ("'s", "is")),
    "wat's": (("wat", "wat"), ("'s", "is")),
    "hoe's": (("hoe", "hoe"), ("'s", "is")),
    "dat's": (("dat", "dat"), ("'s", "is")),
}
#: spaCy splits words at a curly apostrophe, but not at a straight one; it is the same sign.
CURLY = "’"
#: spaCy takes these with a dot for abbreviations; at the end of a message they are words.
NO_ABBREVIATIONS = frozenset(
    re.findall(
        r"\w+",
        "al app art bel best bull co dat doc ed ex gen get hand it mand max me min mo ms not or os "
        "ov pan pas pers po red rtl sir tom top ver vol volg vn vs we ze",
    )
)


def _spellings(form: str) -> set[str]:
    both = {form, form.replace("'", "’")}
    return (
        both
        | {f.upper() for f in both}
        | {f.capitalize() for f in both}
        | {f[:1] + f[1:].capitalize() for f in both}
    )


def adapt(nlp: Language) -> None:
    """Put the special cases, the infixes and the NORMs of chat spellings in a pipeline."""
    cutter: Any = nlp.tokenizer
    infixes = [str(rule) for rule in nlp.Defaults.infixes or []]
    infixes = [rule.replace(CURLY, "") if rule.startswith("(?<=") else rule for rule in infixes]
    cutter.infix_finditer = compile_infix_regex(infixes).finditer
    cutter.rules = {
        form: cases
        for form, cases in cutter.rules.items()
        if not (form.endswith(".") and form[:-1].lower() in NO_ABBREVIATIONS)
    }
    for form, norm in WHOLE.items():
        for spelling in _spellings(form):
            cutter.add_special_case(spelling, [{"ORTH": spelling, "NORM": norm}])
    for form, (first, second) in SPLIT.items():
        for spelling in _spellings(form):
            cut = len(first[0])
            parts = [(spelling[:cut], first[1]), (spelling[cut:], second[1])]
            cutter.add_special_case(spelling, [{"ORTH": o, "NORM": n} for o, n in parts])
    norms = Lookups()
    norms.add_table("lexeme_norm", NORMS)
    nlp.vocab.lookups = norms
    # spaCy does this when it loads the table; the network has to see the same while it learns.
    vocab: Any = nlp.vocab
    getters = vocab.lex_attr_getters
    getters[NORM] = add_lookups(getters[NORM], NORMS)
