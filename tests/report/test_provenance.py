"""Sources gathered by element and by document lose none."""

from hypothesis import given
from hypothesis import strategies as st

from opendome.report.provenance import group_sources, list_documents


def row(element, field="", value=None, source="assumption", **values):
    """A row as the manifest holds it."""
    return {
        "element": element, "field": field, "value": value, "low": None, "high": None,
        "source": source, "title": "", "year": None, "confidence": "low", "url": "",
    } | values  # fmt: skip


rows = st.lists(
    st.builds(
        row,
        st.sampled_from(["architecture.elements.a", "architecture.elements.a.plume", "missiles.b"]),
        st.sampled_from(["", "range", "rate"]),
        st.sampled_from([None, 1.0, "2.0 m"]),
        st.sampled_from(["assumption", "APS03", "CBO"]),
    ),
    max_size=12,
)


@given(sources=rows)
def test_every_use_is_counted(sources):
    """Uses by document sum to the rows, and the order falls."""
    uses = [document.n_uses for document in list_documents(sources)]
    assert sum(uses) == len(sources)
    assert uses == sorted(uses, reverse=True)


@given(sources=rows)
def test_no_value_is_lost(sources):
    """Every row with a value has a row of its own; blocks keep their names."""
    values = [value for element in group_sources(sources) for value in element.values]
    assert sum(v.value is not None for v in values) == sum(s["value"] is not None for s in sources)
    assert {v.source for v in values} == {s["source"] for s in sources}


def test_elements_go_by_the_name_that_people_use():
    """What is below an element of the architecture belongs to it."""
    sources = [
        row("architecture"),
        row("architecture.elements.lrdr.reference", "range", "3000000.0 m"),
        row("interceptors.gbi.stages.0", "burn", "60.0 s"),
        row("cities.Toronto"),
        row("cities.Boston"),
    ]
    assert [(e.name, [v.fields for v in e.values]) for e in group_sources(sources)] == [
        ("architecture", [()]),
        ("lrdr", [("reference.range",)]),
        ("gbi", [("stages.0.burn",)]),
        ("cities", [("Toronto", "Boston")]),
    ]
