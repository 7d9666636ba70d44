"""Bursts: which matters and places of a file are warned of, in arrival order with no look ahead; and made-up series.

python -m bench.bursts --messages IN.csv --out OUT.json [--truth matters.csv] [--set floor=5]
python -m bench.bursts --series --out OUT.json
"""

import argparse
import csv
import datetime
import json
import sys
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from statistics import fmean
from typing import Any

import msgspec

from bench import machine
from bench.linking import Run, subjects
from bench.series import TAUGHT, Alarm, calm, ears, farrington, found, ours
from wufang.domain.linking import Subject, read
from wufang.domain.linking import rules as linking_rules
from wufang.domain.linking.places import named
from wufang.domain.shanghai import DAY_MS, SHANGHAI, day_of
from wufang.domain.warning import (
    RULES,
    About,
    Burst,
    Growth,
    Kind,
    Rules,
    Sighting,
    Track,
    fold,
    growing,
    verdict,
    words,
)

SEED = 4
RATES = (0.1, 0.5, 2.0, 10.0, 30.0)
RISES = (2.0, 5.0)
# The same series, judged by the methods the shipped one was picked from; limits as published, and such as make about
# as few false alarms as ours.
OTHERS: dict[str, Alarm] = {
    "EARS C1, 3": ears("C1", 3),
    "EARS C2, 3": ears("C2", 3),
    "EARS C3, 2": ears("C3", 2),
    "EARS C1, 8": ears("C1", 8),
    "EARS C2, 8": ears("C2", 8),
    "EARS C3, 10": ears("C3", 10),
    "Farrington, days, 3.7": farrington(3.7),
    "Farrington, weeks, 3.7": farrington(3.7, 7),
}
# A place is judged as a matter is, once both are known.
OURS: dict[str, Alarm] = {f"ours, {kind}": ours(kind) for kind in ("category", "matter")}


class Watch:
    """The tracks of one county, and what was warned of."""

    def __init__(self, rules: Rules = RULES) -> None:
        self.rules = rules
        self.run = Run()
        self.tracks: dict[About, Track] = {}
        self.first_day: int | None = None
        self.bursts: list[Burst] = []
        self.verdicts: dict[tuple[About, int], bool | None] = {}  # by subject and day of the warning
        self.growths: dict[About, Growth] = {}
        self.micros: list[float] = []
        self.further: dict[Kind, dict[str, list[int]]] = {"matter": {}, "place": {}}

    def feed(self, reports: Iterable[Subject]) -> None:
        """Link each report, then look at its case and at the places its title names."""
        for report in reports:
            reading = read(report, self.run.index)
            self.run.feed([report])
            day = day_of(report.occurred_at)
            self.first_day = day if self.first_day is None else self.first_day
            case_id = self.run.cases[report.report_id]
            places = [About("place", name) for name in dict.fromkeys(named(reading.titled))]
            for about in (About("matter", case_id), *places):
                self._see(about, report, case_id, self.first_day)

    def _see(self, about: About, report: Subject, case_id: str, first_day: int) -> None:
        sighting = Sighting(
            about, report.report_id, case_id, report.channel, report.occurred_at, report.occurred_at, report.reporter
        )
        before = self.tracks.get(about)
        started = time.thread_time_ns()
        track, burst = fold(before, sighting, first_day, self.rules)
        self.micros.append((time.thread_time_ns() - started) / 1000)
        self.tracks[about] = track
        if before is None or track.members != before.members:
            self.further[about.kind].setdefault(about.key, []).append(sighting.day)
        if burst is not None:
            self.bursts.append(burst)
        if track.warned is not None:
            self.verdicts[about, track.warned.day] = verdict(track, sighting.day)
        growth = growing(track) if about.kind == "matter" else None
        if growth is not None:
            self.growths.setdefault(about, growth)

    def settle(self) -> None:
        """Score what can be scored on the file's last day."""
        today = max((track.newest for track in self.tracks.values()), default=0)
        for about, track in self.tracks.items():
            if track.warned is not None:
                self.verdicts[about, track.warned.day] = verdict(track, today)


