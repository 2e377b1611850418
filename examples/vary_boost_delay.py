"""Leakage against the time that a decision takes in boost, and what boost has ended by then."""

from pathlib import Path

from matplotlib.figure import Figure

import opendome as od


def main(
    runs: int = 60,
    out: Path = Path("runs/example-delay"),
    delays_s: tuple[int, ...] = (0, 15, 30, 45, 60, 75, 90),
) -> None:
    leakages, ended = [], []
    for delay_s in delays_s:
        scenario = od.load(
            "golden-dome-2029",
            sets=[f"doctrine.decision-delay.boost={delay_s} s", "doctrine.decision-delay.spread=0"],
        )
        campaign = od.run(
            scenario,
            runs=runs,
            seed=1,
            out=out / str(delay_s),
            overwrite=True,
            assumption_range=False,
        )
        summary = campaign.summary()
        leakage = summary["leakage"]["monte_carlo_interval"] | summary["leakage"]
        boost = next(row for row in summary["by_layer"] if row["layer"] == "boost")
        leakages.append([100.0 * leakage[key] for key in ("low", "mean", "high")])
        # Stopped, or cut short: what survives a hit on its booster falls short of its aim.
        ended.append(100.0 * boost["warheads"] / summary["lethal_warheads"]["mean"])
        print(f"{delay_s} s: {ended[-1]:.0f} % ended in boost, {leakages[-1][1]:.1f} % leak")
    draw(delays_s, leakages, ended).savefig(out / "delay.png", dpi=150)


def draw(delays_s: tuple[int, ...], leakages: list[list[float]], ended: list[float]) -> Figure:
    figure = Figure(figsize=(7.0, 4.2), layout="constrained")
    axes = figure.subplots()
    low, mean, high = zip(*leakages, strict=True)
    axes.fill_between(delays_s, low, high, color="#D55E00", alpha=0.2, lw=0)
    axes.plot(delays_s, mean, color="#D55E00", marker="X", label="leaked, with its 95 % interval")
    axes.plot(delays_s, ended, color="#0072B2", marker="o", ls="--", label="ended in boost")
    axes.set(xlabel="decision in boost [s]", ylabel="of lethal warheads [%]", ylim=0.0)
    axes.legend(frameon=False)
    return figure


if __name__ == "__main__":
    main()
