"""The console's sheet and parts: what a narrow screen shows first, what stands beside an order."""

from types import SimpleNamespace

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from services.ledger.console.pages import HERE


def test_nothing_goes_before_a_cases_title() -> None:
    """The page's order is title, timeline, particulars; on 390 pixels the particulars once stood first."""
    assert "order: -" not in (HERE / "static" / "console.css").read_text()


def test_no_empty_brackets_stand_for_a_person_of_no_organisation() -> None:
    templates = Environment(loader=FileSystemLoader(HERE / "templates"), autoescape=True, undefined=StrictUndefined)
    templates.filters.update(clock=str, day=str, percent=str)
    by = templates.get_template("parts.html").module.by  # type: ignore[attr-defined]  # a macro
    assert (by(None), by(SimpleNamespace(organisation=""))) == ("", "")
    assert by(SimpleNamespace(organisation="青禾县12345")) == "（青禾县12345）"
