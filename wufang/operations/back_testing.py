"""`wufang triage --back-test`: what other triage rules would have proposed over the log; it writes nothing."""

from wufang.domain.triage import Rules
from wufang.ledger.trials.back_test import BackTest, BackTested
from wufang.ledger.trials.homes import ALWAYS, Span
from wufang.operations.ledger_pass import LedgerPass, ledger_pass
from wufang.operations.progress import Progress, Steps, silent
from wufang.settings import Settings


async def back_test(
    settings: Settings,
    rules: Rules,
    *,
    jurisdiction: str | None = None,
    span: Span = ALWAYS,
    examples: int = 3,
    progress: Progress = silent,
) -> BackTested:
    """The ledger as of now against the rules. Raises KafkaError, LogTruncated, LogSilent, Unfoldable."""
    result, steps = BackTested(rules.version), Steps(progress)
    async with ledger_pass(settings, jurisdiction) as ledger:
        for number in ledger.partitions:
            await _partition(ledger, number, rules, span, examples, steps, result)
    return result


async def _partition(
    ledger: LedgerPass, number: int, rules: Rules, span: Span, examples: int, steps: Steps, result: BackTested
) -> None:
    fold = ledger.fold(number)
    test = BackTest(fold, rules, span, ledger.jurisdiction)
    try:
        async for batch in ledger.batches(number, steps, "逐件按另立的规则判定"):
            for message in batch:
                test.fold(message.offset, message.value)
            fold.commit()
        result.reports += test.reports()
        for change in test.changes():
            result.cases += 1
            result.add(change, examples)
    finally:
        fold.close()
