"""The story of one replication in words: what was done about each warhead, when, and the end."""

from __future__ import annotations

import math
import textwrap
from pathlib import Path
from typing import Any, Final

import pandas as pd

from opendome.campaign.measure_labels import count
from opendome.campaign.summary import summarise
from opendome.errors import BadInput
from opendome.report.recorded import (
    Recorded,
    carriers_of,
    find_kill,
    iterate_rows,
    open_recorded,
)
from opendome.report.wording import (
    FATE_WORDS,
    REASON_WORDS,
    RESULT_WORDS,
    clock,
    name_nation,
    number,
    percent,
    place,
)

WIDTH: Final = 100
_INDENT: Final = " " * 22


def explain_replication(store_dir: Path | str, replication: int, threat: str | None = None) -> str:
    """What happened to each lethal warhead of a replication, and the loss budget of the campaign.

    Parameters
    ----------
    store_dir : path
        Directory of a stored campaign.
    replication : int
        Number of the replication, at the best values of every assumption.
    threat : str, optional
        Name of one object or of one missile; its lethal warheads alone, or the object itself.

    Returns
    -------
    str
        Lines of at most 100 columns. Times count from the first planned launch of the raid; those
        in brackets count from the missile's own launch.

    Raises
    ------
    BadInput
        Where there is no campaign, replication or threat of that name.
    """
    recorded = open_recorded(Path(store_dir))
    run = _find_replication(recorded, replication)
    title = f"Replication {replication} of {recorded.manifest['name']}"
    lines = [title, "=" * min(len(title), WIDTH)]
    if run.failed:
        lines += _wrap(f"This replication ended in an error and counts for nothing: {run.error}")
    else:
        threats = recorded.read("threats", replication=replication)
        shots = recorded.read("engagements", replication=replication)
        events = recorded.read("events", replication=replication)
        lines += _wrap(
            f"{count(run.lethal, 'lethal warhead')}: {run.leaked} leaked, {run.stopped} stopped, "
            f"{run.fell_short} fell short. {count(run.shots, 'shot')} fired. Times count from the "
            "first planned launch; those in brackets count from the missile's own launch."
        )
        for row in iterate_rows(_choose_threats(threats, threat)):
            lines += ["", *_tell_threat(row, threats, shots, events)]
    return "\n".join([*lines, "", *_tell_loss_budget(recorded), ""])


def _find_replication(recorded: Recorded, replication: int) -> Any:
    runs = recorded.read("replications")
    found = runs[runs["replication"] == replication]
    if found.empty:
        known = sorted(int(number) for number in runs["replication"])
        allowed = f"{known[0]} to {known[-1]} are there" if known else "none is stored"
        raise BadInput(f"--replication {replication}: not in the record; {allowed}")
    return next(iterate_rows(found))


def _choose_threats(threats: pd.DataFrame, threat: str | None) -> pd.DataFrame:
    lethal = threats[threats["lethal"]].sort_values(["launch_s", "object"])
    if threat is None:
        return lethal
    found = lethal[(lethal["object"] == threat) | (lethal["missile"] == threat)]
    if found.empty:
        found = threats[threats["object"] == threat]
    if found.empty:
        known = ", ".join(threats["missile"].drop_duplicates().head(5))
        raise BadInput(f"--threat {threat}: not in the replication; missiles there: {known}, ...")
    return found


