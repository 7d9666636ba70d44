"""The same reports give the same readings, profiles and links in every process, whatever its hash seed."""

import hashlib
import os
import subprocess
import sys

import msgspec

from tests.support.linking import DAY, FILLER, LESSONS, LIFT, LIFT_AGAIN, NOISE_SAME_PLACE, NOON, County, subject
from wufang.domain.linking import packed

STORIES = [LIFT, LESSONS, LIFT_AGAIN, NOISE_SAME_PLACE, *FILLER, LIFT]


def digest() -> str:
    """Of everything the linker says and keeps over a made-up week."""
    county = County()
    said = hashlib.sha256()
    for number in range(40):
        told = STORIES[number % len(STORIES)]
        report = subject(
            (told[0], told[1] + f"已经第{number}天了。"),
            f"HL-{number:04}",
            reporter=f"{number % 3}" * 32,
            occurred_at=NOON + number * DAY // 4,
            references=("FL-0002",) if number == 30 else (),
        )
        said.update(msgspec.msgpack.encode((county.read(report), county.link(report))))
        county.take(report)
    cases = [f"990101-{number + 1}-0" for number in range(county.opened)]
    for profile in county.index.profiles(cases):
        said.update(packed(profile))
    return said.hexdigest()


def test_equal_under_every_hash_seed() -> None:
    digests = {digest()}
    for seed in ("0", "1", "4242"):
        done = subprocess.run(
            [sys.executable, "-c", "from tests.unit.linking.test_determinism import digest; print(digest())"],
            env={**os.environ, "PYTHONHASHSEED": seed, "TZ": "America/St_Johns"},
            capture_output=True,
            text=True,
            check=True,
        )
        digests.add(done.stdout.strip())
    assert len(digests) == 1
