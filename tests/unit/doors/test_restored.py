"""What a door would have published had nothing been sealed goes along to the office, cleaned as at any door."""

from __future__ import annotations

import os
from typing import Any

from services.channel.report import CommonReport, Outcome
from services.discipline import contract
from services.discipline.contract import Entry
from services.ledger.releases import WordsGiven
from services.party_building import SPEC as PARTY
from tests.support.doors import ACCEPTED, KEY, RING, RULES, hotline, report
from tests.support.sealing import HOPE, LAMP, TAKEN
from wufang.adapters.door import Door, Unsealed
from wufang.catalogue.channels import channel_specs
from wufang.domain.report import Restored

PERSON = {"reporter_name": "司徒映雪", "reporter_phone": "13900001111"}


def entry_of(**told: Any) -> dict[str, Any]:
    event = report("rx-a", **({"title": "青石巷路灯不亮"} | told))
    made = hotline().prepare(event | {"jurisdiction": "990101"}, KEY, ACCEPTED)
    assert isinstance(made, Unsealed)
    Entry.model_validate(made.entry)
    return made.entry


def test_it_is_what_sealing_changed_and_nothing_else() -> None:
    assert entry_of(text=f"{LAMP}{TAKEN}{HOPE}")["restored"] == {"text": f"{LAMP}{TAKEN}{HOPE}"}


def test_fields_that_went_along_come_back_whole() -> None:
    details = {"request_type": "tip_off", "expectation": "严查王局长", "lead": "平川县城管局"}
    told = {"category": "干部作风", "accused": "平川县住建局王局长", "title": "举报住建局王局长收受好处费"}
    restored = entry_of(text=f"{LAMP}{TAKEN}", details=details, **told)["restored"]
    assert restored == {"text": f"{LAMP}{TAKEN}", "details": details, **told}


def test_every_field_of_words_has_its_way_back() -> None:
    """One that the ledger does not know of would keep the whole part from coming back."""
    ways = set(Restored.__struct_fields__)
    assert ways == set(contract.Restored.model_fields) == set(WordsGiven.model_fields)
    words = {name for spec in channel_specs() for name in spec.prose}
    taken = words & {*CommonReport.model_fields, *Outcome.model_fields}
    assert {"title", "text", "reply"} <= taken
    assert taken <= ways


def test_numbers_and_the_reporters_own_name_are_masked_as_at_the_door() -> None:
    told = f"{LAMP}我叫司徒映雪，电话13900001111，{TAKEN}"
    restored = entry_of(text=told, details={"expectation": "严查王局长，回我13900001111"}, **PERSON)["restored"]
    assert restored["text"] == f"{LAMP}我叫[姓名]，电话[电话]，{TAKEN}"
    for personal in PERSON.values():
        assert personal not in str(restored)


def test_a_file_that_could_not_be_published_does_not_come_back() -> None:
    """Its name holds the reporter's own: sealed it went to the office, published it would have been refused."""
    details = {"evidence": ["司徒映雪_王局长_收红包.jpg"], "organisation": "平川县某支部"}
    party = Door(PARTY, RING, os.urandom, RULES)
    event = report("rx-a", "party_building", text=f"{LAMP}{TAKEN}", details=details, **PERSON)
    made = party.prepare(event | {"jurisdiction": "990101"}, KEY, ACCEPTED)
    assert isinstance(made, Unsealed), made
    entry = made.entry
    assert "司徒映雪" in str(entry["parts"])
    assert "evidence" not in entry["restored"].get("details", {})


def test_a_reply_says_of_which_report_it_is() -> None:
    data = {"report": "rx-0", "result": "explained", "concluded_at": "2026-03-05T17:20:00+08:00"}
    outcome = report("rx-o") | {
        "type": "wufang.hotline.outcome.v1",
        "jurisdiction": "990101",
        "data": {**data, "reply": f"路灯已修好。经核实，{TAKEN}"},
    }
    made = hotline().prepare(outcome, KEY, ACCEPTED)
    assert isinstance(made, Unsealed)
    assert (made.entry["of"], made.entry["restored"]) == ("rx-0", {"reply": f"路灯已修好。经核实，{TAKEN}"})
