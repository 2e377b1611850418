"""Quantities as people write them (`550 km`, `22 MUSD`) to SI numbers, once, at the edge.

A small table of the usual units answers nearly every value; pint, which takes half a second to
import, is asked only for the others.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Annotated, Any, Final

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic_core import CoreSchema, core_schema

from opendome.physics.constants import STANDARD_GRAVITY_M_S2

_NUMBER: Final = r"[-+]?(?:\d+(?:_\d+)*\.?\d*|\.\d+)(?:[eE][-+]?\d+)?"
_QUANTITY: Final = re.compile(rf"\s*({_NUMBER})\s*(\S.*?)?\s*$")


@dataclass(frozen=True, eq=False)  # one object each: told apart, and hashed, as such
class Dimension:
    """A physical dimension: its SI unit, the usual units with their size in it, an example."""

    name: str
    si_unit: str
    units: Mapping[str, float]
    example: str
    display_unit: str
    plain_allowed: bool = False

    @property
    def article_name(self) -> str:
        """The name with its article, for messages."""
        return f"{'an' if self.name[0] in 'aeiou' else 'a'} {self.name}"


_DEG: Final = math.pi / 180.0

# Feet, statute and nautical miles: BIPM SI brochure (2019), table 8, and NIST SP 811, appendix B.
LENGTH: Final = Dimension(
    "length",
    "m",
    {
        "m": 1.0, "km": 1e3, "cm": 1e-2, "mm": 1e-3, "um": 1e-6, "ft": 0.3048, "mi": 1609.344,
        "nmi": 1852.0,
    },
    "550 km",
    "km",
)  # fmt: skip
TIME: Final = Dimension(
    "time",
    "s",
    {"s": 1.0, "ms": 1e-3, "min": 60.0, "h": 3600.0, "d": 86400.0, "yr": 365.25 * 86400.0},
    "170 s",
    "s",
)
ANGLE: Final = Dimension(
    "angle",
    "rad",
    {
        "rad": 1.0, "mrad": 1e-3, "urad": 1e-6, "deg": _DEG, "°": _DEG,
        "arcmin": _DEG / 60.0, "arcsec": _DEG / 3600.0,
    },
    "35 deg",
    "deg",
)  # fmt: skip
SPEED: Final = Dimension(
    "speed", "m/s", {"m/s": 1.0, "km/s": 1e3, "km/h": 1.0 / 3.6}, "6 km/s", "km/s"
)
MASS: Final = Dimension("mass", "kg", {"kg": 1.0, "g": 1e-3, "t": 1e3}, "1250 kg", "kg")
AREA: Final = Dimension("area", "m2", {"m2": 1.0, "cm2": 1e-4, "km2": 1e6}, "0.1 m2", "m2")
ACCELERATION: Final = Dimension(
    "acceleration", "m/s2", {"m/s2": 1.0, "g": STANDARD_GRAVITY_M_S2}, "15 g", "g"
)
TEMPERATURE: Final = Dimension("temperature", "K", {"K": 1.0}, "300 K", "K")
MONEY: Final = Dimension(
    "sum of money",
    "USD",
    {"USD": 1.0, "kUSD": 1e3, "MUSD": 1e6, "BUSD": 1e9},
    "22 MUSD",
    "MUSD",
)
RADIANT_INTENSITY: Final = Dimension(
    "radiant intensity", "W/sr", {"W/sr": 1.0, "kW/sr": 1e3, "MW/sr": 1e6}, "500 kW/sr", "W/sr"
)
IRRADIANCE: Final = Dimension(
    "irradiance", "W/m2", {"W/m2": 1.0, "W/cm2": 1e4}, "1e-12 W/m2", "W/m2"
)
HEAT_CAPACITY: Final = Dimension(
    "heat capacity per area", "J/m2/K", {"J/m2/K": 1.0, "kJ/m2/K": 1e3}, "15 kJ/m2/K", "kJ/m2/K"
)
# The usual unit is cm Hz^0.5/W, named after R. C. Jones.
DETECTIVITY: Final = Dimension(
    "specific detectivity", "m*Hz^0.5/W", {"m*Hz^0.5/W": 1.0, "Jones": 1e-2}, "1e11 Jones", "Jones"
)
AREAL_DENSITY: Final = Dimension(
    "ballistic coefficient", "kg/m2", {"kg/m2": 1.0, "t/m2": 1e3}, "9000 kg/m2", "kg/m2"
)
PRESSURE: Final = Dimension("pressure", "Pa", {"Pa": 1.0, "kPa": 1e3}, "60 kPa", "kPa")
ANGULAR_RATE: Final = Dimension(
    "rate of turn", "rad/s", {"rad/s": 1.0, "deg/s": _DEG}, "2 deg/s", "deg/s"
)
FREQUENCY: Final = Dimension(
    "frequency", "Hz", {"Hz": 1.0, "kHz": 1e3, "MHz": 1e6, "GHz": 1e9}, "10 GHz", "MHz"
)
POWER: Final = Dimension("power", "W", {"W": 1.0, "kW": 1e3, "MW": 1e6}, "600 kW", "kW")
RATIO: Final = Dimension("ratio", "", {"": 1.0, "%": 1e-2}, "20 or 13 dB", "", plain_allowed=True)
FRACTION: Final = Dimension(
    "fraction", "", {"": 1.0, "%": 1e-2}, "0.56 or 56 %", "", plain_allowed=True
)
NUMBER: Final = Dimension("number", "", {"": 1.0}, "10", "", plain_allowed=True)


@lru_cache(maxsize=1)
def _registry() -> Any:
    """The pint registry, with money, made when the small table does not know a unit."""
    import pint

    registry: Any = pint.UnitRegistry(autoconvert_offset_to_baseunit=True)
    registry.define("USD = [currency]")
    registry.define("BUSD = 1e9 USD")
    return registry


def _convert_with_pint(text: str, dimension: Dimension) -> float:
    import pint

    si_unit = dimension.si_unit.replace("m2", "m**2").replace("s2", "s**2")
    try:
        return float(_registry().Quantity(text).to(si_unit or "dimensionless").magnitude)
    except pint.DimensionalityError as error:
        raise ValueError(f"{text!r} is not {dimension.article_name}") from error
    except Exception as error:  # pint raises many kinds for text that is no quantity
        raise ValueError(f"unit not known in {text!r}") from error


def parse_quantity(value: object, dimension: Dimension) -> float:
    """A quantity as written by a person, in the SI unit of its dimension.

    Parameters
    ----------
    value : object
        Text such as `550 km`; a plain number only where the dimension has no unit.
    dimension : Dimension
        What the number must be.

    Returns
    -------
    float
        In `dimension.si_unit`; finite. Decibels become the plain ratio.

    Raises
    ------
    ValueError
        No unit, an unknown unit, a unit of another dimension, or no finite number; the message
        says what is allowed.
    """
    allowed = f"allowed: {dimension.article_name} such as `{dimension.example}`"
    units = ", ".join(unit for unit in dimension.units if unit)
    if units and not dimension.plain_allowed:
        allowed += f" (units {units})"
    if isinstance(value, bool) or not isinstance(value, (str, int, float)):
        raise ValueError(allowed)
    if isinstance(value, (int, float)):
        if not dimension.plain_allowed:
            raise ValueError(f"the unit is missing; {allowed}")
        number = float(value)
    else:
        number = _parse_text(value, dimension, allowed)
    if not math.isfinite(number):
        raise ValueError(f"not a finite number; {allowed}")
    return number


def _parse_text(text: str, dimension: Dimension, allowed: str) -> float:
    match = _QUANTITY.match(text)
    if match is None:
        raise ValueError(allowed)
    number, unit = float(match[1]), match[2] or ""
    if unit in dimension.units:
        return number * dimension.units[unit]
    if not unit:
        raise ValueError(f"the unit is missing; {allowed}")
    if dimension is RATIO and unit == "dB":
        return float(10.0 ** (number / 10.0))
    try:
        return _convert_with_pint(text, dimension)
    except ValueError as error:
        raise ValueError(f"{error}; {allowed}") from error


def format_quantity(value: float, dimension: Dimension, unit: str | None = None) -> str:
    """An SI number as people read it, in the unit given or the dimension's usual one."""
    shown = dimension.display_unit if unit is None else unit
    if unit is None and dimension is LENGTH and abs(value) < 1e3:
        shown = "um" if 0.0 < abs(value) < 1e-3 else "m"
    if unit is None and dimension is TIME and abs(value) >= TIME.units["yr"]:
        shown = "yr"
    if unit is None and dimension is SPEED and abs(value) < 100.0:
        shown = "m/s"
    if unit is None and dimension is ANGLE and 0.0 < abs(value) < 1e-3:
        shown = "urad"
    number = f"{value / dimension.units[shown]:.6g}"
    return f"{number} {shown}".rstrip()


