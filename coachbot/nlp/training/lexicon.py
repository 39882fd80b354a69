"""How `lexicon.tsv.gz` was made: Frog's opinion on frequent words. Needs Frog and wordfreq.

`python -m coachbot.nlp.training.lexicon 100000 lexicon.tsv.gz`. Not part of `make train`.
"""

import argparse
import gzip
import subprocess
import tempfile
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

WORDFREQ: Any = import_module("wordfreq")

#: Each word in five places, with the number of the word in the sentence. The last has a capital.
CARRIERS = (
    ("Een {} .", 1),
    ("Dat zij {} .", 2),
    ("De {} dingen .", 1),
    ("Hij heeft het {} .", 3),
    ("Van {} en", 1),
)
FROG = ("frog", "-n", "--skip=tpmnca", "--threads=1")
WORD, LEMMA, TAG = 1, 2, 4


def sentences(words: list[str]) -> Iterator[list[list[str]]]:
    """What Frog makes of all words in all carriers: lists of rows, each a list of columns."""
    with tempfile.TemporaryDirectory() as folder:
        source, target = Path(folder, "in"), Path(folder, "out")
        with source.open("w", encoding="utf-8") as out:
            for word in words:
                capital = word[0].upper() + word[1:]
                forms = [word] * (len(CARRIERS) - 1) + [capital]
                for (carrier, _), form in zip(CARRIERS, forms, strict=True):
                    out.write(carrier.format(form) + "\n")
        subprocess.run(
            [*FROG, "-t", str(source), "-o", str(target)], check=True, capture_output=True
        )
        rows: list[list[str]] = []
        with target.open(encoding="utf-8") as lines:
            for line in lines:
                if line.strip():
                    rows.append(line.rstrip("\n").split("\t"))
                else:
                    yield rows
                    rows = []


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("number", type=int, help="how many of the most frequent words")
    parser.add_argument("out", type=Path)
    args = parser.parse_args()
    words = [
        word
        for word in WORDFREQ.top_n_list("nl", args.number)
        if any(c.isalpha() for c in word) and not {" ", '"'} & set(word)
    ]
    numbers: dict[str, int] = {}
    lines = []
    found = sentences(words)
    for word in words:
        rows = [next(found)[place] for _, place in CARRIERS]
        tags = [str(numbers.setdefault(row[TAG], len(numbers))) for row in rows]
        lemmas = " ".join(row[LEMMA].replace(" ", "") for row in rows[:-1])
        lines.append(f"{word}\t{' '.join(tags[:-1])}\t{tags[-1]}\t{lemmas}\n")
    # Without a time, so that the same words make the same file.
    with gzip.GzipFile(args.out, "wb", mtime=0) as out:
        out.write(("\t".join(numbers) + "\n" + "".join(lines)).encode())


if __name__ == "__main__":
    main()
