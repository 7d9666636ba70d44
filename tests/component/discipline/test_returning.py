"""What the office released goes back to the ledger, whatever is away in between: once it is there, never again."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import httpx
import orjson
import pytest
from starlette.testclient import TestClient

from services.discipline import returning as module
from services.discipline.returning import Returning
from services.discipline.store import FIRST_AGAIN, SealedStore
from tests.component.discipline.conftest import COUNTY, NOW, House, entry, put
from tests.support.logs import log_lines
from wufang.adapters.secrets_file import load_key_ring

SINCE = int(NOW.timestamp() * 1000)
WORDS = {"text": "路灯坏了，局长收了好处费。", "accused": "平川县城管局"}
REASON = {"reason": "不属监督范围"}
Answer = Callable[[httpx.Request], httpx.Response]


@pytest.fixture(autouse=True)
def _the_service_itself_looks_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """When it starts, before anything is there: these tests say when it looks."""
    monkeypatch.setattr(module, "LOOK_SECONDS", 3_600.0)


@dataclass
class Ledger:
    """A ledger service that answers as it is told; `asked` are the bodies it got."""

    answers: list[Any]
    asked: list[dict[str, Any]] = field(default_factory=list)
    keys: list[str | None] = field(default_factory=list)

    def __call__(self, request: httpx.Request) -> httpx.Response:
        assert (request.method, request.url.path) == ("POST", "/v1/releases")
        self.asked.append(orjson.loads(request.content))
        self.keys.append(request.headers.get("authorization"))
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, Exception):
            raise answer
        status, state = answer
        return httpx.Response(status, json={"state": state} if state else {"title": "x"})


def look(house: House, ledger: Answer, after: int = 0) -> None:
    """One round of a store that was started just now, `after` milliseconds later."""
    store = SealedStore(house.settings.discipline_store, load_key_ring(house.settings.discipline_secrets), bytes)

    async def once() -> None:
        returning = Returning(house.settings, store, lambda: SINCE + after)
        await returning.close()
        returning._client = httpx.AsyncClient(base_url="http://ledger", transport=httpx.MockTransport(ledger))
        await returning.look()
        await returning.close()

    asyncio.run(once())
    store.close()


def released(house: House, client: TestClient, number: int = 1, **more: Any) -> str:
    receipt = put(house, client, number, entry(**{"restored": WORDS, **more}))
    done = client.post(f"/v1/sealed/{receipt}/release", headers=house.person(), json=REASON)
    assert done.status_code == 200
    return receipt


def returned(house: House, client: TestClient, receipt: str) -> Any:
    view = client.get(f"/v1/sealed/{receipt}", headers=house.person()).json()
    (booked,) = [
        one
        for one in client.get("/v1/books", headers=house.key("books")).json()["entries"]
        if one["receipt"] == receipt
    ]
    assert view["returned"] == booked["returned"]
    return view["returned"]


def test_what_goes_back_is_what_the_door_cleaned_and_who_released_it(house: House, client: TestClient) -> None:
    house.settings.release_key.parent.mkdir(parents=True, exist_ok=True)
    house.settings.release_key.write_text("wf_of_the_office\n")
    receipt = released(house, client, of="rx-0", content="c1:a")
    ledger = Ledger([(200, "done")])
    look(house, ledger)
    assert ledger.asked == [
        {
            "jurisdiction": COUNTY,
            "source": "pingchuan-12345",
            "number": "rx-a",
            "of": "rx-0",
            "content": "c1:a",
            "receipt": receipt,
            "words": WORDS,
            "by": {"subject": f"discipline-{COUNTY}", "role": "discipline", "organisation": "平川县纪委监委"},
        }
    ]
    assert ledger.keys == ["Bearer wf_of_the_office"]
    assert returned(house, client, receipt) == "done"
    look(house, ledger, 10**9)
    assert len(ledger.asked) == 1, "never again"


@pytest.mark.parametrize(
    "not_yet", [httpx.ConnectError("away"), (503, ""), (404, ""), (401, ""), (202, "pending"), (500, "")]
)
def test_what_is_not_taken_yet_waits_longer_each_time_and_is_never_lost(
    house: House, client: TestClient, not_yet: Any
) -> None:
    receipt, ledger = released(house, client), Ledger([not_yet])
    when = 0
    for tries in range(4):
        look(house, ledger, when)
        assert len(ledger.asked) == tries + 1
        look(house, ledger, when + (FIRST_AGAIN << tries) - 1)
        assert len(ledger.asked) == tries + 1, "not before its time"
        when += FIRST_AGAIN << tries
    assert returned(house, client, receipt) == "waiting"
    ledger.answers = [(200, "done")]
    look(house, ledger, when)
    assert returned(house, client, receipt) == "done"


def test_no_wait_is_longer_than_an_hour(house: House, client: TestClient) -> None:
    released(house, client)
    ledger, hour = Ledger([(503, "")]), 3_600_000
    for round_ in range(30):
        look(house, ledger, round_ * hour)
    assert len(ledger.asked) == 30


def test_what_the_ledger_refuses_for_good_is_kept_so(house: House, client: TestClient) -> None:
    receipt, ledger = released(house, client), Ledger([(200, "refused")])
    look(house, ledger)
    look(house, ledger, 10**9)
    assert (returned(house, client, receipt), len(ledger.asked)) == ("refused", 1)


def test_what_is_erased_before_it_went_back_never_does(house: House, client: TestClient) -> None:
    receipt, ledger = released(house, client), Ledger([(200, "done")])
    erased = client.request("DELETE", f"/v1/sealed/{receipt}", headers=house.person(), json=REASON)
    assert erased.status_code == 200
    look(house, ledger, 10**9)
    assert (returned(house, client, receipt), ledger.asked) == ("erased", [])


def test_what_is_erased_while_others_are_given_back_is_not(house: House, client: TestClient) -> None:
    """Each may take seconds, and what was erased must not go on a log that cannot forget."""
    released(house, client)
    second = released(house, client, 2)
    ledger = Ledger([(200, "done")])

    def erasing(request: httpx.Request) -> httpx.Response:
        client.request("DELETE", f"/v1/sealed/{second}", headers=house.person(), json=REASON)
        return ledger(request)

    look(house, erasing)
    assert (returned(house, client, second), len(ledger.asked)) == ("erased", 1)


def test_an_answer_that_is_none_holds_up_no_other_part(house: House, client: TestClient) -> None:
    """As a proxy's page with status 200."""
    first, second = released(house, client), released(house, client, 2)
    answers = [httpx.Response(200, text="<html>"), httpx.Response(200, json=["?"])]
    look(house, lambda _: answers.pop(0))
    assert (returned(house, client, first), returned(house, client, second), answers) == ("waiting", "waiting", [])
    ledger = Ledger([(200, "done")])
    look(house, ledger, FIRST_AGAIN)
    assert (returned(house, client, first), returned(house, client, second)) == ("done", "done")


