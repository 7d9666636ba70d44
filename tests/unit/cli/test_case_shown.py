"""A case's category on a terminal: what was decided, else what the sender wrote and what is suggested."""

from wufang.cli.case import _told, category_told

SUGGESTED = {"code": "0101", "path": "城建 / 水电", "told": "建议分类：城建 / 水电（把握 83%）。依据：目录用词“停水”。"}
DECIDED = {"code": "010101", "path": "城建 / 水电 / 供水", "answer": "kept"}


def test_the_suggestion_stands_beside_the_senders_words_until_it_is_decided() -> None:
    assert category_told({"category": "其他", "suggested_category": SUGGESTED}) == f"其他　{SUGGESTED['told']}"
    assert category_told({"category": None, "suggested_category": None}) == ""
    told = {"category": DECIDED["path"], "suggested_category": SUGGESTED, "decided_category": DECIDED}
    assert category_told(told) == "城建 / 水电 / 供水（010101，采纳建议）"


def test_the_entry_says_the_reason_or_else_the_answer() -> None:
    entry = {"type": "category_decided", "category": DECIDED}
    assert _told(entry) == "城建 / 水电 / 供水（010101）：采纳建议"
    assert _told({**entry, "reason": "水压低"}) == "城建 / 水电 / 供水（010101）：水压低"
