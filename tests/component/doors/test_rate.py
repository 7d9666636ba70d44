"""A key that posts without end is told when to go on; others, and what it only reads, are not touched."""

from __future__ import annotations

from tests.support.doors import Office, report


async def test_a_key_over_its_rate_is_answered_429_and_no_other_key(office: Office, event_id: str) -> None:
    async with office.door(key_rate=0.2) as client:  # five seconds' worth: one post
        assert (await client.post("/v1/events", json=report(event_id))).status_code == 202
        answer = await client.post("/v1/events", json=report(event_id))
        assert (answer.status_code, answer.headers["content-type"]) == (429, "application/problem+json")
        assert (answer.json()["type"], "发送太频繁" in answer.json()["detail"]) == ("urn:wufang:problem:too_many", True)
        assert 1 <= int(answer.headers["retry-after"]) <= 5
        assert (await client.get("/v1/schema")).status_code == 200
        city = {"authorization": f"Bearer {office.tokens['city']}"}
        posted = await client.post("/v1/events", json=report(event_id) | {"jurisdiction": "990101"}, headers=city)
        assert posted.status_code == 202


async def test_a_key_that_means_nothing_takes_no_ones_room(office: Office, event_id: str) -> None:
    async with office.door(key_rate=0.2) as client:
        bad = {"authorization": "Bearer wf_00000000_x"}
        for _ in range(3):
            assert (await client.post("/v1/events", json=report(event_id), headers=bad)).status_code == 401
        assert (await client.post("/v1/events", json=report(event_id))).status_code == 202
