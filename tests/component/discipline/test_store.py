"""What the store promises: kept before it is acknowledged, read by few, each reading recorded, erased for good."""

from __future__ import annotations

import io
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from starlette.testclient import TestClient

from services.discipline.access import MATRIX
from services.discipline.app import create_app
from services.discipline.store import MOST_REFUSED
from tests.component.discipline.conftest import COUNTY, DUE, NOW, House, cause, entry, make_house, put
from tests.support.logs import log_lines
from wufang.adapters.jwt_people import ROLES

CANARY = "独一无二的封存词句"
REASON = "独一无二的处理理由"


def row_of(house: House, receipt: str) -> sqlite3.Row:
    with sqlite3.connect(house.settings.discipline_store) as db:
        db.row_factory = sqlite3.Row
        row: sqlite3.Row = db.execute("SELECT * FROM entries WHERE receipt = ?", (receipt,)).fetchone()
    return row


# the doors


def test_the_same_again_has_the_same_receipt_also_after_a_restart(house: House) -> None:
    with house.open() as client:
        receipt = put(house, client, 1, entry())
        assert put(house, client, 1, entry()) == receipt
    with house.open() as client:
        assert put(house, client, 1, entry()) == receipt
        assert put(house, client, 2, entry()) != receipt
        books = client.get("/v1/books", headers=house.key("books")).json()
    assert len(books["entries"]) == 2


def test_other_content_of_a_cause_is_refused_and_the_first_stays(house: House, client: TestClient) -> None:
    receipt = put(house, client, 1, entry("第一次的话"))
    other = client.put(f"/v1/sealed/{cause(1)}", json=entry("第二次的话"), headers=house.key("doors"))
    assert other.status_code == 409
    assert other.headers["content-type"] == "application/problem+json"
    shown = client.get(f"/v1/sealed/{receipt}", headers=house.person()).json()
    assert shown["entry"]["parts"][0]["text"] == "第一次的话"


def parts_of(house: House, client: TestClient, receipt: str) -> list[str]:
    shown = client.get(f"/v1/sealed/{receipt}", headers=house.person()).json()
    return [part["text"] for part in shown["entry"]["parts"]] if shown.get("entry") else []


def test_other_rules_make_no_other_entry_and_what_they_find_more_is_added(house: House, client: TestClient) -> None:
    receipt = put(house, client, 1, entry("第一段", content="c1:a"))
    assert put(house, client, 1, entry("第一段", content="c1:a", rules="triage-2")) == receipt
    assert parts_of(house, client, receipt) == ["第一段"]
    assert put(house, client, 1, entry("第二段", content="c1:a", rules="triage-3", up=True)) == receipt
    assert parts_of(house, client, receipt) == [], "it is for one level up now"
    shown = client.get(f"/v1/sealed/{receipt}", headers=house.person(area=COUNTY[:4])).json()
    assert [part["text"] for part in shown["entry"]["parts"]] == ["第一段", "第二段"]


def test_more_parts_than_one_put_may_have_can_be_read(house: House, client: TestClient) -> None:
    first, second = ([{"field": "text", "start": n, "text": "词"} for n in range(m, m + 200)] for m in (0, 200))
    receipt = put(house, client, 1, entry(content="c1:a", parts=first))
    put(house, client, 1, entry(content="c1:a", parts=second))
    assert len(parts_of(house, client, receipt)) == 400


@pytest.mark.parametrize("content", [{}, {"content": "c1:a"}])
def test_what_was_erased_does_not_come_back_with_other_rules(
    house: House, client: TestClient, content: dict[str, str]
) -> None:
    receipt = put(house, client, 1, entry(**content))
    erasing = {"headers": house.person(), "json": {"reason": "清除"}}
    assert client.request("DELETE", f"/v1/sealed/{receipt}", **erasing).status_code == 200
    assert put(house, client, 1, entry(**content, rules="triage-2")) == receipt
    assert parts_of(house, client, receipt) == []
    with sqlite3.connect(house.settings.discipline_store) as db:
        assert db.execute("SELECT count(*), count(sealed) FROM entries").fetchone() == (1, 0)


def test_another_content_code_is_other_content(house: House, client: TestClient) -> None:
    put(house, client, 1, entry(content="c1:a"))
    other = client.put(f"/v1/sealed/{cause(1)}", json=entry(content="c1:b"), headers=house.key("doors"))
    assert other.status_code == 409


