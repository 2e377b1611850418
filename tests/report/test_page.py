"""The report is one file that fetches nothing, says what was found, and says when nothing was."""

import re
from html.parser import HTMLParser

import pytest
from stored_rows import MANIFEST, battle_rows, store_campaign

from opendome.errors import BadInput
from opendome.report import draw_campaigns, write_report
from opendome.report.page import is_web_address, list_shortfalls

VOID = {"meta", "link", "br", "img", "input", "hr"}


class Page(HTMLParser):
    """Elements, text and links of a page; checks that elements nest."""

    def __init__(self, html):
        super().__init__()
        self.open, self.elements, self.text = [], [], []
        self.feed(html)
        self.close()
        assert not self.open

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs), tuple(self.open)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.elements.append((tag, dict(attrs), tuple(self.open)))

    def handle_endtag(self, tag):
        assert self.open.pop() == tag
        if tag in {"td", "th"}:
            self.text.append(" ")

    def handle_data(self, data):
        if not {"style", "svg"} & set(self.open):
            self.text.append(data)

    @property
    def words(self):
        """All text outside figures, with single spaces."""
        return re.sub(r"\s+", " ", "".join(self.text).replace("\N{NO-BREAK SPACE}", " "))


@pytest.fixture
def read_page(write_campaign, tmp_path):
    """A function that writes a campaign and its report and gives the page."""

    def read(replications, **options):
        path = tmp_path / "report.html"
        write_report(write_campaign(replications, **options), path)
        return Page(path.read_text("utf-8"))

    return read


@pytest.fixture(scope="module")
def html(tmp_path_factory):
    """Three raids, two of them with one leaker of three; two draws of the assumptions."""
    path = tmp_path_factory.mktemp("page")
    third = {"threats": battle_rows()["threats"][2:3]}
    replications = [battle_rows(), battle_rows(reason="missed"), third]
    write_report(store_campaign(path / "campaign", replications, draws=2), path / "report.html")
    return (path / "report.html").read_text("utf-8")


@pytest.fixture(scope="module")
def page(html):
    """The same, parsed."""
    return Page(html)


def test_nothing_is_fetched(page):
    """No script, no frame, no outside image, font or style: only links that a reader may follow."""
    for tag, attributes, inside in page.elements:
        assert tag not in {"script", "iframe", "img", "object", "embed", "base", "form"}
        assert not [name for name in attributes if name.startswith("on")]
        for name, value in attributes.items():
            if name in {"src", "srcset", "href", "xlink:href", "action", "data", "poster"}:
                outside = tag == "a" and "table" in inside and value.startswith("https://")
                assert outside or value.startswith("#") or value == "data:,", (tag, value)
            elif name == "style" or tag == "style":
                assert "http" not in value
    styles = [a for tag, a, _ in page.elements if tag == "link"]
    assert styles == [{"rel": "icon", "href": "data:,"}]


def test_style_imports_nothing(html):
    """Neither a sheet nor a font from elsewhere."""
    (style,) = re.findall(r"<style>(.*?)</style>\s*</head>", html, re.DOTALL)
    assert "{" in style
    assert "@import" not in style
    assert "url(" not in style


def test_identities_are_unique_and_links_inside_arrive(page):
    """Figures do not clash, and the list of sections leads to sections."""
    identities = [a["id"] for _, a, _ in page.elements if "id" in a]
    assert len(identities) == len(set(identities))
    targets = {a["href"][1:] for t, a, _ in page.elements if t == "a" and a["href"][0] == "#"}
    assert len(targets) == 12
    assert targets <= set(identities)


def test_the_finding_stands_at_the_top(page):
    """Two leakers of seven lethal warheads over three raids, with its interval explained."""
    head = page.words[: page.words.index("Three kinds of spread")]
    assert "28.6 % of lethal warheads get through" in head
    assert "95 % interval" in head
    assert "What the interval means" in head
    assert "In 33.3 % of raids none gets through" in head


def test_three_spreads_are_told_apart(page):
    """Each has its row and the question that it answers."""
    for kind in ("Monte Carlo interval", "Outcome quantiles", "Assumption range"):
        assert kind in page.words


