"""Personal data planted everywhere is found nowhere: not on a topic, not in an answer, not in a log line."""

from __future__ import annotations

import io
import uuid
from collections.abc import Iterator
from typing import Any

import orjson
import pytest

from tests.support.doors import Office, client_of, report
from tests.support.logs import log_lines
from wufang.adapters.secrets_file import load_key_ring
from wufang.privacy.encryption import CannotDecrypt, decrypt

PHONE, SPACED, WIDE = "13977776666", "139 7777 5555", "１３９７７７７４４４４"
CARD, BANK, PLATE = "11010519491231002X", "6222021234567890128", "湘A8B999"
LANDLINE, NAME, ACCOUNT, MAIL = "0731-82776655", "欧阳南飞", "acct-7781234", "ouyang@mail.example"
AUTHOR, NICK = "7412589630", "ouyangfei77"
# In signs of lists and sums, with an O for a nought, behind a word, with a written at.
LISTED, STARRED, LETTERED = "139、7777、3333", "139*7777*2222", "139O7771111"
CHAT, WECHAT = "3216549870", "wxid_ouyang77"
PASSPORT, WRITTEN = "E74125896", "ouyang(at)mail.example"
HIDDEN = (LISTED, STARRED, LETTERED, CHAT, WECHAT, PASSPORT, WRITTEN)
CANARIES = (PHONE, SPACED, WIDE, CARD, BANK, PLATE, LANDLINE, NAME, ACCOUNT, MAIL, *HIDDEN)
EVERYTHING = "，".join((PHONE, SPACED, WIDE, CARD, BANK, PLATE, LANDLINE, MAIL))
EVERY_DISGUISE = f"手机{LISTED}或{STARRED}或{LETTERED}；QQ：{CHAT}；微信号{WECHAT}；护照{PASSPORT}；邮件{WRITTEN}"
REPORTER = {
    "reporter": ACCOUNT,
    "reporter_name": NAME,
    "reporter_phone": PHONE,
    "reporter_id_card": CARD,
}
DETAILS: dict[str, dict[str, Any]] = {
    "hotline": {"expectation": EVERYTHING, "lead": f"住建局{PHONE}", "returns": {"count": 1, "reason": EVERYTHING}},
    "grid": {"major": f"环境{PHONE}", "handled": EVERYTHING},
    "sentiment": {
        "platform": "微博",
        "link": f"https://weibo.com/{AUTHOR}/Nabc123?uid={AUTHOR}",
        "involved": [f"水务公司{PHONE}"],
    },
    "petition": {
        "registered_by": f"信访局{PHONE}",
        "acceptance": {"number": "平信1号", "issued_on": "2026-03-12", "summary": EVERYTHING},
    },
    "party_building": {"post": f"书记岗{PHONE}", "reason": f"联系{SPACED}"},
}


@pytest.fixture
def logged() -> Iterator[io.StringIO]:
    """Every log line of the process, as the services write them."""
    with log_lines() as lines:
        yield lines


def planted(channel: str, event_id: str) -> dict[str, Any]:
    event = report(
        event_id,
        channel,
        title=f"投诉 {PHONE} {PLATE}",
        text=f"我是{NAME}，{EVERYTHING}，{EVERY_DISGUISE}，@飞翔的欧阳 说的",
        address=f"青石巷{SPACED}号",
        category=f"噪音{LANDLINE}",
        accused=f"某公司（{PHONE}）",
        details=DETAILS[channel],
        **({} if channel == "sentiment" else REPORTER),
    )
    if channel == "sentiment":
        event["data"]["text"] = f"{EVERYTHING}，{EVERY_DISGUISE}，@飞翔的欧阳 https://weibo.com/u/{AUTHOR} 说的，"
        event["data"]["text"] += (
            f"ＵＩＤ：{AUTHOR}，@ {NICK}，用户名{NICK}，见https://xueqiu.com/{AUTHOR}/2222和{NICK}.github.io"
        )
    return event