def put_each(house: House, client: TestClient, *entries: dict[str, Any], key: str = "doors") -> httpx.Response:
    answer: httpx.Response = client.put("/v1/sealed", json={"entries": list(entries)}, headers=house.key(key))
    return answer


def test_several_at_once_are_as_if_each_was_put(house: House, client: TestClient) -> None:
    first = put(house, client, 1, entry("第一次的话"))
    told = [entry(cause=cause(2)), entry("第二次的话", cause=cause(1)), entry("第一次的话", cause=cause(1))]
    receipts = put_each(house, client, *told).json()["receipts"]
    assert receipts == [put(house, client, 2, entry()), None, first], "other content is refused alone"
    assert parts_of(house, client, first) == ["第一次的话"]
    assert len(client.get("/v1/books", headers=house.key("books")).json()["entries"]) == 2


def test_several_of_which_one_is_wrong_leave_nothing(house: House, client: TestClient) -> None:
    for wrong in ({"cause": cause(2), "parts": []}, {"cause": "x"}, {"cause": cause(2), "more": 1}):
        assert put_each(house, client, entry(cause=cause(1)), entry(**wrong)).status_code == 422
    assert put_each(house, client, *(entry(cause=cause(n)) for n in range(101))).status_code == 422
    assert put_each(house, client).status_code == 422
    assert client.get("/v1/books", headers=house.key("books")).json()["entries"] == []


@pytest.mark.parametrize("name", ["agency", "metrics", "books"])
def test_no_other_key_puts_several(house: House, client: TestClient, name: str) -> None:
    assert put_each(house, client, entry(cause=cause(1)), key=name).status_code == 403
    assert client.get("/v1/books", headers=house.key("books")).json()["entries"] == []


def test_a_receipt_is_no_hash_of_the_cause_that_another_office_would_get(house: House, tmp_path: Path) -> None:
    other = make_house(tmp_path / "other")
    with house.open() as here, other.open() as there:
        assert put(house, here, 1, entry()) != put(other, there, 1, entry())


@pytest.mark.parametrize("name", ["agency", "metrics", "books"])
def test_no_other_key_puts(house: House, client: TestClient, name: str) -> None:
    answer = client.put(f"/v1/sealed/{cause(1)}", json=entry(), headers=house.key(name))
    assert answer.status_code == 403
    assert client.get("/v1/books", headers=house.key("books")).json()["entries"] == []


@pytest.mark.parametrize("name", ["agency", "metrics", "doors"])
def test_no_other_key_gets_the_books(house: House, client: TestClient, name: str) -> None:
    assert client.get("/v1/books", headers=house.key(name)).status_code == 403


def test_nobody_without_a_key_or_a_token_gets_anything(house: House, client: TestClient) -> None:
    receipt = put(house, client, 1, entry())
    tries = [client.put(f"/v1/sealed/{cause(1)}", json=entry()), client.get("/v1/books"), client.get("/v1/audit")]
    tries += [client.get("/v1/sealed"), client.get(f"/v1/sealed/{receipt}"), client.get("/metrics")]
    tries += [client.put(f"/v1/sealed/{cause(1)}", json=entry(), headers=house.person())]
    tries += [client.put("/v1/sealed", json={"entries": [entry(cause=cause(1))]}, headers=house.person())]
    tries += [client.get(f"/v1/sealed/{receipt}", headers=house.key("doors"))]
    assert [one.status_code for one in tries] == [401] * len(tries)


@pytest.mark.parametrize(
    "broken",
    [
        {**entry(CANARY), "parts": []},
        {**entry(CANARY), CANARY: 1},
        {**entry(CANARY), "channel": CANARY},
        {**entry(CANARY), "jurisdiction": CANARY},
        {**entry(CANARY), "parts": [{"field": "text", "start": -1, "text": CANARY}]},
        [entry(CANARY)],
        CANARY,
    ],
)
def test_what_is_refused_is_not_repeated(house: House, client: TestClient, broken: object) -> None:
    answer = client.put(f"/v1/sealed/{cause(1)}", json=broken, headers=house.key("doors"))
    assert answer.status_code == 422
    assert CANARY not in answer.text


# people


def routes_of(house: House) -> set[tuple[str, str]]:
    paths = house.app().openapi()["paths"]
    return {(method.upper(), path) for path, methods in paths.items() for method in methods}