def test_every_part_is_there(page):
    """Budget with slack, nations, shortfalls, reasons, tracking, changes, sources, hash, seed."""
    for words in (
        "slack (all adverse, best, all favourable) -30 60 110",
        "simulated: first detection",
        "Canada 0.667",  # fell short: two in three raids
        "missed 50 %",
        "failed 50 %",
        "Error of the track at the first shot",
        "warhead ballistic 50 % 2",  # completeness and ambiguity
        "The headline is the held share",
        "doctrine.salvo 4 2",
        "Radar sites",
        "opendome run SCENARIO --runs 3 --seed 5",
        "abc123",
        "UT1-UTC taken as 0",
    ):
        assert words in page.words, words


def test_fourteen_figures_are_drawn(page):
    """Map, timeline, budget, leakage, leakers, layers, reasons, delays; six of the picture."""
    assert sum(tag == "svg" for tag, _, _ in page.elements) == 14
    assert all(a["aria-label"] for tag, a, _ in page.elements if tag == "svg")


def test_no_shots_is_said(read_page):
    """A raid that nobody shot at."""
    tables = {"threats": battle_rows()["threats"][:2]}
    words = read_page([tables], whole=False).words
    assert "No shots were fired." in words
    assert "100 % of lethal warheads get through" in words
    assert "tracks are great circles" in words
    assert "No warhead fell short in any replication." in words
    assert "Canada 0 none seen" in words


def test_no_leakers_is_said(read_page):
    """A raid of which nothing got through."""
    words = read_page([{"threats": battle_rows()["threats"][2:3]}]).words
    assert "There were no leakers." in words


def test_failed_replications_are_named(read_page):
    """One of two ended in an error; the rest stands."""
    words = read_page([battle_rows(), "ValueError: step below zero"]).words
    assert "1 of 2 replications ended in an error" in words
    assert "ValueError: step below zero" in words


def test_a_campaign_of_failures_still_reports(read_page):
    """Nothing is claimed where nothing was finished."""
    words = read_page(["error one"]).words
    assert "Nothing can be said" in words
    assert "not known" in words
    assert "nan" not in words.lower().split()


def test_text_of_users_is_text(read_page):
    """Neither a scenario's name nor a source's address can put code into the page."""
    source = MANIFEST["sources"][0] | {"url": "javascript:alert(1)", "title": "<b>bold</b>"}
    page = read_page([battle_rows()], name="<script>alert(1)</script>", sources=[source])
    assert "<script>alert(1)</script>" in page.words
    assert "<b>bold</b>" in page.words
    assert not [a for t, a, _ in page.elements if t == "a" and not a["href"].startswith("#")]


def test_report_is_replaced_whole(write_campaign, tmp_path):
    """The same campaign gives the same bytes, and no unfinished file stays."""
    campaign = write_campaign([battle_rows()])
    out = tmp_path / "out"
    out.mkdir()
    write_report(campaign, out / "report.html")
    first = (out / "report.html").read_bytes()
    write_report(campaign, out / "report.html")
    assert (out / "report.html").read_bytes() == first
    assert [entry.name for entry in out.iterdir()] == ["report.html"]


def test_no_campaign_is_bad_input(tmp_path):
    """One line, and nothing written."""
    with pytest.raises(BadInput, match="no campaign there"):
        write_report(tmp_path, tmp_path / "report.html")
    assert not (tmp_path / "report.html").exists()


def test_overview_of_stored_campaigns(write_campaign):
    """A bar for each campaign, at its leakage."""
    campaigns = {"one": write_campaign([battle_rows()]), "two": write_campaign([battle_rows()])}
    _, axes = draw_campaigns(campaigns).axes
    assert [bar.get_width() for bar in axes.patches] == pytest.approx([1 / 3, 1 / 3])
    with pytest.raises(BadInput, match="no finished replication"):
        draw_campaigns({"bad": write_campaign(["error"])})
    with pytest.raises(BadInput, match="no campaign"):
        draw_campaigns({})


def test_shortfall_table_always_names_the_defended_nations():
    """Nothing on Canada is a finding too."""
    rows = list_shortfalls({"fell_short": [{"nation": "sea", "warheads": {"mean": 1.0}}]})
    assert [row["nation"] for row in rows] == ["USA", "CAN", "sea"]
    assert [row["warheads"]["mean"] for row in rows] == [0.0, 0.0, 1.0]


@pytest.mark.parametrize("text", ["ftp://a", "javascript:x", "", None, " https://a"])
def test_only_web_addresses_are_linked(text):
    """A browser runs nothing by following them."""
    assert not is_web_address(text)
