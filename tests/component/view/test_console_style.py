"""The console's style sheet: what a narrow screen shows first."""

from services.ledger.console.pages import HERE


def test_nothing_goes_before_a_cases_title() -> None:
    """The page's order is title, timeline, particulars; on 390 pixels the particulars once stood first."""
    assert "order: -" not in (HERE / "static" / "console.css").read_text()
