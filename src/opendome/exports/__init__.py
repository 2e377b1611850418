"""Files for the tools that people have: KML, CZML, GeoJSON."""