def _tell_threat(
    row: Any, threats: pd.DataFrame, shots: pd.DataFrame, noted: pd.DataFrame
) -> list[str]:
    """Headline, events in the order of time, first reason."""
    aim = f"{row.aim} ({name_nation(row.nation)})" if row.aim else "no defended area"
    fate = FATE_WORDS.get(row.fate, row.fate).upper()
    what = f"{row.kind} of {row.missile} ({row.class_name}) at {aim}"
    carriers = carriers_of(threats, row.missile, row.object)
    own = shots[shots["object"].isin(carriers)]
    lost = noted[(noted["kind"] == "order-lost") & noted["object"].isin(carriers)]
    events = [
        *_flight_events(row, find_kill(own)),
        *(event for shot in iterate_rows(own) for event in _shot_events(shot)),
        *((each.time_s, f"order to {each.subject} lost on its way") for each in iterate_rows(lost)),
        (row.fate_s, _tell_fate(row)),
    ]
    lines = [*_wrap(f"{row.object}: {fate}"), *_wrap(what, "  ")]
    lines += _list_events(events, row.launch_s)
    if not math.isfinite(row.first_detection_s):
        lines += _wrap("It was never seen.", "  ")
    elif not math.isfinite(row.first_firm_s):
        lines += _wrap("No firm track was ever formed on it.", "  ")
    elif not math.isfinite(row.first_feasible_s) and not row.shots and not len(own):
        lines += _wrap("At no time was a shot at it feasible.", "  ")
    elif not row.shots and not len(own):
        lines += _wrap("No shot was fired at it.", "  ")
    if row.shots > len(own):
        astray = count(row.shots - len(own), "shot")
        lines += _wrap(f"{astray} at tracks of it met other objects.", "  ")
    if row.fate == "leaked":
        reason = REASON_WORDS.get(row.first_reason, "no reason was recorded")
        lines += _wrap(f"First reason: {row.first_reason} ({reason}).", "  ")
    if row.shots or row.second_shot_possible:
        answer = "was" if row.second_shot_possible else "was not"
        lines += _wrap(f"A second shot after assessment of the first {answer} possible.", "  ")
    return lines


def _flight_events(row: Any, killed_s: float) -> list[tuple[float, str]]:
    """What was planned of a flight, up to a kill (NaN: none) that ended thrust and deployment."""
    origin = place(row.origin_latitude_deg, row.origin_longitude_deg)
    by = f" by {row.first_detection_by}" if row.first_detection_by else ""
    return [
        (row.launch_s, f"launched from {row.origin} ({origin})"),
        (row.first_detection_s, f"first seen{by}"),
        (row.first_firm_s, "firm track"),
        (row.first_feasible_s, "first time that a shot was feasible"),
        *(
            (time_s, what)
            for time_s, what in (
                (row.burnout_s, "end of thrust"),
                (row.release_s, "warhead and companions released"),
            )
            # What has no such phase, as cruise missiles, has it at its launch.
            if time_s > row.launch_s and not time_s >= killed_s
        ),
    ]


def _shot_events(shot: Any) -> list[tuple[float, str]]:
    unit = f" satellite {shot.unit}" if shot.unit >= 0 else ""
    where = place(shot.predicted_latitude_deg, shot.predicted_longitude_deg)
    events = [
        (
            shot.launch_s,
            f"shot {shot.shot} ({shot.layer}, salvo {shot.salvo + 1}): {shot.interceptor} from "
            f"{shot.shooter}{unit} ({name_nation(shot.nation)}), decided {clock(shot.decision_s)}, "
            f"to meet it {clock(shot.intercept_s)} at {where}, "
            f"{number(shot.predicted_altitude_km)} km",
        ),
        (shot.launch_s, f"shot {shot.shot}: {_tell_choice(shot)}"),
        (shot.intercept_s, f"shot {shot.shot} {_tell_result(shot)}"),
    ]
    if shot.assessed in ("kill", "miss"):
        # A target that was stopped before is dead, whoever killed it.
        dead = shot.result in ("killed", "target-gone")
        wrong = (shot.assessed == "kill") != dead
        events.append(
            (
                shot.assessed_s,
                f"shot {shot.shot} assessed as a {shot.assessed}{', wrongly' if wrong else ''}",
            )
        )
    elif shot.result not in ("in-flight", "target-gone"):
        events.append((shot.intercept_s, f"shot {shot.shot} was seen by no sensor that assesses"))
    return events


def _tell_choice(shot: Any) -> str:
    """Why this shot and no other, as it was planned."""
    if not math.isfinite(shot.value_at_risk):
        return "why it was chosen was not recorded"
    saved = f"to save {_tell_share(shot.alternative_saved)}"
    if shot.alternative == "hold":
        other = "to hold fire"
    elif shot.alternative == shot.shooter:  # a constellation
        other = f"other satellites of {shot.alternative}, later, {saved}"
    else:
        other = f"a salvo from {shot.alternative}, {saved}"
    return (
        f"{_tell_share(shot.value_at_risk)} of all that is defended at risk, "
        f"{_tell_share(shot.value_saved)} saved by the salvo if its shots kill with "
        f"{number(shot.believed_kill_probability)} each; next best: {other}"
    )


