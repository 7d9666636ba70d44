"""Who sees what: every route against every role, every search against the row filter, every token against the door."""

import asyncio
import hashlib
import hmac
import json
from base64 import urlsafe_b64encode
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import jwt
import pytest
import structlog
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from starlette.routing import Mount, Route

from services.ledger.access import MATRIX, PUBLIC, READS
from services.ledger.app import create_app
from services.ledger.console.pages import POLICY
from tests.component.view.conftest import Fill, Login
from tests.support.samples import a_report
from tests.support.view import Ledger, reports_of
from wufang.adapters.elastic_index import ElasticIndex
from wufang.adapters.jwt_people import AUDIENCE, ROLES, UNIT_ROLES, LocalIssuer, Person, Role
from wufang.adapters.key_file import create_key
from wufang.domain.case import MORE_ACCUSED
from wufang.domain.report import SealedPart
from wufang.readmodel import queries
from wufang.readmodel.actions import case_action
from wufang.readmodel.queries import Search
from wufang.readmodel.scope import Scope, allows
from wufang.settings import Settings

UNKNOWN_CASE, UNKNOWN_REPORT = "999999-1-0", "0" * 64


ORDERED = {"seen": {UNKNOWN_CASE: 1}, "reason": "同一件事"}
BODIES: dict[str, Any] = {
    "/v1/cases/{case_id}/merge": {**ORDERED, "merged": "999999-2-0"},
    "/v1/cases/{case_id}/restore": {**ORDERED, "restored": "999999-2-0"},
    "/v1/cases/{case_id}/move": {**ORDERED, "reports": [UNKNOWN_REPORT]},
    "/v1/cases/{case_id}/lane": {**ORDERED, "lane": "urgent"},
    "/v1/cases/{case_id}/category": {**ORDERED, "code": "01"},
    "/v1/cases/{case_id}/keep-apart": {**ORDERED, "other": "999999-2-0"},
    "/v1/cases/{case_id}/keep-together": ORDERED,
}


def routes(held: Sequence[Any]) -> set[tuple[str, str]]:
    """Every method and path, mounted static files aside."""
    found = set()
    for route in held:
        if isinstance(route, Route):
            found |= {(method, route.path) for method in route.methods or () if method != "HEAD"}
        elif not isinstance(route, Mount):
            found |= routes(route.original_router.routes)
    return found


def concrete(path: str) -> str:
    return path.replace("{case_id}", UNKNOWN_CASE).replace("{report_id}", UNKNOWN_REPORT)


def test_every_route_is_public_by_name_or_in_the_matrix(view: Settings) -> None:
    extra = {("GET", "/docs/oauth2-redirect"), ("POST", "/v1/releases")}  # the latter by the office's key alone
    assert routes(create_app(view).routes) - extra == PUBLIC | set(MATRIX)


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize(("method", "path"), sorted(key for key in MATRIX if not key[1].startswith("/console")))
async def test_a_role_may_use_what_the_matrix_says(login: Login, role: Role, method: str, path: str) -> None:
    answer = await login(role=role).request(method, concrete(path), json=BODIES.get(path))
    allowed = role in MATRIX[method, path]
    assert answer.status_code in ((200, 404) if allowed else (403,))


@pytest.mark.parametrize(("method", "path"), sorted(key for key in MATRIX if not key[1].startswith("/console")))
async def test_nothing_is_told_without_a_token(login: Login, method: str, path: str) -> None:
    client = login()
    good = client.headers["authorization"].removeprefix("Bearer ")
    for said in ("", "Bearer", "Bearer x", f"Basic {good}"):
        answer = await client.request(method, concrete(path), headers={"authorization": said}, json=BODIES.get(path))
        assert (answer.status_code, answer.headers["www-authenticate"]) == (401, "Bearer"), said


def claims(**changed: Any) -> dict[str, Any]:
    now = datetime.now(UTC)
    person = {"sub": "u1", "name": "李明", "role": "city", "organisation": "", "jurisdiction": "43"}
    times = {"iat": now, "nbf": now, "exp": now + timedelta(hours=1)}
    return {"iss": "wufang-local", "aud": AUDIENCE, **person, **times, **changed}


