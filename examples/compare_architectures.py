"""The same raids, with the same luck, against two defences: paired differences with intervals."""

from pathlib import Path

import opendome as od


def main(runs: int = 20, out: Path = Path("runs/example-compare")) -> None:
    campaigns = {
        name: od.run(
            od.load(name, raid="nk-1"),
            runs=runs,
            seed=1,
            out=out / name,
            overwrite=True,
            assumption_range=False,
        )
        for name in ("present-day", "golden-dome-2029-expected")
    }
    for row in od.compare(campaigns):
        print(row["measure"], row["difference"], (row["low"], row["high"]), row["verdict"])


if __name__ == "__main__":
    main()
