"""A few words that a network should not guess at; spaCy's attribute ruler puts them right."""

from typing import Any

from spacy.language import Language

#: Pictures have no words in any treebank. From the symbols to the end of Unicode's second plane.
EMOJI = "^[\u2600-\u27bf\U0001f000-\U0001faff]"
RULES: tuple[tuple[dict[str, Any], dict[str, str]], ...] = (
    ({"LOWER": {"IN": ["'s", "’s"]}, "TAG": {"REGEX": "^WW"}}, {"LEMMA": "zijn"}),
    ({"TEXT": {"REGEX": EMOJI}}, {"TAG": "SPEC(symb)", "POS": "SYM", "MORPH": "_"}),
)


def add_rules(nlp: Language) -> None:
    """Add the ruler at the end of the pipeline."""
    ruler: Any = nlp.add_pipe("attribute_ruler")
    for token, attributes in RULES:
        ruler.add([[token]], attributes)
