"""One module per kind of element; `opendome.scenario.kinds` finds them."""
