"""A stored campaign for people: one self-contained HTML report, and the story of a replication."""

from opendome.report.drawings import draw_campaigns
from opendome.report.explain import explain_replication
from opendome.report.page import render_report, write_report

__all__ = ["draw_campaigns", "explain_replication", "render_report", "write_report"]