def test_every_route_is_a_persons_a_keys_or_open(house: House) -> None:
    by_key = {("PUT", "/v1/sealed/{cause}"), ("PUT", "/v1/sealed"), ("GET", "/v1/books"), ("GET", "/metrics")}
    assert routes_of(house) == {*MATRIX, *by_key, ("GET", "/healthz"), ("GET", "/readyz")}


@pytest.mark.parametrize("role", [role for role in ROLES if role != "discipline"])
def test_no_other_role_reads_or_decides(house: House, client: TestClient, role: str) -> None:
    receipt = put(house, client, 1, entry())
    for method, path in MATRIX:
        if path != "/v1/audit":
            answer = client.request(
                method, path.format(receipt=receipt), headers=house.person("", role), json={"reason": "x"}
            )
            assert answer.status_code == 403, (method, path)
    assert row_of(house, receipt)["state"] == "proposed"


def seen(house: House, client: TestClient, area: str) -> set[str]:
    page = client.get("/v1/sealed", headers=house.person(area)).json()
    listed = {one["receipt"] for one in page["sealed"]}
    every = {one["receipt"] for one in client.get("/v1/books", headers=house.key("books")).json()["entries"]}
    opened = {one for one in every if client.get(f"/v1/sealed/{one}", headers=house.person(area)).status_code == 200}
    assert listed == opened
    return listed


def test_an_office_sees_its_county_a_city_its_counties_and_only_they_what_accuses_an_office(
    house: House, client: TestClient
) -> None:
    plain = put(house, client, 1, entry())
    upward = put(house, client, 2, entry(up=True))
    next_door = put(house, client, 3, entry(county="990102"))
    of_city = put(house, client, 4, entry(county="990100", up=True))
    assert seen(house, client, COUNTY) == {plain}
    assert seen(house, client, "9901") == {plain, upward, next_door}
    assert seen(house, client, "99") == {plain, upward, next_door, of_city}
    assert seen(house, client, "9902") == set()


@pytest.mark.parametrize(
    ("area", "code", "plain", "up"),
    [
        ("990101", "990101", True, False),
        ("990102", "990101", False, False),
        ("9901", "990101", True, True),
        ("9902", "990101", False, False),
        ("99", "990101", True, True),
        ("", "990101", True, True),
        ("9901", "990100", True, False),  # the city's own office stands accused: the province reads it
        ("990100", "990100", True, False),
        ("99", "990100", True, True),
        ("99", "990000", True, False),
        ("", "990000", True, True),
    ],
)
def test_an_office_sees_its_area_and_never_what_accuses_itself(
    house: House, client: TestClient, area: str, code: str, plain: bool, up: bool
) -> None:
    of_others, of_itself = (put(house, client, number, entry(county=code, up=bool(number))) for number in (0, 1))
    expected = {receipt for receipt, shown in ((of_others, plain), (of_itself, up)) if shown}
    assert seen(house, client, area) == expected


def test_what_is_not_yours_is_not_told_from_what_is_not_there(house: House, client: TestClient) -> None:
    receipt = put(house, client, 1, entry(up=True))
    there, nowhere = (client.get(f"/v1/sealed/{one}", headers=house.person()) for one in (receipt, "0" * len(receipt)))
    assert there.status_code == nowhere.status_code == 404
    assert there.content == nowhere.content
    for act in ("confirm", "release"):
        answer = client.post(f"/v1/sealed/{receipt}/{act}", headers=house.person(), json={"reason": "x"})
        assert answer.content == there.content
    answer = client.request("DELETE", f"/v1/sealed/{receipt}", headers=house.person(), json={"reason": "x"})
    assert answer.content == there.content
    assert row_of(house, receipt)["state"] == "proposed"


def test_a_list_has_no_words_and_a_view_has_them_with_the_time_they_are_due(house: House, client: TestClient) -> None:
    receipt = put(house, client, 1, entry(CANARY))
    page = client.get("/v1/sealed", headers=house.person())
    assert CANARY not in page.text
    (head,) = page.json()["sealed"]
    assert (head["state"], head["due_at"]) == ("proposed", DUE)
    view = client.get(f"/v1/sealed/{receipt}", headers=house.person()).json()
    assert view["entry"] == {**entry(CANARY), "restored": None, "of": None, "content": None}


