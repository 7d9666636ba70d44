"""The signs that stand in most of the labelled rows that weights are learnt from: `OFTEN` in triage's beginnings.py.

python -m bench.often [--signs 200]
"""

import argparse
import sys
from collections import Counter

from bench.triage import rows
from bench.triage_likeness import FOLDER, LOTS
from wufang.domain.triage.asking import page


def often(texts: list[str], most: int) -> str:
    """The signs in the order of how many texts have them; equals in the order of their codes."""
    counts = Counter(sign for text in texts for sign in sorted(set(text)))
    return "".join(sorted(counts, key=lambda sign: (-counts[sign], sign))[:most])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--signs", type=int, default=200)
    options = parser.parse_args()
    found = often([page(row.matter).text for lot in LOTS for row in rows(FOLDER / lot)], options.signs)
    sys.stdout.write(repr(found) + "\n")


if __name__ == "__main__":
    main()
