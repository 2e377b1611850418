"""Draw the picture of the README from stored campaigns of one raid.

opendome run golden-dome-2029 --variants architectures --runs 40 --seed 1 --out runs/readme
.venv/bin/python tools/readme_picture.py runs/readme docs/images/overview.png
"""

from __future__ import annotations

import sys
from pathlib import Path

from opendome.report import draw_campaigns

# The map is that of the first.
SHOWN = {
    "golden-dome-2029-announced": "announced for 2029",
    "golden-dome-2029-expected": "expected by 2029",
    "present-day": "present day",
}
TITLE = "Ten intercontinental missiles with booster debris, from North Korea"
_DOTS_PER_INCH = 110


def main(campaigns: Path, picture: Path) -> None:
    """Draw the campaigns under one directory, by architecture, into one file."""
    figure = draw_campaigns({told: campaigns / name for name, told in SHOWN.items()}, TITLE)
    picture.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(picture, dpi=_DOTS_PER_INCH)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