def test_pages_follow_each_other_and_end(house: House, client: TestClient) -> None:
    made = [put(house, client, number, entry()) for number in range(5)]
    found, after = [], None
    while True:
        page = client.get(
            "/v1/sealed", headers=house.person(), params={"size": 2, **({"after": after} if after else {})}
        ).json()
        found += [one["receipt"] for one in page["sealed"]]
        after = page["next"]
        if after is None:
            break
    assert found == made[::-1]
    assert client.get("/v1/sealed", headers=house.person(), params={"state": "erased"}).json()["sealed"] == []


@pytest.mark.parametrize(("act", "state"), [("confirm", "confirmed"), ("release", "released")])
def test_a_decision_is_recorded_once_with_who_when_and_why(
    house: House, client: TestClient, act: str, state: str
) -> None:
    receipt = put(house, client, 1, entry())
    assert client.post(f"/v1/sealed/{receipt}/{act}", headers=house.person(), json={}).status_code == 422
    done = client.post(f"/v1/sealed/{receipt}/{act}", headers=house.person(), json={"reason": REASON})
    assert done.status_code == 200
    for again in ("confirm", "release"):
        answer = client.post(f"/v1/sealed/{receipt}/{again}", headers=house.person(), json={"reason": "另一个"})
        assert answer.status_code == 409
    view = client.get(f"/v1/sealed/{receipt}", headers=house.person()).json()
    (told,) = view["acts"]
    assert view["state"] == state
    assert (told["act"], told["by"], told["reason"]) == (act, f"discipline-{COUNTY}", REASON)
    assert REASON.encode() not in house.files(), "an office's reasons tell what was sealed"


def test_erased_is_erased_for_good(house: House, client: TestClient) -> None:
    receipt = put(house, client, 1, entry(CANARY))
    client.post(f"/v1/sealed/{receipt}/confirm", headers=house.person(), json={"reason": REASON})
    kept = row_of(house, receipt)
    assert kept["wrapped"] in house.files(), "or the next look finds nothing for another reason"
    done = client.request("DELETE", f"/v1/sealed/{receipt}", headers=house.person(), json={"reason": "已移交"})
    assert done.status_code == 200
    assert kept["wrapped"] not in house.files()
    assert kept["sealed"].encode() not in house.files()
    view = client.get(f"/v1/sealed/{receipt}", headers=house.person()).json()
    assert (view["state"], view["entry"]) == ("erased", None)
    assert [(one["act"], one["reason"]) for one in view["acts"]] == [("confirm", None), ("erase", "已移交")]
    assert put(house, client, 1, entry(CANARY)) == receipt, "sent again it is known, and brings nothing back"
    assert client.get(f"/v1/sealed/{receipt}", headers=house.person()).json()["entry"] is None
    again = client.request("DELETE", f"/v1/sealed/{receipt}", headers=house.person(), json={"reason": "再删"})
    assert again.status_code == 409


def test_nothing_readable_is_on_the_disk(house: House, client: TestClient) -> None:
    put(house, client, 1, entry(CANARY))
    assert CANARY.encode() not in house.files()
    assert b"rx-a" not in house.files()


def test_a_row_put_in_anothers_place_does_not_open(house: House, client: TestClient) -> None:
    first, second = put(house, client, 1, entry("甲")), put(house, client, 2, entry("乙"))
    with sqlite3.connect(house.settings.discipline_store) as db:
        db.execute(
            "UPDATE entries SET sealed = (SELECT sealed FROM entries WHERE receipt = ?) WHERE receipt = ?",
            (second, first),
        )
    assert client.get(f"/v1/sealed/{first}", headers=house.person()).status_code == 500


# who looked


def test_every_reading_and_every_try_is_recorded(house: House, client: TestClient) -> None:
    receipt = put(house, client, 1, entry(up=True))
    city, county, auditor = house.person("9901"), house.person(), house.person("", "auditor")
    client.get("/v1/sealed", headers=city)
    client.get(f"/v1/sealed/{receipt}", headers=city)
    client.get(f"/v1/sealed/{receipt}", headers=county)
    client.post(f"/v1/sealed/{receipt}/release", headers=city, json={"reason": "不属监督范围"})
    page = client.get("/v1/audit", headers=auditor).json()
    told = [(one["by"], one["act"], one["receipts"], one["found"]) for one in page["reads"]]
    assert told == [
        ("discipline-9901", "release", [receipt], True),
        (f"discipline-{COUNTY}", "read", [receipt], False),
        ("discipline-9901", "read", [receipt], True),
        ("discipline-9901", "list", [receipt], True),
    ]
    assert client.get("/v1/audit", headers=house.person("9902", "auditor")).json()["reads"] == []
    assert client.get("/v1/audit", headers=city).status_code == 403