def messages(path: Path, truth: Path | None = None, rules: Rules = RULES) -> dict[str, Any]:
    """What was warned of in a file, and how often anybody but the first tells of a subject within 28 days."""
    watch = Watch(rules)
    reports = list(subjects(path))
    watch.feed(reports)
    watch.settle()
    return {
        "rules": {"warning": rules.version, "linking": linking_rules.RULES.version},
        "messages": len(watch.run.cases),
        "fold_processor_micros": round(fmean(watch.micros), 1) if watch.micros else None,
        "matters_warned_of": len({burst.about for burst in watch.bursts if burst.about.kind == "matter"}),
        "places_warned_of": len({burst.about for burst in watch.bursts if burst.about.kind == "place"}),
        "told_by_others_within_28_days": {kind: _others(days.values()) for kind, days in watch.further.items()},
        "true_matters": None if truth is None else _against(truth, watch.bursts, reports),
        "warnings": [shown(burst, watch.verdicts[burst.about, day_of(burst.at)]) for burst in watch.bursts],
        "growing": [
            {"subject": growth.about.key, "since": _time(growth.since), "people_in_spans_of_28_days": growth.spans}
            for growth in watch.growths.values()
        ],
    }


def _against(truth: Path, bursts: Sequence[Burst], reports: Sequence[Subject]) -> list[dict[str, Any]]:
    """For each labelled matter of four people or more: at which of them it was warned of, null where never.

    A warning is of the matter that most of its members belong to.
    """
    with truth.open(newline="", encoding="utf-8-sig") as file:
        matter_of = {row["message_id"]: row["matter_id"] for row in csv.DictReader(file)}
    warned: dict[str, int] = {}
    for burst in bursts:
        [(matter, times)] = Counter(matter_of.get(member, member) for member in burst.members).most_common(1)
        if 2 * times > len(burst.members):
            warned.setdefault(matter, burst.at)
    people: dict[str, dict[str, int]] = {}
    for report in reports:
        if report.report_id in matter_of:
            known = people.setdefault(matter_of[report.report_id], {})
            known.setdefault(report.reporter or report.report_id, report.occurred_at)
    return [
        {
            "people": len(times),
            "most_in_28_days": max(sum(0 <= at - one < 28 * DAY_MS for at in times.values()) for one in times.values()),
            "warned_at_person": sum(at <= warned[matter] for at in times.values()) if matter in warned else None,
        }
        for matter, times in people.items()
        if len(times) >= 4
    ]


def _others(days: Iterable[Sequence[int]]) -> dict[str, int]:
    """Subjects by the number of people who told of them within 28 days of the first."""
    found = Counter(sum(day - told[0] < 28 for day in told[1:]) for told in days)
    return {str(others): found[others] for others in sorted(found)}


def shown(burst: Burst, came_true: bool | None) -> dict[str, Any]:
    """A warning as the contract names its parts; `came_true` is null where its four weeks are not over."""
    return {
        "time": _time(burst.at),
        "kind": burst.about.kind,
        "subject": burst.about.key,
        "since": _time(burst.since),
        "window_days": burst.finding.window,
        "expected": burst.finding.expected,
        "seen": burst.finding.seen,
        "again": burst.finding.again,
        "surprise": burst.finding.surprise,
        "members": burst.members,
        "words": words(burst),
        "came_true": came_true,
        "method": burst.method,
        "rules": burst.rules,
    }


def _time(at: int) -> str:
    return datetime.datetime.fromtimestamp(at / 1000, SHANGHAI).isoformat()


