"""`python -m bench.faults`: the fault run; exits non-zero unless the books balance and the faults really bit."""

import asyncio
import json
import random
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated

import orjson
import typer
from rich.console import Console

from bench.corpus import COUNTIES, Corpus
from bench.faults.chaos import Chaos
from bench.load import Sender, Submission
from deploy.local.system import System
from wufang.adapters.kafka_partition import partition_of
from wufang.adapters.kafka_reader import LogReader
from wufang.operations.reconcile import Balance, reconcile
from wufang.wire import topics

console = Console(highlight=False)
SENDERS = 6


@dataclass
class Report:
    """What the run did and found."""

    seed: int
    reports: int
    fired: dict[str, int] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)
    figures: dict[str, object] = field(default_factory=dict)

    def check(self, holds: bool, what: str) -> None:
        console.print(f"  {'[green]holds[/]' if holds else '[red]BROKEN[/]'}  {what}")
        if not holds:
            self.problems.append(what)


def main(
    reports: Annotated[int, typer.Option(help="distinct reports; each is sent one to five times")] = 20_000,
    rounds: Annotated[int, typer.Option(help="rounds of kills")] = 10,
    outage: Annotated[float, typer.Option(help="seconds Elasticsearch stays down in the outage part")] = 120.0,
    seed: Annotated[int, typer.Option(help="0 draws one; it is printed")] = 0,
    out: Annotated[Path | None, typer.Option(help="write the result as JSON")] = None,
) -> None:
    """Kill workers, broker, Elasticsearch and services under load; prove that nothing is lost or doubled."""
    report = Report(seed or random.SystemRandom().randrange(1, 10**6), reports)
    console.print(f"seed {report.seed}: {reports} reports, {rounds} rounds")
    with (
        tempfile.TemporaryDirectory(prefix="wufang-faults-") as folder,
        System(Path(folder), prefix="faults.", workers=2, say=_say) as system,
    ):
        asyncio.run(_run(system, report, rounds, outage))
    if out is not None:
        out.write_text(json.dumps(report.__dict__, ensure_ascii=False, indent=1, default=str))
    console.print("[green]all holds[/]" if not report.problems else f"[red]broken: {report.problems}[/]")
    raise typer.Exit(1 if report.problems else 0)


async def _run(system: System, report: Report, rounds: int, outage: float) -> None:
    chaos, sender = Chaos(system, report.seed, _say), Sender(system)
    chance, corpus = random.Random(report.seed), Corpus(report.seed, run=f"f{report.seed}")
    each = -(-report.reports // (rounds + 1))  # rounded up: no fewer than asked for
    shares = [list(corpus.events(each)) for _ in range(rounds + 1)]
    rogue = asyncio.create_task(chaos.rogue(_busy_partition(chance)))
    poisoned = 0
    started = time.monotonic()
    for number, share in enumerate(shares[:-1], 1):
        _say(f"round {number} of {rounds}")
        load = asyncio.create_task(_load(sender, chance, share))
        await asyncio.gather(chaos.round(12.0), chaos.guest(f"guest{number}", 10.0), load)
        poisoned += await asyncio.to_thread(chaos.poison)
    await _outage(system, chaos, sender, chance, shares[-1], outage, report)
    rogue.cancel()
    await asyncio.gather(rogue, return_exceptions=True)
    report.figures["seconds under fire"] = round(time.monotonic() - started)
    report.fired = chaos.fired
    await _judge(system, sender, report, {e["id"] for share in shares for _, e in share}, poisoned)
    await sender.close()


def _busy_partition(chance: random.Random) -> int:
    """One that holds a county of the corpus."""
    return partition_of(chance.choice(COUNTIES).encode())


async def _load(sender: Sender, chance: random.Random, share: list[Submission]) -> None:
    """Every event one to five times, out of order, from several clients at once."""
    copies = [item for item in share for _ in range(chance.randint(1, 5))]
    chance.shuffle(copies)
    lanes = [copies[lane::SENDERS] for lane in range(SENDERS)]
    await asyncio.gather(*(_lane(sender, lane) for lane in lanes))


async def _lane(sender: Sender, copies: list[Submission]) -> None:
    for start in range(0, len(copies), 200):
        await sender.send(copies[start : start + 200])


async def _outage(
    system: System,
    chaos: Chaos,
    sender: Sender,
    chance: random.Random,
    share: list[Submission],
    seconds: float,
    report: Report,
) -> None:
    """Elasticsearch is away: intake goes on, and the indexer catches up alone."""
    _say(f"Elasticsearch down for {seconds:.0f} s")
    await asyncio.to_thread(system.kill, "elasticsearch")
    chaos.note("Elasticsearch outage")
    before, until = len(sender.tally.accepted), time.monotonic() + seconds
    await _load(sender, chance, share)
    report.check(time.monotonic() < until, "intake went on while Elasticsearch was down")
    report.figures["accepted while Elasticsearch was down"] = len(sender.tally.accepted) - before
    await asyncio.sleep(max(0.0, until - time.monotonic()))
    await asyncio.to_thread(system.start, "elasticsearch")


async def _judge(system: System, sender: Sender, report: Report, ids: set[str], poisoned: int) -> None:
    _say("waiting for the streams, then reconciling")
    settings = system.settings()
    balance = await reconcile(settings, patience=600)
    logged = await _logged(system)
    totals = balance.by_topic()
    report.figures.update(
        accepted=len(sender.tally.accepted),
        posts=sender.tally.sent,
        retries=sender.tally.retries,
        inputs=sum(logged.values()),
        records=balance.records,
        voids=balance.voids,
        redeliveries=_redeliveries(system),
        cases=balance.cases,
        ledger_hash=balance.ledger_hash,
        sums={topic: str(sums) for topic, sums in totals.items()},
    )
    console.print(report.figures)
    for fault in balance.faults[:10]:
        console.print(f"    {fault}")
    report.check(balance.balanced, "the books balance, and the index equals a cold fold by version and hash")
    report.check({id_ for _, id_ in sender.tally.accepted} <= logged.keys(), "everything answered 202 is on the log")
    report.check(balance.records == len(ids), f"one record per report: {balance.records} of {len(ids)}")
    report.check(sum(balance.quarantine.values()) == poisoned, f"all poison is in quarantine: {poisoned}")
    report.check(balance.voids > 0, "void records were seen")
    report.check(_redeliveries(system) > 0, "redeliveries were seen")
    report.check(_again(balance, ids), "duplicates are in the books and in no case")


def _again(balance: Balance, ids: set[str]) -> bool:
    return balance.documents is not None and balance.documents.agree.get("reports") == len(ids)


async def _logged(system: System) -> Counter[str]:
    """How often each event id stands on the input topics."""
    seen: Counter[str] = Counter()
    async with LogReader(system.settings()) as reader:
        ends = await reader.ends(topics.REPORTS)
        async for batch in reader.read({place: (0, end) for place, end in ends.items()}):
            for message in batch:
                try:
                    seen[orjson.loads(message.value or b"")["id"]] += 1
                except (ValueError, KeyError, TypeError):
                    continue
    return seen


def _redeliveries(system: System) -> int:
    """Inputs handed out again after they were recorded, as the workers logged them."""
    total = 0
    for file in (system.folder / "logs").glob("*.log"):
        for line in file.read_bytes().splitlines():
            if b'"redelivered":' in line and b'"ledger"' in line:
                total += int(orjson.loads(line)["redelivered"])
    return total


def _say(text: str) -> None:
    console.print(f"[dim]{time.strftime('%H:%M:%S')}[/] {text}")


if __name__ == "__main__":
    typer.run(main)
