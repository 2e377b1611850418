"""Where the Arctic over-the-horizon radar sees a cruise missile, by hour and season, as a map.

Each point of a grid holds many missiles that fly level, 50 degrees off the line to the radar; shown
is the share that one look detects. Day and night, summer and winter differ by the ionosphere alone.
"""

import math
from pathlib import Path

import matplotlib
import numpy as np

from opendome.geography.outlines import load_outlines
from opendome.physics.constants import EARTH_ROTATION_RAD_S
from opendome.physics.geodesy import ecef_from_geodetic_batch
from opendome.scenario.loader import load_scenario
from opendome.scenario.models.skywave_radar import SkywaveRadar
from opendome.sensing import Sky, derive_keys, man_station, observe
from opendome.tables.codes import BANDS
from opendome.tables.truth import ASPECTS, Snapshot
from opendome.world.assumptions import Assumptions
from opendome.world.sensors import compile_sensors

SPEED_M_S, HEIGHT_M = 210.0, 60.0
OFF_RAD = math.radians(50.0)
VHF_M2 = (0.5, 5.0, 2.0)  # the library's air-launched class by aspect
SEASONS = {"June": math.radians(23.4), "December": math.radians(-23.4)}
HOURS = {"noon": 0.0, "midnight": math.pi}


def fly_grid(site_ecef_m, n_copies, step_deg):
    """Missiles on a grid of places; also its latitudes and longitudes in degrees."""
    latitude, longitude = np.arange(44.0, 78.0, step_deg), np.arange(-150.0, -10.0, 2 * step_deg)
    grid = np.meshgrid(latitude, longitude, indexing="ij")
    places = [np.repeat(np.radians(axis).ravel(), n_copies) for axis in grid]
    position = ecef_from_geodetic_batch(*places, np.full(places[0].shape, HEIGHT_M))
    up = position / np.linalg.norm(position, axis=1)[:, None]
    line = site_ecef_m - position
    level = line - np.sum(line * up, axis=1)[:, None] * up
    level /= np.linalg.norm(level, axis=1)[:, None]
    velocity = SPEED_M_S * (math.cos(OFF_RAD) * level + math.sin(OFF_RAD) * np.cross(up, level))
    velocity[:, 0] -= EARTH_ROTATION_RAD_S * position[:, 1]
    velocity[:, 1] += EARTH_ROTATION_RAD_S * position[:, 0]
    n = position.shape[0]
    zeros = np.zeros(n)
    section = np.zeros((n, len(ASPECTS), len(BANDS)))
    section[:, :, BANDS.index("VHF")] = VHF_M2
    columns = dict.fromkeys(Snapshot._fields, zeros)
    columns |= {
        "time_s": 0.0, "identity": np.arange(n, dtype=np.uint64), "row": np.arange(n),
        "position_eci_m": position, "velocity_eci_m_s": velocity, "cross_section_m2": section,
        "burning": np.zeros(n, np.bool_),
    }  # fmt: skip
    return Snapshot(**columns), latitude, longitude


def main(path="docs/images/skywave.png", n_copies=40, step_deg=0.5):
    matplotlib.use("Agg")
    from matplotlib import pyplot

    scenario = load_scenario("north-2035", raid="nk-1")
    groups = compile_sensors(scenario, Assumptions(outer=0, seed=1))[0]
    group = next(g for g in groups if type(g.block).__name__ == "SkywaveBlock")
    row = list(scenario.elements_of(SkywaveRadar)).index("arctic-othr")
    # No cells: the missiles of one place must not run together.
    block = type(group.block)(*(column[row : row + 1] for column in group.block))
    block = block._replace(cell_m=np.zeros(1), cell_m_s=np.zeros(1))
    site = group.position_ecef_m[row]
    snapshot, latitude, longitude = fly_grid(site, n_copies, step_deg)
    figure, axes = pyplot.subplots(
        2, 2, figsize=(9, 6), sharex=True, sharey=True, layout="constrained"
    )
    shares = {}
    for i, (season, declination) in enumerate(SEASONS.items()):
        for k, (hour, angle) in enumerate(HOURS.items()):
            turn = math.atan2(site[1], site[0]) + angle
            across, up = math.cos(declination), math.sin(declination)
            sun = np.array([across * math.cos(turn), across * math.sin(turn), up])
            station = man_station(block, site[None], np.zeros((1, 3)), sky=Sky(sun, 6e4 * sun))
            _, link = observe([station], snapshot, 10.0, 0.0, derive_keys(1), 0)
            hits = np.bincount(link, minlength=snapshot.row.size).reshape(-1, n_copies)
            share = hits.mean(axis=1).reshape(latitude.size, longitude.size)
            shares[season, hour] = float(share.mean())
            axis = axes[i, k]
            drawn = axis.pcolormesh(longitude, latitude, share, vmin=0.0, vmax=1.0, cmap="viridis")
            for coast in load_outlines().coasts_rad:
                if np.ptp(coast[:, 0]) < math.pi:  # leaves out lines over the antimeridian
                    axis.plot(*np.degrees(coast).T, color="white", linewidth=0.4)
            axis.set(title=f"{season}, {hour}", xlim=(-150, -10), ylim=(44, 77.5))
    figure.colorbar(drawn, ax=axes, label="share seen in one look")
    figure.savefig(path, dpi=100)
    for (season, hour), share in shares.items():
        print(f"{season:9s}{hour:9s} {share:.3f}")
    return Path(path)


if __name__ == "__main__":
    main()
