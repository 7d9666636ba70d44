"""Who may do what: one table of roles and routes, one row filter; a route that is not in the table is closed."""

from collections.abc import Mapping

from fastapi import Request, Security
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from services.ledger.audit import Audit
from wufang.adapters.http_problems import Refusal
from wufang.adapters.jwt_people import ROLES, UNIT_ROLES, NotAPerson, People, Person, Role
from wufang.readmodel.organisations import own_keys
from wufang.readmodel.scope import Scope

DESK = frozenset[Role]({"operator", "supervisor", "city"})
_READERS = frozenset[Role]({"operator", "warden", "handler", "supervisor", "city", "discipline", "auditor"})

# Public routes say nothing of any case; all others need a person whose role stands here (S1, S4).
PUBLIC: frozenset[tuple[str, str]] = frozenset(
    ("GET", path) for path in ("/", "/healthz", "/readyz", "/docs", "/redoc", "/openapi.json", "/console/login")
) | {("POST", "/console/login"), ("POST", "/console/logout")}
MATRIX: Mapping[tuple[str, str], frozenset[Role]] = {
    ("GET", "/v1/me"): frozenset(ROLES),
    ("GET", "/v1/cases"): _READERS,
    ("GET", "/v1/cases/{case_id}"): _READERS,
    ("GET", "/v1/cases/{case_id}/timeline"): _READERS,
    ("GET", "/v1/cases/{case_id}/reports"): _READERS,
    ("GET", "/v1/reports/{report_id}"): _READERS,
    ("GET", "/v1/warnings"): _READERS,
    ("GET", "/v1/hot-topics"): _READERS,
    ("GET", "/v1/suggestions"): DESK,
    ("GET", "/v1/cases/{case_id}/suggestions"): DESK,
    ("GET", "/v1/splits"): DESK,
    ("GET", "/v1/cases/{case_id}/splits"): DESK,
    ("POST", "/v1/cases/{case_id}/merge"): DESK,
    ("POST", "/v1/cases/{case_id}/restore"): DESK,
    ("POST", "/v1/cases/{case_id}/move"): DESK,
    ("POST", "/v1/cases/{case_id}/keep-apart"): DESK,
    ("POST", "/v1/cases/{case_id}/keep-together"): DESK,
    ("POST", "/v1/cases/{case_id}/lane"): DESK,
    ("POST", "/v1/cases/{case_id}/category"): DESK,
    ("GET", "/v1/commands/{receipt}"): DESK,
    ("GET", "/console"): _READERS,
    ("GET", "/console/warnings"): _READERS,
    ("GET", "/console/hot"): _READERS,
    ("GET", "/console/cases/{case_id}"): _READERS,
    ("GET", "/console/cases/{case_id}/merge"): DESK,
    ("GET", "/console/suggestions"): DESK,
    ("GET", "/console/splits"): DESK,
    ("POST", "/console/cases/{case_id}/order"): DESK,
    ("GET", "/metrics"): frozenset({"metrics", "admin"}),
}
# What is audited: everything that shows a case, or that there is one.
READS = frozenset(key for key in MATRIX if key[1] not in ("/v1/me", "/metrics"))

BEARER = HTTPBearer(auto_error=False, scheme_name="person", description="人员令牌：Authorization: Bearer …")


def scope_of(person: Person) -> Scope:
    """The row filter of a person."""
    return Scope(person.jurisdiction, person.organisation, person.role in UNIT_ROLES)


def permit(person: Person, request: Request, audit: Audit) -> None:
    """Raises Refusal unless the person's role may use the request's route, for a unit only with the unit's name."""
    request.state.person = person
    request.state.logged = {"person": person.subject, "role": person.role}
    route = getattr(request.scope.get("route"), "path", "")
    if (request.method, route) in READS:
        audit.note(request, person, route)
    if person.role not in MATRIX.get((request.method, route), frozenset()):
        raise Refusal("forbidden", "您的角色不能使用此功能")
    if person.role in UNIT_ROLES and not own_keys(person.organisation):
        raise Refusal("forbidden", "网格员和承办单位的令牌须写明所在单位：请向签发令牌的部门重新申请")


class PersonRequired:
    """A dependency: the person behind a bearer token, allowed on this route."""

    def __init__(self, people: People, audit: Audit) -> None:
        self._people, self._audit = people, audit

    def __call__(self, request: Request, credentials: HTTPAuthorizationCredentials | None = Security(BEARER)) -> Person:
        try:
            person = self._people.person("" if credentials is None else credentials.credentials)
        except NotAPerson:
            raise Refusal("unauthenticated", "请使用有效的人员令牌", WWW_Authenticate="Bearer") from None
        permit(person, request, self._audit)
        return person