def tries(house: House, client: TestClient) -> list[tuple[str, str, list[str]]]:
    page = client.get("/v1/audit", headers=house.person("", "auditor"), params={"size": 200}).json()
    return [(one["by"], one["act"], one["receipts"]) for one in page["reads"] if one["act"].startswith("refused:")]


def test_a_try_by_another_role_is_recorded_with_what_was_tried(house: House, client: TestClient) -> None:
    receipt = put(house, client, 1, entry())
    desk, city = house.person("", "supervisor"), house.person("9901")
    for method, path in (key for key in MATRIX if key[1] != "/v1/audit"):
        client.request(method, path.format(receipt=receipt), headers=desk, json={"reason": "x"})
    client.get("/v1/audit", headers=city)
    client.get(f"/v1/sealed/{CANARY}", headers=desk)
    acts = ("erase", "release", "confirm", "read")
    assert tries(house, client) == [
        ("supervisor-", "refused:read", []),
        ("discipline-9901", "refused:audit", []),
        *(("supervisor-", f"refused:{act}", [receipt]) for act in acts),
        ("supervisor-", "refused:list", []),
    ]
    assert CANARY.encode() not in house.files(), "what is no receipt is not kept"


def test_a_flood_of_tries_is_a_few_rows_an_hour_of_each_person(house: House, client: TestClient) -> None:
    for _ in range(2 * MOST_REFUSED):
        assert client.get("/v1/sealed", headers=house.person("", "handler")).status_code == 403
    assert client.get("/v1/sealed", headers=house.person("", "operator")).status_code == 403
    assert [by for by, _, _ in tries(house, client)] == ["operator-", *["handler-"] * MOST_REFUSED]
    later = NOW + timedelta(hours=1, seconds=1)
    with TestClient(create_app(house.settings, clock=lambda: later)) as an_hour_later:
        an_hour_later.get("/v1/sealed", headers=house.person("", "handler"))
    assert len(tries(house, client)) == MOST_REFUSED + 2


def test_what_cannot_be_recorded_is_not_read(house: House, client: TestClient) -> None:
    receipt = put(house, client, 1, entry(CANARY))
    with sqlite3.connect(house.settings.discipline_store) as db:
        db.execute("DROP TABLE reads")
    for path in ("/v1/sealed", f"/v1/sealed/{receipt}"):
        answer = client.get(path, headers=house.person())
        assert answer.status_code == 500
        assert CANARY not in answer.text
        assert receipt not in answer.text


@pytest.fixture
def logged() -> Iterator[io.StringIO]:
    with log_lines() as lines:
        yield lines


def test_no_log_line_and_no_metric_tells_of_an_entry(house: House, client: TestClient, logged: io.StringIO) -> None:
    receipt = put(house, client, 7, entry(CANARY))
    client.get(f"/v1/sealed/{receipt}", headers=house.person())
    client.post(f"/v1/sealed/{receipt}/confirm", headers=house.person(), json={"reason": REASON})
    client.get(f"/v1/sealed/{CANARY}", headers=house.person())
    metrics = client.get("/metrics", headers=house.key("metrics")).text
    assert '"event":"request"' in logged.getvalue()
    for words in (CANARY, REASON, receipt, cause(7)):
        assert words not in logged.getvalue()
        assert words not in metrics
    assert "route=" not in metrics, "how many were sealed is nobody's"


def test_the_metrics_are_behind_their_key_and_health_is_open(house: House, client: TestClient) -> None:
    assert client.get("/metrics").status_code == 401
    assert client.get("/metrics", headers=house.key("doors")).status_code == 403
    assert client.get("/healthz").status_code == client.get("/readyz").status_code == 200


def test_the_store_loads_neither_a_dictionary_nor_a_log() -> None:
    """It runs beside everything else on one machine: each of these would double its memory."""
    code = "import sys, services.discipline.app; print(sorted({'rjieba', 'kafka', 'aiokafka'} & sys.modules.keys()))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
