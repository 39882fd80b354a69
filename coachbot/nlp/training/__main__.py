"""`make train`: the pipeline from the shared material, then the heads from our own corpus."""

from __future__ import annotations

import argparse
import subprocess
import sys
from pathlib import Path

MODEL = Path(__file__).parent.parent / "model"


def main() -> None:
    """Each in a process of its own: the second loads what the first wrote."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--shared", type=Path, required=True, help="folder with ud/ and subs-frog.tsv"
    )
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    if not (args.shared / "ud").is_dir():
        parser.error(f"--shared: {args.shared} holds no folder ud/")
    python, seed = sys.executable, ["--seed", str(args.seed)]
    train = ["-m", "coachbot.nlp.training.train", "--shared", str(args.shared)]
    subprocess.run([python, *train, "--out", str(MODEL), *seed], check=True)
    heads = ["-m", "coachbot.nlp.training.heads", "--shared", str(args.shared)]
    subprocess.run([python, *heads, *seed], check=True)


if __name__ == "__main__":
    main()