@pytest.mark.parametrize("channel", DETAILS)
async def test_no_canary_on_any_topic_in_any_answer_or_log(
    office: Office, event_id: str, channel: str, logged: io.StringIO
) -> None:
    answers = b""
    async with office.door(channel) as client:
        accepted = await client.post("/v1/events", json=planted(channel, event_id))
        assert accepted.status_code == 202, accepted.text
        answers += accepted.content
        for broken in broken_events(channel, event_id):
            refused = await client.post(
                "/v1/events",
                content=orjson.dumps(broken),
                headers={"content-type": "application/json", "x-request-id": PHONE},
            )
            assert refused.status_code == 422, broken
            answers += refused.content + str(refused.headers).encode()
        answers += (await client.get(f"/v1/receipts/{PHONE}")).content
        answers += (await client.get(f"/{PHONE}?name={NAME}")).content
        answers += (await client.request(f"X{PHONE}", "/v1/schema")).content
    topics = b"".join(
        (key or b"") + (value or b"")
        for topic in (f"reports.{channel}", "data_keys")
        for key, value in office.records(topic)
    )
    assert event_id.encode() in topics
    lines = logged.getvalue()
    assert '"event":"request"' in lines
    authors = (AUTHOR, NICK, "飞翔的欧阳") if channel == "sentiment" else ()
    for canary in (*CANARIES, *authors):
        assert canary.encode() not in topics, canary
        assert canary.encode() not in answers, canary
        assert canary not in lines, canary
    for line in lines.splitlines():
        orjson.loads(line)


def broken_events(channel: str, event_id: str) -> Iterator[dict[str, Any]]:
    """Refused in many ways, each with a canary where the answer might quote it."""
    good = planted(channel, event_id)
    data = good["data"]
    yield {**good, "id": PHONE}
    yield {**good, "id": CARD}
    yield {**good, "source": NAME}
    yield {**good, "type": f"wufang.{PHONE}.v1"}
    yield {**good, NAME: PHONE}
    yield {**good, "jurisdiction": PHONE}
    yield {**good, "data": {**data, "number": BANK}}
    yield {**good, "data": {**data, "number": PLATE}}
    yield {**good, "data": {**data, "number": f"QQ{CHAT}"}}
    yield {**good, "data": {**data, "grid_code": f"990101{PHONE}"}}
    yield {**good, "data": {**data, "related": [PHONE]}}
    yield {**good, "data": {**data, NAME: PHONE}}
    yield {**good, "data": {**data, f"tel{PHONE}": 1}}
    yield {**good, "data": {**data, "occurred_at": PHONE}}
    yield {**good, "data": {**data, "contact_mode": NAME}}
    yield {**good, "data": {**data, "text": ""}}
    yield {**good, "data": {**data, "point": {"lat": PHONE, "lon": CARD}}}
    yield {**good, "data": {**data, "grid_code": PHONE}}
    yield {**good, "data": {**data, "details": {PHONE: NAME}}}
    yield {**good, "data": NAME}


async def test_what_was_taken_out_is_in_the_encrypted_field_until_its_key_is_erased(
    office: Office, event_id: str
) -> None:
    async with office.door() as client:
        assert (await client.post("/v1/events", json=planted("hotline", event_id))).status_code == 202
    events = [orjson.loads(value or b"") for _, value in office.records("reports.hotline")]
    (sealed,) = [event["data"]["sealed"] for event in events if event["id"] == event_id]
    keys = dict(office.records("data_keys"))
    ring = load_key_ring(office.settings.secrets)
    opened = decrypt(ring, keys[sealed["key"].encode()], sealed)
    assert opened["reporter_name"] == NAME
    assert EVERYTHING in opened["text"]
    assert opened["details.expectation"] == EVERYTHING
    with pytest.raises(CannotDecrypt):
        decrypt(ring, None, sealed)


async def test_an_unexpected_error_says_nothing_but_a_number(
    office: Office, event_id: str, logged: io.StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    def crash(*_: object) -> None:
        raise RuntimeError(f"cannot handle {PHONE}")

    monkeypatch.setattr("wufang.adapters.door.Door.prepare", crash)
    request_id = str(uuid.uuid4())
    async with client_of(office.app(), office.tokens["county"]) as client:
        answer = await client.post("/v1/events", json=report(event_id), headers={"x-request-id": request_id})
    assert answer.status_code == 500
    assert answer.headers["x-request-id"] == request_id
    assert request_id in answer.json()["detail"]
    assert PHONE not in answer.text + logged.getvalue()
    assert "RuntimeError" in logged.getvalue()