def series(count: int, years: int, runs: int) -> dict[str, Any]:
    """False alarms and days to detection, ours in full and the other methods on fewer series."""
    table = [row for name, alarm in OURS.items() for row in rows(name, alarm, count, years, runs)]
    others = [row for name, alarm in OTHERS.items() for row in rows(name, alarm, count, years, runs)]
    return {
        "machine": machine.describe(),
        "rules": RULES.version,
        "seed": SEED,
        "series_of_each_kind": count,
        "years": years,
        "rises_of_each_kind": runs,
        "taught_days": TAUGHT,
        "ours": table,
        "others": others,
    }


def rows(name: str, alarm: Alarm, count: int, years: int, runs: int) -> Iterator[dict[str, Any]]:
    """One row for each base rate (people a day), steady or wavering from day to day."""
    for rate in RATES:
        for wavering in (False, True):
            quiet = calm(alarm, rate, wavering, count, years, SEED)
            row: dict[str, Any] = {"method": name, "rate": rate, "wavering": wavering}
            row |= {"false_alarms_per_year": quiet.mean, "worst_series": quiet.worst}
            row["years_with_more_than_one"] = quiet.years_over
            for rise in RISES:
                soon = found(alarm, rate, rise, wavering, runs, SEED)
                row[f"days_to_{rise:g}_fold"] = {
                    "median": soon.median,
                    "nine_in_ten": soon.nine_in_ten,
                    "found_within_56": soon.share,
                }
            yield row


def changed(settings: Sequence[str]) -> Rules:
    """The rules with some of their plain numbers changed, under a version that says so."""
    numbers = {name: float(value) for name, _, value in (setting.partition("=") for setting in settings)}
    version = " ".join((RULES.version, *settings))
    return msgspec.structs.replace(RULES, version=version, **numbers) if settings else RULES


def summary(result: dict[str, Any]) -> str:
    """A line a warning, or a line a row of the table."""
    if "warnings" in result:
        head = f"{result['matters_warned_of']} matters, {result['places_warned_of']} places warned of"
        return "\n".join([head, *(f"{each['time']} {each['subject']}: {each['words']}" for each in result["warnings"])])
    return "\n".join(_line(row) for row in (*result["ours"], *result["others"]))


def _line(row: dict[str, Any]) -> str:
    days = "  ".join(
        f"x{rise:g} {row[key]['median']}/{row[key]['nine_in_ten']} ({row[key]['found_within_56']:.0%})"
        for rise in RISES
        for key in (f"days_to_{rise:g}_fold",)
    )
    waver = "wavering" if row["wavering"] else "steady"
    over = f"years over one {row['years_with_more_than_one']:.0%}"
    alarms = f"{row['false_alarms_per_year']:.2f} (worst {row['worst_series']:.2f}, {over})"
    return f"{row['method']:24}{row['rate']:>5} {waver:9} false {alarms}  {days}"


def main(arguments: Sequence[str] | None = None) -> int:
    """Warn over a file, or measure on made-up series; write the result, say it in short."""
    parser = argparse.ArgumentParser(prog="bench.bursts", description=__doc__)
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("--messages", type=Path, help="message_id,user,time,title,body,for,against; oldest first")
    parser.add_argument("--truth", type=Path, help="message_id,matter_id: also say at which person it was warned of")
    parser.add_argument("--set", action="append", default=[], help="another number for a rule, as again=99")
    what.add_argument("--series", action="store_true", help="false alarms and days to detection on made-up series")
    parser.add_argument("--out", type=Path, required=True, help="the result as JSON")
    parser.add_argument("--count", type=int, default=10, help="series of each base rate and kind")
    parser.add_argument("--years", type=int, default=5, help="judged years of each, 6 at most")
    parser.add_argument("--runs", type=int, default=40, help="rises of each base rate, kind and size")
    options = parser.parse_args(arguments)
    if options.series:
        result = series(options.count, options.years, options.runs)
    else:
        result = messages(options.messages, options.truth, changed(options.set))
    options.out.write_text(json.dumps(result, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    print(summary(result))
    return 0


if __name__ == "__main__":
    sys.exit(main())
