"""The report's words: numbers, times and codes as people read them."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from typing import Any, Final

from opendome.geography import load_outlines

REASON_WORDS: Final[Mapping[str, str]] = {
    "not-detected": "no sensor measured it in time",
    "no-radar-time": "no firm track was formed: a radar that had it in view had no time for it",
    "not-tracked": "it was seen, but no firm track was formed",
    "not-discriminated": "it was tracked, but not told apart as lethal",
    "no-feasible-shot": "no interceptor could reach it in time",
    "not-authorised": "a shot was possible, but authority to fire did not come in time",
    "no-inventory": "no interceptor that could reach it was left",
    "no-channel": "no guidance channel was free",
    "held": "doctrine held the shot back",
    "order-lost": "a shot was ordered, but no order reached the shooter",
    "missed": "shots were fired, but it was outside what they could still reach",
    "failed": "shots reached it and did not kill it",
    "not-recorded": "no reason was recorded",
}

FATE_WORDS: Final[Mapping[str, str]] = {
    "leaked": "reached its area",
    "stopped": "stopped",
    "fell-short": "cut short and fell short",
    "failed": "failed by itself",
    "harmless": "harmless",
}

RESULT_WORDS: Final[Mapping[str, str]] = {
    "killed": "killed",
    "missed": "missed: target outside what it could still reach",
    "failed": "failed: target in reach, not killed",
    "target-gone": "found no target: it was already gone",
    "in-flight": "still in flight at the end",
}

# Where the atlas has another name than the one in common use, or none.
_NAMES: Final[Mapping[str, str]] = {
    "USA": "United States", "AUS": "Australia", "sea": "the sea", "other": "elsewhere",
}  # fmt: skip

_QUANTITY: Final = re.compile(r"(-?\d+(?:\.\d+)?(?:e[-+]?\d+)?)(?:\s+(\S.*))?", re.IGNORECASE)
# SI unit as the scenario stores it -> (least size, unit shown, its size), largest first.
_SHOWN_UNITS: Final[Mapping[str, tuple[tuple[float, str, float], ...]]] = {
    "m": ((1e3, "km", 1e3),),
    "m/s": ((1e3, "km/s", 1e3),),
    "rad": ((1e-3, "deg", math.pi / 180.0), (0.0, "µrad", 1e-6)),
    "USD": ((1e6, "million USD", 1e6),),
}


def name_nation(code: str) -> str:
    """A nation's name in words; codes that the atlas does not hold stay as they are."""
    if code in _NAMES:
        return _NAMES[code]
    outlines = load_outlines()
    return dict(zip(outlines.codes, outlines.names, strict=True)).get(code, code)


def percent(share: float | None) -> str:
    """A share as a percentage to one decimal, or to two under 1 %; "not known" for none."""
    if share is None or not math.isfinite(share):
        return "not known"
    hundredths = 100.0 * share
    text = f"{hundredths:.1f}" if abs(hundredths) >= 1.0 else f"{hundredths:.2f}"
    return text.rstrip("0").rstrip(".") + " %"


def number(value: float | None, digits: int = 3) -> str:
    """A number with `digits` significant digits and no exponent; "not known" for none."""
    if value is None or not math.isfinite(value):
        return "not known"
    if value == 0.0:
        return "0"
    decimals = max(0, digits - 1 - math.floor(math.log10(abs(value))))
    text = f"{value:,.{min(decimals, 6)}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def seconds(duration_s: float) -> str:
    """Seconds to one decimal, without a sign on zero; "not known" for NaN."""
    if not math.isfinite(duration_s):
        return "not known"
    return f"{round(duration_s, 1) + 0.0:g}"


def clock(time_s: float) -> str:
    """Time of the raid as T+minutes:seconds; "never" for NaN."""
    if not math.isfinite(time_s):
        return "never"
    whole = round(abs(time_s))
    return f"T{'-' if time_s < 0.0 and whole else '+'}{whole // 60:02d}:{whole % 60:02d}"


def quantity(value: Any) -> str:
    """A value of the scenario (`550000.0 m`, 0.56, text) in the unit that people use for it."""
    if value is None:
        return ""
    match = _QUANTITY.fullmatch(str(value).strip())
    if match is None:
        return str(value)
    size, unit = float(match[1]), match[2] or ""
    for least, shown, scale in _SHOWN_UNITS.get(unit, ()):
        if abs(size) >= least:
            size, unit = size / scale, shown
            break
    return f"{size:.6g} {unit}".rstrip()


def place(latitude_deg: float, longitude_deg: float) -> str:
    """Latitude and longitude with letters for the halves of the Earth."""
    north = "N" if latitude_deg >= 0.0 else "S"
    turned = (longitude_deg + 180.0) % 360.0 - 180.0
    east = "E" if turned >= 0.0 else "W"
    return f"{abs(latitude_deg):.1f} {north} {abs(turned):.1f} {east}"
