"""Precision, recall and F1 of the reading against labelled files (`coachbot evaluate`)."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from coachbot.model import Emotion, Person, Reading, Rung, Safety, Time

if TYPE_CHECKING:
    from spacy.language import Language

Read = Callable[[str], Reading]


class DataError(ValueError):
    """A labelled file that cannot be used; the message names file, line and field."""


def load(path: Path, fields: Iterable[str]) -> list[dict[str, Any]]:
    """JSON lines with at least `fields`; a faulty line is named."""
    records = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if not line.strip():
            continue
        try:
            record = json.loads(line)
        except json.JSONDecodeError as error:
            raise DataError(f"{path}:{number}: no JSON ({error.msg})") from error
        missing = [f for f in fields if not isinstance(record, dict) or f not in record]
        if missing:
            raise DataError(f"{path}:{number}: field {missing[0]!r} is missing")
        records.append(record)
    if not records:
        raise DataError(f"{path}: holds no records")
    return records


def scores(
    gold: Sequence[Any], found: Sequence[Any], value: Any
) -> tuple[float, float, float, int]:
    """Precision, recall, F1 (0-1) of one value, and how often it is in the gold."""
    right = sum(g == value == f for g, f in zip(gold, found, strict=True))
    given = sum(f == value for f in found)
    there = sum(g == value for g in gold)
    precision = right / given if given else 0.0
    recall = right / there if there else 0.0
    f1 = 2 * precision * recall / (precision + recall) if right else 0.0
    return precision, recall, f1, there


def table(
    title: str, gold: Sequence[Any], found: Sequence[Any], values: Sequence[Any]
) -> Iterator[str]:
    """One line a value, and the macro-F1 under it."""
    yield f"{title:<14} precision  recall     F1   count"
    all_f1 = []
    for value in values:
        precision, recall, f1, there = scores(gold, found, value)
        all_f1.append(f1)
        yield f"  {value!s:<12} {precision:9.3f} {recall:7.3f} {f1:6.3f} {there:7d}"
    yield f"  {'macro-F1':<12} {'':9} {'':7} {sum(all_f1) / len(all_f1):6.3f}"


def overlap(gold: Sequence[str], found: Sequence[str]) -> tuple[int, int, int]:
    """Words shared, words found, words in the gold; for the overlap F1 of cue spans."""
    first = Counter(w for cue in gold for w in re.findall(r"\w+", cue.lower()))
    second = Counter(w for cue in found for w in re.findall(r"\w+", cue.lower()))
    return sum((first & second).values()), sum(second.values()), sum(first.values())


def cues(path: Path, read: Read) -> Iterator[str]:
    """Everything the codebook labels, and the messages that were misread."""
    records = load(path, ("text", "rung", "blame", "blame_cues", "emotions", "person", "time"))
    readings = [read(record["text"]) for record in records]
    yield f"{len(records)} messages"
    yield from table(
        "rung",
        [r["rung"] for r in records],
        [str(x.rung) for x in readings],
        [str(v) for v in Rung],
    )
    yield from table(
        "blame", [bool(r["blame"]) for r in records], [x.blame for x in readings], [True]
    )
    spared = [x for r, x in zip(records, readings, strict=True) if not r["blame"]]
    yield f"  false blame  {sum(x.blame for x in spared)} of {len(spared)}"
    shared = [
        overlap(r["blame_cues"], x.blame_cues) for r, x in zip(records, readings, strict=True)
    ]
    hit, given, there = (sum(column) for column in zip(*shared, strict=True))
    yield f"  cue words, overlap F1 {2 * hit / (given + there) if given + there else 0.0:.3f}"
    yield f"{'emotion':<14} precision  recall     F1   count"
    f1s = []
    for emotion in Emotion:
        precision, recall, f1, count = scores(
            [emotion in r["emotions"] for r in records],
            [emotion in x.emotions for x in readings],
            True,
        )
        f1s.append(f1)
        yield f"  {emotion!s:<12} {precision:9.3f} {recall:7.3f} {f1:6.3f} {count:7d}"
    yield f"  {'macro-F1':<12} {'':9} {'':7} {sum(f1s) / len(f1s):6.3f}"
    for field, values in (("person", Person), ("time", Time)):
        yield from table(
            field,
            [r[field] for r in records],
            [str(getattr(x, field)) for x in readings],
            [str(v) for v in values],
        )
    yield "misread"
    for record, reading in zip(records, readings, strict=True):
        wrong = []
        if record["rung"] != reading.rung:
            wrong.append(f"rung {record['rung']} read as {reading.rung}")
        if bool(record["blame"]) != reading.blame:
            wrong.append(
                f"blame {record['blame']} read as {reading.blame} {list(reading.blame_cues)}"
            )
        if set(record["emotions"]) != set(reading.emotions):
            wrong.append(f"emotions {record['emotions']} read as {[*map(str, reading.emotions)]}")
        if wrong:
            yield f"  {record['text']}\n      {'; '.join(wrong)}"


def safety(path: Path, read: Read) -> Iterator[str]:
    """Recall of both tiers on explicit and veiled messages, and what is asked about for nothing."""
    records = load(path, ("text", "category", "veiled"))
    readings = [read(record["text"]) for record in records]
    pairs = list(zip(records, readings, strict=True))
    yield f"{len(records)} messages       asked or certain   certain   category right   count"
    for title, veiled in (("explicit", False), ("veiled", True)):
        own = [(r, x) for r, x in pairs if r["category"] != "none" and r["veiled"] is veiled]
        noticed = sum(x.safety != Safety.NONE for _, x in own)
        certain = sum(x.safety_certain for _, x in own)
        right = sum(x.safety == r["category"] for r, x in own)
        shares = (_share(noticed, own), _share(certain, own), _share(right, own))
        yield f"  {title:<20}{shares[0]:16.3f} {shares[1]:9.3f} {shares[2]:16.3f} {len(own):7d}"
    calm = [(r, x) for r, x in pairs if r["category"] == "none"]
    asked = sum(x.safety != Safety.NONE for _, x in calm)
    certain = sum(x.safety_certain for _, x in calm)
    shares = (_share(asked, calm), _share(certain, calm), 0.0)
    yield f"  {'none':<20}{shares[0]:16.3f} {shares[1]:9.3f} {'':16} {len(calm):7d}"
    yield "misread"
    for record, reading in pairs:
        if (record["category"] == "none") != (reading.safety == Safety.NONE):
            tier = "certain" if reading.safety_certain else "asked"
            yield f"  {record['text']}"
            yield f"      {record['category']} read as {reading.safety} ({tier})"


def _share(part: int, whole: Sequence[object]) -> float:
    return part / len(whole) if whole else 0.0


def ud(path: Path, nlp: Language) -> Iterator[str]:
    """Tags, lemmas and trees against a CoNLL-U file, with its own tokens; per cent.

    The measure stands with the training recipe, which is not in the wheel.
    """
    try:
        from coachbot.nlp.training import ud as measure
    except ImportError as error:
        raise DataError(
            "`evaluate ud` needs the source tree, with coachbot/nlp/training"
        ) from error
    for name, value in measure.evaluate(nlp, path).items():
        yield f"{name:<12} {value:8.2f}"