def test_nothing_else_goes_back(house: House, client: TestClient) -> None:
    """Not what is confirmed, erased, undecided, for one level up or of another county; nor what no door cleaned."""
    made = [put(house, client, number, entry(restored=WORDS, content=f"c:{number}")) for number in range(3)]
    client.post(f"/v1/sealed/{made[0]}/confirm", headers=house.person(), json=REASON)
    client.request("DELETE", f"/v1/sealed/{made[1]}", headers=house.person(), json=REASON)
    for act in ("release", "confirm"):
        again = client.post(f"/v1/sealed/{made[1]}/{act}", headers=house.person(), json=REASON)
        assert again.status_code == 409
    others = [entry(up=True, restored=WORDS), entry(county="990102", restored=WORDS)]
    for number, other in enumerate(others, 10):
        receipt = put(house, client, number, other)
        tried = client.post(f"/v1/sealed/{receipt}/release", headers=house.person(), json=REASON)
        assert tried.status_code == 404
    before = put(house, client, 20, entry())
    assert client.post(f"/v1/sealed/{before}/release", headers=house.person(), json=REASON).status_code == 200
    ledger = Ledger([(200, "done")])
    look(house, ledger, 10**9)
    assert ledger.asked == []
    assert returned(house, client, before) is None


def test_later_rules_that_find_more_add_what_would_go_back(house: House, client: TestClient) -> None:
    same = {"content": "c1:a"}
    put(house, client, 1, entry(restored={"text": WORDS["text"]}, **same))
    receipt = put(house, client, 1, entry(restored={"text": "别的话", "accused": WORDS["accused"]}, **same))
    client.post(f"/v1/sealed/{receipt}/release", headers=house.person(), json=REASON)
    ledger = Ledger([(200, "done")])
    look(house, ledger)
    assert ledger.asked[0]["words"] == WORDS


def test_nothing_of_what_goes_back_is_readable_on_the_disk_or_in_the_log(house: House, client: TestClient) -> None:
    with log_lines() as lines:
        receipt = released(house, client)
        look(house, Ledger([(401, "")]))
    assert WORDS["text"].encode() not in house.files()
    assert "could not be given back" in lines.getvalue()
    for told in (receipt, WORDS["text"], WORDS["accused"]):
        assert told not in lines.getvalue()
