"""Leakage against the number of space-based interceptors, which nobody has announced."""

from pathlib import Path

import opendome as od

PLANES = 40


def main(
    runs: int = 20,
    out: Path = Path("runs/example-vary"),
    per_plane: tuple[int, ...] = (0, 25, 50),
) -> None:
    for number in per_plane:
        scenario = od.load(
            "golden-dome-2029",
            raid="nk-1",
            sets=[f"space-interceptors.constellation.per-plane={number}"],
        )
        campaign = od.run(
            scenario,
            runs=runs,
            seed=1,
            out=out / str(PLANES * number),
            overwrite=True,
            assumption_range=False,
        )
        found = campaign.summary()["leakage"]
        print(PLANES * number, found["mean"], found["monte_carlo_interval"])


if __name__ == "__main__":
    main()
