"""Run a scenario a few times and look at what came out."""

from pathlib import Path

import opendome as od


def main(runs: int = 20, out: Path = Path("runs/example-first")) -> None:
    scenario = od.load("golden-dome-2029", raid="nk-1")
    campaign = od.run(scenario, runs=runs, seed=1, out=out, overwrite=True, assumption_range=False)

    leakage = campaign.leakage()  # one row per replication; the mean and its interval in attrs
    print(leakage)
    print(leakage.attrs["mean"], leakage.attrs["monte_carlo_interval"])

    warheads = campaign.threats().query("lethal")
    print(warheads.groupby(["fate", "fate_layer"]).size())
    print(campaign.summary()["first_reason"])


if __name__ == "__main__":
    main()
