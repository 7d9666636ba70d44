"""The same messages as if they had come over different channels, each cut to what that channel carries.

Hotline: the whole message. Grid: a place and at most 20 characters, nobody's name. Post: the first 140 characters, no
title, no author. Petition: the whole message, and in a tenth of those that repeat a message of the same user its
number. The fifth channel is left out: what a branch writes of a message is in no message.
"""

import hashlib
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import combinations_with_replacement
from typing import Any

import msgspec

from bench.linking_labels import Labels, bcubed, figures, grouped, pairs_within
from bench.linking_run import Cases, linked
from wufang.domain.linking import Subject
from wufang.domain.linking.places import KINDS, places
from wufang.domain.text import normalise, tokens

CHANNELS = ("hotline", "grid", "sentiment", "petition")
NOTE_LENGTH = 20
POST_LENGTH = 140
QUOTING = 10  # one in so many
LEAST = 0.85
_ENDINGS = sorted(KINDS, key=lambda ending: (-len(ending), ending))


def channel_of(message: str) -> str:
    """By hash: the same message has the same channel in every run."""
    return CHANNELS[_draw("channel", message, len(CHANNELS))]


def cut(reports: Sequence[Subject], labels: Labels) -> Iterator[Subject]:
    """Every report in its channel's form, in their order."""
    earlier: dict[tuple[str | None, str], str] = {}
    for report in reports:
        known = (report.reporter, labels.matter[report.report_id])
        yield cut_to(channel_of(report.report_id), report, earlier.get(known))
        earlier[known] = report.report_id


def cut_to(channel: str, report: Subject, earlier: str | None = None) -> Subject:
    """One report as the channel carries it; `earlier` is the same user's message on the same matter."""
    match channel:
        case "grid":
            note = report.title[:NOTE_LENGTH]
            return msgspec.structs.replace(
                report, channel=channel, title="", text=note, address=place_of(report), reporter=None
            )
        case "sentiment":
            post = f"{report.title}。{report.text.strip()}"[:POST_LENGTH]
            return msgspec.structs.replace(report, channel=channel, title="", text=post, reporter=None)
        case "petition":
            quotes = earlier is not None and _draw("quotes", report.report_id, QUOTING) == 0
            numbers = (earlier,) if quotes and earlier else ()
            return msgspec.structs.replace(report, channel=channel, references=numbers)
        case _:
            return msgspec.structs.replace(report, channel=channel)


def place_of(report: Subject) -> str | None:
    """The first place the message names, as a warden would enter it; a region where it names nothing nearer."""
    text = normalise(f"{report.title}。{report.text}")
    found, _ = places(tokens(text))
    regions = [name for kind, name in found if kind == "region"][-1:]
    names = [name + _ending(text, name) for kind, name in found if kind != "region"]
    return names[0] if names else "".join(regions) or None


def _ending(text: str, name: str) -> str:
    behind = text[text.index(name) + len(name) :] if name in text else ""
    return next((ending for ending in _ENDINGS if behind.startswith(ending)), "")


def loss(reports: Sequence[Subject], labels: Labels) -> dict[str, Any]:
    """The figures with channels, and for every two channels the share of true pairs found with and without the cut."""
    whole, split = linked(reports), linked(cut(reports, labels))
    return {
        "channels": dict(sorted(Counter(map(channel_of, split)).items())),
        "with_channels": figures(split, labels),
        "without": {"bcubed_multi": bcubed(whole, labels)},
        "bar": LEAST,
        "pairs": by_channels(whole, split, labels),
    }


def by_channels(whole: Cases, split: Cases, labels: Labels) -> list[dict[str, Any]]:
    """One row for every two channels; `wrong` are pairs of different matters in one case, cut."""
    true, found, kept, wrong = Counter[str](), Counter[str](), Counter[str](), Counter[str]()
    for one, other in pairs_within(grouped(split, labels.matter.__getitem__).values()):
        between = _between(one, other)
        true[between] += 1
        found[between] += whole[one] == whole[other]
        kept[between] += split[one] == split[other]
    for one, other in pairs_within(grouped(split, split.__getitem__).values()):
        wrong[_between(one, other)] += labels.wrong(one, other)
    rows = []
    for two in combinations_with_replacement(sorted(CHANNELS), 2):
        between = "-".join(two)
        pairs = true[between] or 1
        row = {"uncut": round(found[between] / pairs, 3), "cut": round(kept[between] / pairs, 3)}
        loses = round((found[between] - kept[between]) / pairs, 3)
        rows.append({"channels": between, "true_pairs": true[between], **row, "loss": loses, "wrong": wrong[between]})
    return rows


def _between(one: str, other: str) -> str:
    return "-".join(sorted((channel_of(one), channel_of(other))))


def _draw(what: str, message: str, choices: int) -> int:
    return int.from_bytes(hashlib.sha256(f"{what}:{message}".encode()).digest()[:8], "big") % choices
