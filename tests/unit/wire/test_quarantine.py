"""What is written on the quarantine topic is read back; what is of another hand is a stray or plain text."""

from wufang.wire.position import Position
from wufang.wire.quarantine import Label, Quarantined, read_label, refused_by_index, refused_document

PLACE = Position("reports.hotline", 3, 17)


def test_headers_are_read_back() -> None:
    kept = Quarantined(PLACE, b"430102", b"{", "undecodable", "envelope: 坏", "ledger")
    assert read_label(kept.headers()) == Label("reports.hotline/3/17", "undecodable", "envelope: 坏", "ledger")


def test_a_record_that_names_no_position_is_a_stray() -> None:
    assert read_label([]) is None
    assert read_label([("reason", b"undecodable")]) is None
    assert read_label([("position", b"")]) is None


def test_headers_of_another_hand_are_text_all_the_same() -> None:
    assert read_label([("position", b"\xff"), ("other", b"x")]) == Label("�", "", "", "")
    assert read_label([("position", b"a"), ("position", b"b")]) == Label("b", "", "", "")


def test_only_a_position_is_a_place() -> None:
    assert Label(str(PLACE), "", "", "").place() == PLACE
    assert Label("hotline", "", "", "").place() is None


def test_a_refused_document_is_named() -> None:
    kept = refused_by_index(Position("ledger", 1, 5), b"430102", b"{}", "timeline 430102-7-0", "type_error in field at")
    label = read_label(kept.headers())
    assert label is not None
    assert refused_document(label) == ("timeline", "430102-7-0")


def test_other_labels_name_no_refused_document() -> None:
    assert refused_document(Label("ledger/1/5", "undecodable", "cases x: y", "indexer")) is None
    assert refused_document(Label("ledger/1/5", "refused_by_index", "cases x: y", "ledger")) is None
