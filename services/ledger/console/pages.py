"""Renders the console's pages: every value is escaped by the templates; only marked_html makes markup."""

from pathlib import Path
from secrets import token_hex
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup
from starlette.responses import HTMLResponse

from services.ledger.access import DESK
from services.ledger.console import labels
from services.ledger.console.links import hot_share
from services.ledger.views import CaseSummary
from wufang.adapters.http_problems import Refusal
from wufang.adapters.jwt_people import ROLE_LABELS, Person
from wufang.domain.ids import age

HERE = Path(__file__).parent
# No inline script or style, nothing from elsewhere: a case's text that slips through could still do nothing.
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
HEADERS = {"content-security-policy": POLICY, "x-frame-options": "DENY"}

_environment = Environment(
    loader=FileSystemLoader(HERE / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_environment.filters.update(about=labels.about, clock=labels.clock, day=labels.day, percent=labels.percent)
_environment.globals.update(
    labels=labels, role_labels=ROLE_LABELS, desk_roles=DESK, age=age, hot_share=hot_share, once=lambda: token_hex(8)
)


def page(name: str, status: int = 200, **values: Any) -> HTMLResponse:
    """One page; `person` is None on pages for nobody."""
    html = _environment.get_template(f"{name}.html").render({"person": None, **values})
    return HTMLResponse(html, status, headers=HEADERS)


def error_page(refusal: Refusal, person: Person | None = None) -> HTMLResponse:
    """A refusal as a page, with a way on; who is logged in stays so."""
    response = page("error", refusal.status, refusal=refusal, person=person)
    response.headers.update(refusal.headers)
    return response


def title_of(case: CaseSummary) -> Markup | str:
    """A case's title with its hits marked."""
    marked = case.highlight.get("title")
    return Markup(marked[0]) if marked else case.title  # noqa: S704  # marked_html escaped it


def fragments_of(case: CaseSummary) -> list[Markup]:
    """What of the case's own text was hit."""
    return [Markup(text) for text in case.highlight.get("text", [])]  # noqa: S704  # marked_html escaped it


def best_of(case: CaseSummary) -> list[Markup]:
    """What of its best report was hit."""
    best = case.best_report
    texts = [] if best is None else best.highlight.get("text") or best.highlight.get("title", [])
    return [Markup(text) for text in texts]  # noqa: S704  # marked_html escaped it


_environment.globals.update(title_of=title_of, fragments_of=fragments_of, best_of=best_of)
