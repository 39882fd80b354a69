"""Lemmas that the trained lemmatizer gets wrong: known words, and verbs in two pieces.

Both tables are made in training (`training/lemma_table.py`) and lie in the model's lookups.
"""

from __future__ import annotations

import re

from spacy.tokens import Doc, Token

#: Lemma by part of speech and form, where the lemmatizer's own is no word: "WW(vd verleend".
EXCEPTIONS = "coach_lemmas"
#: Infinitives of separable verbs, for `zeg … af` -> `afzeggen`.
SEPARABLE = "coach_separable"
_KIND = re.compile(r"\w+(\(\w+)?")


def key(tag: str, form: str) -> str:
    """How a form is looked up: the first two parts of its CGN tag, and itself in lower case."""
    found = _KIND.match(tag)
    return f"{found.group() if found else tag} {form.lower()}"


def mend(doc: Doc) -> Doc:
    """Put the lemmas right, in place; a model without the tables is left as it is."""
    lookups = doc.vocab.lookups
    if not lookups.has_table(EXCEPTIONS):
        return doc
    exceptions, separable = lookups.get_table(EXCEPTIONS), lookups.get_table(SEPARABLE)
    for token in doc:
        known = exceptions.get(key(token.tag_, token.text))
        if known is not None:
            token.lemma_ = known
    for token in doc:
        verb = token.head
        if _particle(token) and not verb.lemma_.startswith(token.lower_):
            whole = token.lower_ + verb.lemma_
            if whole in separable:
                verb.lemma_ = whole
    return doc


def _particle(token: Token) -> bool:
    return token.dep_ == "compound:prt" and token.head.pos_ in ("VERB", "AUX")