@dataclass(frozen=True)
class Quantity:
    """Marks a pydantic field as a quantity: text with a unit outside, an SI float inside.

    It is written back as text in the SI unit, so that what a model dumps can be read again.
    """

    dimension: Dimension
    minimum: float = -math.inf
    maximum: float = math.inf
    above_zero: bool = False
    whole: bool = False

    @property
    def name(self) -> str:
        """Dimension and, where there is one, the bound."""
        return f"{'positive ' if self.above_zero else ''}{self.dimension.name}"

    def validate(self, value: object) -> float:
        """The SI value of what was written; `ValueError` if it is out of bounds."""
        number = parse_quantity(value, self.dimension)
        if self.above_zero and number <= 0.0:
            raise ValueError(f"allowed: {self.dimension.article_name} above zero")
        if not self.minimum <= number <= self.maximum:
            raise ValueError(f"allowed: {self._bounds()}")
        if self.whole and not number.is_integer():
            raise ValueError("allowed: a whole number")
        return number

    def _bounds(self) -> str:
        low = format_quantity(self.minimum, self.dimension) if self.minimum > -math.inf else ""
        high = format_quantity(self.maximum, self.dimension) if self.maximum < math.inf else ""
        if low and high:
            return f"{self.dimension.article_name} from {low} to {high}"
        return f"{self.dimension.article_name} of at {'least ' + low if low else 'most ' + high}"

    def serialise(self, value: float) -> str | float:
        """Text in the SI unit that reads back to the same bits; the number if it has no unit."""
        return f"{value!r} {self.dimension.si_unit}" if self.dimension.si_unit else value

    def __get_pydantic_core_schema__(
        self, source: Any, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        """Validate with `validate`, write with `serialise`."""
        return core_schema.no_info_plain_validator_function(
            self.validate,
            serialization=core_schema.plain_serializer_function_ser_schema(self.serialise),
        )

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        """Text with a unit, or a number where the dimension has none."""
        units = [re.escape(unit) for unit in self.dimension.units if unit]
        text: dict[str, Any] = {
            "type": "string",
            "description": f"{self.dimension.name}, such as {self.dimension.example}",
            "examples": [self.dimension.example],
        }
        if units:
            text["pattern"] = rf"^\s*{_NUMBER}\s*\S+"
        if not self.dimension.plain_allowed:
            return text
        number: dict[str, Any] = {"type": "integer" if self.whole else "number"}
        if self.minimum > -math.inf:
            number["minimum"] = self.minimum
        if self.maximum < math.inf:
            number["maximum"] = self.maximum
        if self.above_zero:
            number["exclusiveMinimum"] = 0
        return {"anyOf": [number, text]} if len(units) else number


Length = Annotated[float, Quantity(LENGTH, minimum=0.0)]
PositiveLength = Annotated[float, Quantity(LENGTH, above_zero=True)]
SignedLength = Annotated[float, Quantity(LENGTH)]
Time = Annotated[float, Quantity(TIME, minimum=0.0)]
PositiveTime = Annotated[float, Quantity(TIME, above_zero=True)]
Angle = Annotated[float, Quantity(ANGLE)]
PositiveAngle = Annotated[float, Quantity(ANGLE, above_zero=True)]
HalfAngle = Annotated[float, Quantity(ANGLE, minimum=0.0, maximum=math.pi)]
PositiveHalfAngle = Annotated[float, Quantity(ANGLE, maximum=math.pi, above_zero=True)]
Latitude = Annotated[float, Quantity(ANGLE, minimum=-math.pi / 2.0, maximum=math.pi / 2.0)]
Longitude = Annotated[float, Quantity(ANGLE, minimum=-math.pi, maximum=2.0 * math.pi)]
Speed = Annotated[float, Quantity(SPEED, minimum=0.0)]
PositiveSpeed = Annotated[float, Quantity(SPEED, above_zero=True)]
Mass = Annotated[float, Quantity(MASS, minimum=0.0)]
PositiveMass = Annotated[float, Quantity(MASS, above_zero=True)]
Area = Annotated[float, Quantity(AREA, minimum=0.0)]
PositiveArea = Annotated[float, Quantity(AREA, above_zero=True)]
Acceleration = Annotated[float, Quantity(ACCELERATION, above_zero=True)]
Temperature = Annotated[float, Quantity(TEMPERATURE, minimum=0.0)]
Money = Annotated[float, Quantity(MONEY, minimum=0.0)]
RadiantIntensity = Annotated[float, Quantity(RADIANT_INTENSITY, minimum=0.0)]
Irradiance = Annotated[float, Quantity(IRRADIANCE, above_zero=True)]
PositiveTemperature = Annotated[float, Quantity(TEMPERATURE, above_zero=True)]
PositiveHeatCapacity = Annotated[float, Quantity(HEAT_CAPACITY, above_zero=True)]
Detectivity = Annotated[float, Quantity(DETECTIVITY, above_zero=True)]
BallisticCoefficient = Annotated[float, Quantity(AREAL_DENSITY, above_zero=True)]
PositivePressure = Annotated[float, Quantity(PRESSURE, above_zero=True)]
PositiveFrequency = Annotated[float, Quantity(FREQUENCY, above_zero=True)]
PositivePower = Annotated[float, Quantity(POWER, above_zero=True)]
PositiveAngularRate = Annotated[float, Quantity(ANGULAR_RATE, above_zero=True)]
Ratio = Annotated[float, Quantity(RATIO, above_zero=True)]
Fraction = Annotated[float, Quantity(FRACTION, minimum=0.0, maximum=1.0)]
PositiveFraction = Annotated[float, Quantity(FRACTION, maximum=1.0, above_zero=True)]
Number = Annotated[float, Quantity(NUMBER)]
PositiveNumber = Annotated[float, Quantity(NUMBER, above_zero=True)]
Count = Annotated[float, Quantity(NUMBER, minimum=0.0, whole=True)]
