"""How times, marks and channels look on a terminal; pure."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from html import unescape

from rich.text import Text

from wufang.cli.failure import Failure
from wufang.domain.report import CHANNEL_LABELS
from wufang.domain.shanghai import local

COLOURS = {"hotline": "cyan", "grid": "green", "sentiment": "magenta", "petition": "yellow", "party_building": "red"}
HIT = "bold reverse"


def channel_label(channel: str) -> Text:
    """A channel's Chinese name in its colour."""
    return Text(CHANNEL_LABELS.get(channel, channel), style=COLOURS.get(channel, ""))  # type: ignore[call-overload]


def channels_named(channels: Iterable[str]) -> str:
    """热线、网格."""
    return "、".join(channel_label(channel).plain for channel in channels)


def channel_counts(channels: Mapping[str, int]) -> Text:
    """热线3 网格1."""
    parts = [channel_label(channel).append(str(count)) for channel, count in channels.items()]
    return Text(" ").join(parts)


def marked(html: str, brackets: bool = False) -> Text:
    """A highlighted fragment of the API (escaped HTML with <mark>) as terminal text; in brackets where styles fail."""
    text = Text()
    for place, part in enumerate(html.split("<mark>")):
        hit, end, rest = part.partition("</mark>")
        found = bool(place and end)
        text.append(f"【{unescape(hit)}】" if found and brackets else unescape(hit), style=HIT if found else "")
        text.append(unescape(rest))
    return text


def coded(labels: Mapping[str, str]) -> str:
    """Codes with what they mean, as help pages and refusals list them; lines break at the blanks."""
    return " ".join(f"{code}（{label}）" for code, label in labels.items())


def code_of(given: str, labels: Mapping[str, str], name: str) -> str:
    """The code of what was typed as code or in Chinese. Raises Failure naming what there is."""
    codes = {label: code for code, label in labels.items()} | {code: code for code in labels}
    if given not in codes:
        raise Failure(f"{name} 不认得“{given}”，可用：{coded(labels)}", code=2)
    return codes[given]


def moment(rfc3339: str) -> str:
    """A time as people in China read it, to the minute; the last day a calendar has stands for what is later."""
    return local(datetime.fromisoformat(rfc3339)).strftime("%Y-%m-%d %H:%M")
