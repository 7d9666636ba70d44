"""Sending against a stand-in door: patience, partial acknowledgement, refusals, going on after a break."""

import asyncio
import json
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from wufang.importing.door_client import DoorClient
from wufang.importing.fields import Field
from wufang.importing.journal import Journal
from wufang.importing.mapping import Columns
from wufang.importing.problems import ImportProblem
from wufang.importing.reading import Reader
from wufang.importing.run import Import, Tally, follow
from wufang.importing.tables import Row

Reply = tuple[int, dict[str, str], Any]
Answering = Callable[[list[dict[str, Any]]], Reply]
FIELDS = {name: Field(name, name) for name in ("id", "title", "text", "occurred_at")}
HEADER = ["id", "title", "text", "occurred_at"]
READER = Reader("wufang.hotline.report.v1", Columns({name: name for name in HEADER}), FIELDS, HEADER)


class StandIn:
    """Answers posts by a function; keeps the ids it took, in their order."""

    def __init__(self) -> None:
        self.answering: Answering = accept
        self.posts: list[list[str]] = []
        self.states: dict[str, list[str]] = {}
        self.url = ""

    def posted(self, events: list[dict[str, Any]]) -> Reply:
        self.posts.append([event["id"] for event in events])
        return self.answering(events)

    def state(self, receipt: str) -> Reply:
        left = self.states.get(receipt, ["in_case"])
        return 200, {}, {"state": left.pop(0) if len(left) > 1 else left[0]}


def accept(events: list[dict[str, Any]]) -> Reply:
    return 202, {}, {"items": [taken(index, event) for index, event in enumerate(events)]}


def taken(index: int, event: dict[str, Any]) -> dict[str, Any]:
    return {"index": index, "id": event["id"], "status": 202, "receipt": "r" + event["id"]}


def unacknowledged(index: int, event: dict[str, Any]) -> dict[str, Any]:
    return {"index": index, "id": event["id"], "status": 503, "problem": {"title": "x"}}


