"""Run one rule over an example: what it says in each language, or that it is silent."""

import json
from dataclasses import replace

from tests.validator.rules import small_world
from validator.findings import NotRun
from validator.rules import examples, registry
from validator.rules.report import Batch
from validator.rules.run import batches_of


def batches(code: str, example: examples.Example, **thresholds: float) -> list[Batch] | NotRun:
    """The findings of one rule on an example, or why it was not run."""
    found, limits = registry.get(code), registry.declared_thresholds().but(**thresholds)
    dataset = small_world.dataset(example)
    if found.outside:
        answer = found.check(example.argument, limits)
    else:
        answer = found.check(dataset, limits, small_world.context(example))
    return answer if isinstance(answer, NotRun) else batches_of(found, answer, dataset)


def said(code: str, example: examples.Example | None = None, language: str = "it") -> list[str]:
    """Every message of the rule on the example (its own failing one by default)."""
    example = example or registry.get(code).fails
    found = batches(code, example)
    assert not isinstance(found, NotRun), found
    messages = []
    for batch in found:
        for row in batch.frame().iter_rows(named=True):
            params = {"column": row["column"], "layer": row["layer"], **json.loads(row["params"])}
            words = registry.render(code, params, rows=row["rows"], language=language)
            messages.append(words.message)
    return messages


def says(code: str, message: str) -> bool:
    """The rule says exactly this on its failing example."""
    assert said(code) == [message]
    return True


def silent(code: str, example: examples.Example | None = None) -> bool:
    """The rule has nothing to say of the example (its own passing one by default)."""
    assert said(code, example or registry.get(code).passes) == []
    return True


def with_rows(code: str, *rows: dict) -> examples.Example:
    """The rule's failing example with other rows."""
    return replace(registry.get(code).fails, rows=rows)
