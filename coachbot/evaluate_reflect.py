"""How often the mirror is right, wrong or held back, on a file of sentences with their answers."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

from coachbot.evaluate import load
from coachbot.model import Reflection

Mirror = Callable[[str], Reflection | None]


def same(text: str) -> str:
    """A clause without capitals, commas and double spaces: what counts when comparing."""
    return re.sub(r"\s+", " ", text.lower().replace(",", " ")).strip(" .")


def verdict(record: dict[str, object], found: Reflection | None) -> str:
    """`right`, `wrong` or `held back` (for a sentence that has a mirror)."""
    accepted = record["accept"]
    assert isinstance(accepted, list)
    if found is None:
        return "right" if record.get("fallback") else "held back"
    answers = {same(str(answer)) for answer in accepted}
    return "right" if same(found.clause) in answers else "wrong"


def reflect(path: Path, mirror: Mirror) -> Iterator[str]:
    """Shares of right, wrong and held back, then each sentence that was not right."""
    records = load(path, ("text", "accept"))
    found = [mirror(record["text"]) for record in records]
    verdicts = [verdict(r, f) for r, f in zip(records, found, strict=True)]
    total = len(records)
    yield f"{total} sentences"
    for kind in ("right", "wrong", "held back"):
        count = verdicts.count(kind)
        yield f"  {kind:<10} {count:4d}  {count / total:6.1%}"
    nothing = [v for r, v in zip(records, verdicts, strict=True) if r.get("fallback")]
    if nothing:
        kept = nothing.count("right")
        share = kept / len(nothing)
        yield f"  of {len(nothing)} that must give nothing, {kept} gave nothing ({share:.1%})"
    for record, reflection, kind in zip(records, found, verdicts, strict=True):
        if kind != "right":
            given = f"{reflection.clause} ({reflection.confidence:.2f})" if reflection else "-"
            yield f"  {kind}: {record['text']}\n      {given}"
