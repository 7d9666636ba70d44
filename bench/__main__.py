"""`python -m bench`: intake, end-to-end, freshness and rebuild, each beside a raw baseline of the same run."""

import asyncio
import json
import tempfile
import time
from pathlib import Path
from typing import Annotated, Any

import orjson
import typer
import uvloop
from rich.console import Console
from rich.table import Table

from bench import baselines, machine
from bench.corpus import COUNTIES, Corpus
from bench.measures import end_to_end, freshness, preload, rebuild_rate
from deploy.local.system import System

console = Console(highlight=False)
BARS = {"end_to_end_per_s": 1_500, "freshness_p99_s": 3.0, "rebuild_per_s": 5_000}

FIGURES = """
intake_per_s end_to_end_per_s freshness_p50_s freshness_p99_s freshness_small_posts_p50_s freshness_small_posts_p99_s
rebuild_per_s rebuild_with_hand_over_per_s
"""


def main(
    seconds: Annotated[float, typer.Option(help="until the last report is searchable, about")] = 120.0,
    cases: Annotated[int, typer.Option(help="open cases of each of the 12 counties before measuring")] = 10_000,
    expected: Annotated[int, typer.Option(help="reports/s to size the end-to-end part by")] = 1_000,
    rate: Annotated[int, typer.Option(help="reports/s of the freshness part")] = 300,
    workers: Annotated[int, typer.Option(help="workers of each stream")] = 1,
    seed: Annotated[int, typer.Option()] = 7,
    out: Annotated[Path | None, typer.Option(help="write the results as JSON")] = None,
) -> None:
    """Measure the whole system on this machine and print each figure beside its baseline and its bar."""
    results: dict[str, Any] = {"machine": machine.describe(), "seed": seed, "conditions": {}}
    corpus = Corpus(seed)
    with (
        tempfile.TemporaryDirectory(prefix="wufang-bench-") as folder,
        System(Path(folder), prefix="bench.", workers=workers, say=_say) as system,
    ):
        settings = system.settings()
        sample = [event["data"] for _, event in Corpus(seed + 1).events(20_000)]
        _say("baselines")
        documents = [{"title": d["title"], "text": d["text"]} for d in sample]
        results["baselines"] = baselines.run(settings, [orjson.dumps(data) for data in sample], documents)
        _say(f"preloading {len(COUNTIES)} counties with {cases} cases each")
        results["conditions"] = asyncio.run(preload(system, corpus, cases, _say)) | {"workers": workers}
        results |= asyncio.run(end_to_end(system, corpus, round(expected * seconds), _say))
        results |= asyncio.run(freshness(system, corpus, rate, 60.0, 1, _say))
        results |= asyncio.run(freshness(system, corpus, rate, 60.0, 10, _say, "freshness_small_posts"))
        results |= uvloop.run(rebuild_rate(system, _say))  # as `wufang rebuild` runs
    _show(results)
    if out is not None:
        out.parent.mkdir(parents=True, exist_ok=True)
        out.write_text(json.dumps(results, ensure_ascii=False, indent=1))


def _show(results: dict[str, Any]) -> None:
    table = Table("figure", "measured", "bar", "baseline of this run")
    raw = results["baselines"]
    beside = {
        "intake_per_s": f"kafka-python producer {raw['kafka_python_producer_per_s']:,.0f}/s",
        "end_to_end_per_s": f"idle Faust agent {raw['faust_idle_agent_per_s']:,.0f}/s",
        "freshness_p99_s": "refresh interval 1 s",
        "freshness_small_posts_p99_s": "ten times as many posts",
        "rebuild_per_s": f"raw bulk {raw['elastic_bulk_per_s']:,.0f} documents/s",
    }
    for name in FIGURES.split():
        table.add_row(name, f"{results.get(name, float('nan')):,.2f}", str(BARS.get(name, "")), beside.get(name, ""))
    console.print(table)
    console.print(results["machine"], results["conditions"])
    console.print("records behind, end to end:", results["end_to_end_lag"], "freshness:", results["freshness_lag"])
    console.print("processor time, µs a report, end to end:", results["processor_us_per_report"])
    console.print("the same at the rate of freshness:", results["freshness_processor_us_per_report"])
    console.print("and in small posts:", results["freshness_small_posts_processor_us_per_report"])


def _say(text: str) -> None:
    console.print(f"[dim]{time.strftime('%H:%M:%S')}[/] {text}")


if __name__ == "__main__":
    typer.run(main)