def raw_token(header: dict[str, str], secret: bytes) -> str:
    """A token as a forger makes it: unsigned, or signed by HMAC with what everybody can read."""
    body = {name: value.timestamp() if isinstance(value, datetime) else value for name, value in claims().items()}
    signed = b".".join(urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=") for part in (header, body))
    signature = hmac.digest(secret, signed, hashlib.sha256) if secret else b""
    return (signed + b"." + urlsafe_b64encode(signature).rstrip(b"=")).decode()


def bad_tokens(issuer: LocalIssuer, jwks: str) -> dict[str, str]:
    key, kid, now = issuer._key, issuer._kid, datetime.now(UTC)

    def signed(**changed: Any) -> str:
        return jwt.encode(claims(**changed), key, "ES256", headers={"kid": kid})

    return {
        "malformed": "x.y.z",
        "expired": signed(exp=now - timedelta(hours=1)),
        "not yet": signed(nbf=now + timedelta(hours=1)),
        "other audience": signed(aud="other"),
        "other issuer": signed(iss="other"),
        "no role": signed(role="root"),
        "no area": signed(jurisdiction="43*"),
        "endless unit": signed(organisation="平" * 61),
        "unsigned": raw_token({"alg": "none", "kid": kid}, b""),
        "signed with the public key": raw_token({"alg": "HS256", "kid": kid}, jwks.encode()),
        "unknown key": jwt.encode(claims(), key, "ES256", headers={"kid": "other"}),
        "cut": signed()[:-8],
    }


async def test_a_token_that_is_not_quite_right_is_no_token(login: Login, view: Settings) -> None:
    client = login()
    jwks = json.dumps(json.loads(view.jwks.read_text())["keys"][0])
    for name, token in bad_tokens(LocalIssuer.open(view), jwks).items():
        answer = await client.get("/v1/cases", headers={"authorization": f"Bearer {token}"})
        assert answer.status_code == 401, name


async def test_metrics_are_for_a_key_of_that_scope(login: Login, view: Settings) -> None:
    made = {"source": "prometheus", "channels": (), "jurisdiction": "43"}
    good, _ = create_key(view.api_keys, scopes=("metrics",), **made)  # type: ignore[arg-type]
    bad, _ = create_key(view.api_keys, scopes=("events",), **made | {"source": "desk"})  # type: ignore[arg-type]
    client = login()
    answers = [await client.get("/metrics", headers={"authorization": f"Bearer {key}"}) for key in (good, bad)]
    assert [answer.status_code for answer in answers] == [200, 403]
    assert "wufang_ledger_service_requests" in answers[0].text


@pytest.fixture
async def counted(fill: Fill, county: str) -> Ledger:
    made, reports = Ledger(), reports_of(county)
    made.open(reports["lift"])
    made.open(reports["meeting"])
    await fill(made.actions)
    return made


async def answers(client: httpx.AsyncClient, case_id: str, report_id: str) -> list[httpx.Response]:
    paths = [f"/v1/cases/{case_id}", f"/v1/cases/{case_id}/timeline", f"/v1/cases/{case_id}/reports"]
    return [await client.get(path) for path in (*paths, f"/v1/reports/{report_id}")]


async def test_a_case_of_another_place_is_a_case_that_is_not(counted: Ledger, login: Login, county: str) -> None:
    stranger = login(area="11")
    hidden = await answers(stranger, f"{county}-1-0", reports_of(county)["lift"].id)
    unknown = await answers(stranger, UNKNOWN_CASE, UNKNOWN_REPORT)
    assert [(answer.status_code, answer.content) for answer in hidden] == [
        (answer.status_code, answer.content) for answer in unknown
    ]
    assert {answer.status_code for answer in hidden} == {404}


async def test_the_accused_sees_nothing_of_the_case(counted: Ledger, login: Login, county: str) -> None:
    accused = login(role="handler", organisation="清河物业公司")
    hidden = await answers(accused, f"{county}-2-0", reports_of(county)["meeting"].id)
    unknown = await answers(accused, UNKNOWN_CASE, UNKNOWN_REPORT)
    assert [answer.content for answer in hidden] == [answer.content for answer in unknown]
    found = (await accused.get("/v1/cases", params={"q": "工人大会"})).json()
    assert (found["total"], found["cases"]) == (0, [])
    assert not any(found["facets"].values())
    assert (await accused.get("/v1/cases")).json()["total"] == 1


async def test_the_accused_sees_no_later_report_of_the_case_either(fill: Fill, login: Login, county: str) -> None:
    made, reports = Ledger(), reports_of(county)
    case_id = made.open(reports["lift"])
    made.link(case_id, reports["meeting"])
    await fill(made.actions)
    accused = login(role="handler", organisation="清河物业公司")
    assert (await accused.get(f"/v1/reports/{reports['lift'].id}")).status_code == 404


@pytest.mark.parametrize(
    "organisation", ["清河物业", "清河 物业公司", "\u3000清河物业公司", "清河物业服务公司及清河物业公司"]
)
async def test_the_accused_sees_nothing_however_the_token_names_it(
    counted: Ledger, login: Login, county: str, organisation: str
) -> None:
    accused = login(role="handler", organisation=organisation)
    assert {answer.status_code for answer in await answers(accused, f"{county}-2-0", "0" * 64)} == {404}
    assert (await accused.get("/v1/cases")).json()["total"] == 1


@pytest.mark.parametrize("role", sorted(UNIT_ROLES))
@pytest.mark.parametrize("organisation", ["", " ", "\u200b", "。"])
async def test_who_acts_for_a_unit_must_name_it(login: Login, role: Role, organisation: str) -> None:
    client = login(role=role, organisation=organisation)
    for path in ("/v1/me", "/v1/cases", f"/v1/cases/{UNKNOWN_CASE}"):
        answer = await client.get(path)
        assert (answer.status_code, "须写明所在单位" in answer.json()["detail"]) == (403, True)


PLACES = st.sampled_from(["620102", "620103", "620201", "630102", "620199"])
NAMES = ["甲公司", "乙公司", "县甲公司", "平川县甲公司。", "乙公司（平川县 甲公司）", "甲公司a1\u200b队", "公司", "A1"]
LOOSE = st.text(st.sampled_from("平川县甲乙公司𠮷 、（）和aB1\u200b"), max_size=8)
ACCUSED = st.none() | st.sampled_from([*NAMES, MORE_ACCUSED]) | LOOSE
SCOPES = st.builds(
    Scope,
    st.sampled_from(["", "62", "6201", "620102", "63", "6202"]),
    st.sampled_from(["", "甲公司", "平川縣甲公司", "𠮷a1"]) | LOOSE,
    st.booleans(),
)


@given(held=st.lists(st.tuples(PLACES, ACCUSED, st.none() | st.just(SealedPart("r" * 40))), max_size=8), scope=SCOPES)
@hypothesis_settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_the_row_filter_of_the_index_is_the_row_filter_of_the_code(
    view: Settings, held: list[tuple[str, str | None, SealedPart | None]], scope: Scope
) -> None:
    """Random cases, random person: a search gives exactly what `allows` lets through."""
    asyncio.run(_compare(view, held, scope))


async def _compare(view: Settings, held: list[tuple[str, str | None, SealedPart | None]], scope: Scope) -> None:
    grid = f"g{abs(hash((tuple(held), scope)))}"
    made = Ledger()
    for serial, (place, accused, conduct) in enumerate(held, start=1):
        told = {"accused": accused, "conduct": conduct}
        fields: dict[str, Any] = {"jurisdiction": place, "grid_code": grid, **told}
        made.open(a_report(serial, **fields))
    actions = [case_action(case) for case in made.cases.values()]
    renamed = [action._replace(id=f"{grid}-{action.id}") for action in actions]
    async with ElasticIndex.from_settings(view) as index:
        await index.write(1, renamed)
        await index.refresh(1)
        answer = await index.search("cases", queries.cases_step(Search(grid=grid, size=50), scope))
    expected = {action.id for action in renamed if allows(scope, action.document)}
    assert {hit["_id"] for hit in answer["hits"]["hits"]} == expected
    assert answer["hits"]["total"]["value"] == len(expected)


async def test_elasticsearch_away_is_a_503_with_a_time_to_come_back(view: Settings) -> None:
    away = view.model_copy(update={"elastic_url": "http://127.0.0.1:9"})
    token = LocalIssuer.open(view).token(Person("u1", "李明", "city", "", "43"), datetime.now(UTC))
    transport = httpx.ASGITransport(create_app(away))
    headers = {"authorization": f"Bearer {token}"}
    async with httpx.AsyncClient(base_url="http://ledger", transport=transport, headers=headers) as client:
        for path in ("/v1/cases", "/v1/cases?q=电梯", "/v1/cases/430102-1-0", "/readyz"):
            answer = await client.get(path)
            assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")
            assert answer.headers["content-type"] == "application/problem+json"
            assert "ConnectError" not in answer.text
        assert (await client.get("/healthz")).status_code == 200


async def test_a_page_with_a_policy_of_its_own_keeps_it_alone(login: Login) -> None:
    answers = [await login().get(page) for page in ("/console/login", "/docs", "/v1/me")]
    said = [answer.headers.get_list("content-security-policy") for answer in answers]
    assert [len(one) for one in said] == [1, 1, 1]
    assert [answer.headers.get_list("x-frame-options") for answer in answers] == [["DENY"]] * 3
    assert said[0] == [POLICY]


async def test_the_docs_name_no_outside_address(login: Login) -> None:
    page = (await login().get("/docs", headers={"authorization": ""})).text
    assert "http://" not in page.replace("http://ledger", "")
    assert "https://" not in page


@pytest.fixture
def audited() -> Iterator[list[Any]]:
    """The audit lines of the test."""
    lines: list[Any] = []

    def kept(_logger: Any, _method: str, event: Any) -> Any:
        if event["event"] == "read":
            lines.append(dict(event))
        raise structlog.DropEvent

    before = structlog.get_config()["processors"]
    structlog.configure(processors=[kept])
    yield lines
    structlog.configure(processors=before)


READ = [f"/v1/cases/{UNKNOWN_CASE}", f"/v1/cases/{UNKNOWN_CASE}/timeline", f"/v1/cases/{UNKNOWN_CASE}/reports"]


@pytest.mark.parametrize("path", ["/v1/cases", f"/v1/reports/{UNKNOWN_REPORT}", *READ])
async def test_every_read_is_one_line_that_says_who(login: Login, audited: list[Any], county: str, path: str) -> None:
    answer = await login(role="handler", organisation="平川县城管局", subject="u7").get(path)
    (line,) = audited
    who = {"subject": "u7", "name": "李明", "role": "handler", "organisation": "平川县城管局", "jurisdiction": county}
    assert who.items() <= line.items()
    assert line["status"] == answer.status_code
    assert concrete(line["route"]) == path
    ids = {"case_id": UNKNOWN_CASE} if UNKNOWN_CASE in path else {"report_id": UNKNOWN_REPORT}
    assert ("cases/" in path or "reports/" in path) == (ids.items() <= line.items())


async def test_a_search_is_audited_by_a_hash_and_never_by_its_words(login: Login, audited: list[Any]) -> None:
    client = login()
    for asked in ({"q": "13800001234"}, {"q": "13800001234", "sort": "oldest"}, {"phrase": "13800001234"}, {}):
        await client.get("/v1/cases", params=asked)
    first, again, other, none = (line.get("query") for line in audited)
    assert first == again != other
    assert none is None
    plain = hashlib.sha256(b"13800001234").hexdigest()
    assert "13800001234" not in str(audited)
    assert first not in plain


async def test_an_id_that_is_none_is_not_repeated(login: Login, audited: list[Any]) -> None:
    await login().get("/v1/cases/13800001234")
    assert [line["case_id"] for line in audited] == ["(no id)"]


async def test_what_is_refused_is_a_read_too_and_who_i_am_is_none(login: Login, audited: list[Any]) -> None:
    await login(role="admin").get("/v1/cases")
    await login(role="admin").get("/v1/me")
    assert [(line["route"], line["status"]) for line in audited] == [("/v1/cases", 403)]


def test_every_route_that_shows_cases_is_audited() -> None:
    assert {path for _, path in set(MATRIX) - READS} == {"/v1/me", "/metrics"}
