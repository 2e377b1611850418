"""Land outlines, borders and the country of a point, from Natural Earth 1:50m (public domain)."""

from opendome.geography.countries import SEA, countries_at, country_at
from opendome.geography.outlines import Outlines, load_outlines

__all__ = ["SEA", "Outlines", "countries_at", "country_at", "load_outlines"]