@pytest.fixture
def door() -> Iterator[StandIn]:
    stand_in = StandIn()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            self.reply(stand_in.posted([json.loads(line) for line in body.splitlines()]))

        def do_GET(self) -> None:
            self.reply(stand_in.state(self.path.rsplit("/", 1)[-1]))

        def reply(self, reply: Reply) -> None:
            status, headers, body = reply
            raw = json.dumps(body).encode()
            self.send_response(status)
            for name, value in {**headers, "content-length": str(len(raw))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(raw)

        def log_message(self, format: str, *args: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    stand_in.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield stand_in
    server.shutdown()
    thread.join()
    server.server_close()


def rows(count: int) -> Iterator[Row]:
    for number in range(2, count + 2):
        yield Row(number, [f"A{number}", "题", "文", "2026-03-05T09:30:00+08:00"], False)


def run(door: StandIn, journal: Path, count: int, patience: float = 5, parallel: int = 1) -> Tally:
    async def go() -> Tally:
        with Journal(journal) as kept:
            async with DoorClient(door.url, "wf_x_y", patience=patience) as client:
                return await Import(READER, client, kept).send(rows(count), parallel)

    return asyncio.run(go())


def test_in_order_and_in_batches(door: StandIn, tmp_path: Path) -> None:
    tally = run(door, tmp_path / "j", 450)
    assert [len(post) for post in door.posts] == [200, 200, 50]
    assert [sent for post in door.posts for sent in post] == [f"A{n}" for n in range(2, 452)]
    assert (tally.rows, tally.accepted, tally.all_in()) == (450, 450, True)


def test_twice_sends_nothing_more(door: StandIn, tmp_path: Path) -> None:
    run(door, tmp_path / "j", 250)
    door.posts.clear()
    tally = run(door, tmp_path / "j", 250)
    assert door.posts == []
    assert (tally.known, tally.sent, tally.all_in()) == (250, 0, True)


def test_goes_on_after_a_break(door: StandIn, tmp_path: Path) -> None:
    def second_is_refused(events: list[dict[str, Any]]) -> Reply:
        return accept(events) if len(door.posts) == 1 else (401, {}, {"detail": "请使用有效的机构密钥"})

    door.answering = second_is_refused
    with pytest.raises(ImportProblem, match=r"401.*WUFANG_API_KEY"):
        run(door, tmp_path / "j", 450)
    door.answering = accept
    door.posts.clear()
    tally = run(door, tmp_path / "j", 450)
    assert [sent for post in door.posts for sent in post] == [f"A{n}" for n in range(202, 452)]
    assert (tally.known, tally.accepted, tally.all_in()) == (200, 250, True)


def test_parallel_sends_each_once(door: StandIn, tmp_path: Path) -> None:
    tally = run(door, tmp_path / "j", 900, parallel=3)
    assert sorted(sent for post in door.posts for sent in post) == sorted(f"A{n}" for n in range(2, 902))
    assert tally.accepted == 900


def test_busy_door_is_asked_again(door: StandIn, tmp_path: Path) -> None:
    def first_busy(events: list[dict[str, Any]]) -> Reply:
        return accept(events) if len(door.posts) > 1 else (503, {"retry-after": "0"}, {})

    door.answering = first_busy
    assert run(door, tmp_path / "j", 3).accepted == 3
    assert len(door.posts) == 2


def test_what_was_not_acknowledged_is_sent_again_alone(door: StandIn, tmp_path: Path) -> None:
    def half(events: list[dict[str, Any]]) -> Reply:
        if len(door.posts) > 1:
            return accept(events)
        told = [unacknowledged(i, e) if i % 2 else taken(i, e) for i, e in enumerate(events)]
        return 207, {}, {"items": told}

    door.answering = half
    assert run(door, tmp_path / "j", 5).accepted == 5
    assert door.posts == [["A2", "A3", "A4", "A5", "A6"], ["A3", "A5"]]


def test_one_bad_item_refuses_only_itself(door: StandIn, tmp_path: Path) -> None:
    def second_bad(events: list[dict[str, Any]]) -> Reply:
        wrong = {"errors": [{"field": "data.title", "rule": "missing", "message": "缺少必填字段"}]}
        told = [taken(i, e) for i, e in enumerate(events)]
        told[1] = {"index": 1, "id": "", "status": 422, "problem": wrong}
        return 207, {}, {"items": told}

    door.answering = second_bad
    tally = run(door, tmp_path / "j", 3)
    assert (tally.accepted, tally.refused, tally.all_in()) == (2, 1, False)
    (error,) = tally.errors
    assert (error.row, error.id, error.column, error.rule) == (3, "A3", "title", "missing")


@pytest.mark.parametrize(
    ("reply", "said"),
    [
        ((503, {}, {}), "不可用（正忙，503）"),
        ((403, {}, {"detail": "本密钥不能用于此处"}), "本密钥不能用于此处，请换用登记了本渠道的密钥"),
        ((200, {}, {"hello": 1}), "看不懂"),
        ((202, {}, {"items": []}), "看不懂"),
    ],
)
def test_given_up_in_words(door: StandIn, tmp_path: Path, reply: Reply, said: str) -> None:
    door.answering = lambda _events: reply
    with pytest.raises(ImportProblem) as problem:
        run(door, tmp_path / "j", 1, patience=0.3)
    assert said in str(problem.value)


def test_nobody_there(tmp_path: Path) -> None:
    door = StandIn()
    door.url = "http://127.0.0.1:9"
    with pytest.raises(ImportProblem, match=r"连不上.*会接着做"):
        run(door, tmp_path / "j", 1, patience=0.3)


async def test_every_pause_names_the_door_and_the_time_that_is_left() -> None:
    told: list[tuple[str, float, float]] = []
    async with DoorClient("http://127.0.0.1:9", "k", patience=1, on_wait=lambda *one: told.append(one)) as client:
        with pytest.raises(ImportProblem):
            await client.post([b"{}"])
    assert {why for why, _, _ in told} == {"http://127.0.0.1:9 连不上"}
    left = [seconds for _, _, seconds in told]
    assert left == sorted(left, reverse=True)
    assert 0 <= left[-1] < left[0] <= 1


def test_follows_until_nothing_is_pending(door: StandIn) -> None:
    door.states = {"a": ["pending", "pending", "in_case"], "b": ["duplicate"], "c": ["pending", "quarantined"]}

    async def go() -> dict[str, int]:
        async with DoorClient(door.url, "wf_x_y") as client:
            return await follow(client, iter("abc"))

    assert asyncio.run(go()) == {"in_case": 1, "duplicate": 1, "quarantined": 1}