def _tell_share(share: float) -> str:
    return f"{100.0 * share:.2g} %"


def _tell_result(shot: Any) -> str:
    words = RESULT_WORDS[str(shot.result)]
    if shot.result in ("in-flight", "target-gone"):
        return words
    if shot.result in ("killed", "failed") and shot.object_kind:
        words += f" ({shot.object_kind} met)"
    terms = []
    if math.isfinite(shot.error_m):
        terms.append(f"target {number(shot.error_m / 1000.0)} km from where it was predicted")
    if math.isfinite(shot.divert_m_s):
        verb = "needed" if shot.result == "missed" else "spent"
        limit = number(shot.divert_limit_m_s)
        terms.append(f"divert {number(shot.divert_m_s)} m/s {verb} of {limit} m/s")
    if math.isfinite(shot.closing_speed_km_s):
        terms.append(f"closing at {number(shot.closing_speed_km_s)} km/s")
    if math.isfinite(shot.kill_probability):
        terms.append(f"kill probability {number(shot.kill_probability)}")
    return f"{words}{'; ' if terms else ''}{', '.join(terms)}"


def _tell_fate(row: Any) -> str:
    if row.fate == "leaked":
        return f"LEAKED: impact at {place(row.impact_latitude_deg, row.impact_longitude_deg)}"
    if row.fate == "stopped":
        return f"STOPPED by the {row.fate_layer} layer"
    if row.fate == "fell-short":
        on = name_nation(row.fell_on) if row.fell_on else "a place not recorded"
        return f"FELL SHORT on {on}, cut short by the {row.fate_layer} layer"
    return FATE_WORDS.get(row.fate, row.fate)


def _list_events(events: list[tuple[float, str]], launch_s: float) -> list[str]:
    lines = []
    # Sorting by time alone keeps cause before effect where both have one time.
    for time_s, words in sorted(
        (event for event in events if math.isfinite(event[0])), key=lambda event: event[0]
    ):
        since = f"({round(time_s - launch_s):+d} s)"
        start = f"  {clock(time_s):<8} {since:>10} "
        lines += textwrap.wrap(
            start.ljust(len(_INDENT)) + words,
            WIDTH,
            subsequent_indent=_INDENT,
            break_on_hyphens=False,
        )
    return lines


def _tell_loss_budget(recorded: Recorded) -> list[str]:
    summary = summarise(recorded.store)
    lines = ["Loss budget of the campaign: first reasons of its leakers", "-" * 57]
    leakage = summary["leakage"]
    if leakage["mean"] is None:
        none = "No replication was finished"
        if summary["failed"] < summary["runs"]:
            none = "No warhead would have reached its area with no defence"
        return [*lines, *_wrap(f"{none}, so there is nothing to account for.")]
    interval = leakage["monte_carlo_interval"]
    low, high, level = (percent(interval[name]) for name in ("low", "high", "level"))
    lines += _wrap(
        f"Leakage {percent(leakage['mean'])} ({low} to {high}, {level} Monte Carlo interval of the "
        f"mean, {count(summary['runs'] - summary['failed'], 'replication')})."
    )
    if not summary["first_reason"]:
        return [*lines, *_wrap("No warhead leaked.")]
    for entry in summary["first_reason"]:
        words = REASON_WORDS[entry["reason"]]
        lines += _wrap(f"{percent(entry['share']):>8}  {entry['reason']:<18} {words}", "", " " * 29)
    return lines


def _wrap(text: str, indent: str = "", rest: str | None = None) -> list[str]:
    return textwrap.wrap(
        text,
        WIDTH,
        initial_indent=indent,
        subsequent_indent=indent if rest is None else rest,
        break_on_hyphens=False,
        drop_whitespace=True,
    )
