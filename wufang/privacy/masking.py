"""Replaces personal patterns in one text by a word saying what stood there; keeps every other character."""

from wufang.privacy.patterns import Span, find_personal


def mask(text: str) -> str:
    """The text without phones, cards, plates and e-mail addresses."""
    spans = find_personal(text)
    return replace(text, spans) if spans else text


def replace(text: str, spans: list[Span]) -> str:
    """Each span replaced by its kind in brackets; the spans are in order and do not overlap."""
    pieces, at = [], 0
    for span in spans:
        pieces += [text[at : span.start], f"[{span.kind}]"]
        at = span.end
    return "".join([*pieces, text[at:]])
