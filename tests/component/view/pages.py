"""Who logs in to the console, and what a page of it is made of."""

from datetime import UTC, datetime
from html.parser import HTMLParser

from wufang.adapters.jwt_people import UNIT_ROLES, LocalIssuer, Person, Role
from wufang.settings import Settings


def token(view: Settings, area: str, role: Role = "supervisor", organisation: str = "") -> str:
    person = Person("u1", "李明<b>", role, organisation or unit_of(role), area)
    return LocalIssuer.open(view).token(person, datetime.now(UTC))


class Tags(HTMLParser):
    """Every tag and attribute of a page."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


def addresses(html: str) -> set[str]:
    names = ("href", "src", "action")
    return {attrs[name] or "" for _, attrs in Tags(html).found for name in names if name in attrs}


def unit_of(role: Role) -> str:
    """The organisation a role cannot be without: one that nobody accuses."""
    return "平川县青石街道第三网格站" if role in UNIT_ROLES else ""
