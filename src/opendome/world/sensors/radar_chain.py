"""Chains of radars as one block: a row for each site."""

from __future__ import annotations

import numpy as np

from opendome.physics.geodesy import ecef_from_geodetic
from opendome.physics.random import entity_id
from opendome.scenario.models.radar_chain import RadarChain, Site
from opendome.sensing import RadarBlock
from opendome.world.assumptions import Assumptions
from opendome.world.first_looks import spread_first_looks
from opendome.world.model import SensorGroup
from opendome.world.sensors.radar import compile_block

MODEL = RadarChain


def compile_group(
    elements: dict[str, RadarChain], assumptions: Assumptions, first_sensor: int
) -> tuple[SensorGroup, list[str]]:
    """All chains as a `RadarBlock`: like radars share what is uncertain, and fail one by one."""
    block, available = compile_block(elements, assumptions, first_sensor)
    sites = [len(chain.sites) for chain in elements.values()]
    names = [f"{name}/{k + 1}" for name, n in zip(elements, sites, strict=True) for k in range(n)]
    rows = RadarBlock._make(np.repeat(column, sites, axis=0) for column in block)
    rows = rows._replace(
        identity=np.array([entity_id(f"sensor/{name}") for name in names], np.uint64),
        sensor=np.arange(first_sensor, first_sensor + len(names), dtype=np.int64),
        offset_s=np.concatenate(
            [
                spread_first_looks(name, n, revisit_s)
                for name, n, revisit_s in zip(elements, sites, block.revisit_s, strict=True)
            ]
        ),
    )
    place = np.array(
        [_place(site, chain.altitude) for chain in elements.values() for site in chain.sites]
    )
    return SensorGroup(rows, np.repeat(available, sites), position_ecef_m=place), names


def _place(site: Site, altitude: float) -> tuple[float, float, float]:
    height = altitude if site.altitude is None else site.altitude
    return ecef_from_geodetic(site.latitude, site.longitude, height)
