"""A matplotlib figure as an inline SVG element: no request, no clashing ids, few digits."""

from __future__ import annotations

import re
from html import escape
from io import StringIO

from matplotlib import rc_context
from matplotlib.figure import Figure

_METADATA = re.compile(r"<metadata>.*?</metadata>", re.DOTALL)
_COORDINATE = re.compile(r"-?\d+\.\d{2,}")
_ANY_TAG = re.compile(r"<[^>]*>")
_IDENTITY = re.compile(r"(\bid=\"|url\(#|href=\"#)")
_TAG = re.compile(r"<svg\b[^>]*>")


def render_svg(figure: Figure, name: str, description: str) -> str:
    """An `<svg>` element for a page that holds several.

    Parameters
    ----------
    figure : Figure
    name : str
        Put before every id, so that two figures of a page never share one; letters and hyphens.
    description : str
        What the figure shows, for those who do not see it.
    """
    stream = StringIO()
    # With a fixed salt the same figure gives the same bytes.
    with rc_context({"svg.fonttype": "none", "svg.hashsalt": name}):
        figure.savefig(stream, format="svg", metadata={"Date": None, "Creator": None})
    text = stream.getvalue()
    text = _METADATA.sub("", text[text.index("<svg") :])
    text = _IDENTITY.sub(rf"\1{name}-", text)
    text = _ANY_TAG.sub(_shorten_coordinates, text)
    view = re.search(r'viewBox="[^"]*"', text)
    assert view is not None, "matplotlib always writes a viewBox"
    tag = (
        f'<svg {view[0]} role="img" aria-label="{escape(description)}" '
        'xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink">'
    )
    return _TAG.sub(lambda _: tag, text, count=1)


def _shorten_coordinates(tag: re.Match[str]) -> str:
    """Coordinates to a tenth of a point, less than any screen or printer shows; text is no tag."""
    return _COORDINATE.sub(lambda number: _shorten(number[0]), tag[0])


def _shorten(number: str) -> str:
    short = f"{float(number):.1f}"
    return short.removesuffix(".0") if float(short) != 0.0 else "0"
