"""Tests that could not fail are none: assertions about constants alone, and numbers of statements
counted for one length only (`tests/queries.py`: two lengths of the same are compared)."""

import ast
import builtins
import re

import pytest

from tests.house.tree import ROOT

CONSTANT = re.compile(r"[A-Z][A-Z0-9_]*")
TESTS = sorted((ROOT / "tests").rglob("*.py"))
#: Fixtures that count statements once.
COUNTED_ONCE = {"django_assert_max_num_queries"}


def functions(tree: ast.Module) -> list[ast.FunctionDef]:
    found = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]
    return [node for node in found if node.name.startswith("test_")]


def is_of_constants(asserted: ast.expr) -> bool:
    """Whether nothing in it is computed by the test or by what it tests."""
    names = {node.id for node in ast.walk(asserted) if isinstance(node, ast.Name)}
    calls = [node.func for node in ast.walk(asserted) if isinstance(node, ast.Call)]
    ours = [call for call in calls if getattr(call, "id", "") not in dir(builtins)]
    found = names - {*dir(builtins)}
    return not ours and all(CONSTANT.fullmatch(name) for name in found)


def unfailing(tree: ast.Module) -> list[str]:
    """Lines whose assertions say nothing of what the product does."""
    found = []
    for test in functions(tree):
        asserts = [node for node in ast.walk(test) if isinstance(node, ast.Assert)]
        lines = [node.lineno for node in asserts if is_of_constants(node.test)]
        once = COUNTED_ONCE & {argument.arg for argument in test.args.args}
        found += [f"{test.name}:{line}" for line in lines]
        found += [f"{test.name}:{name}" for name in once]
    return found


def test_no_assertion_is_of_constants_and_no_length_is_counted_alone():
    trees = {str(path.relative_to(ROOT)): ast.parse(path.read_text()) for path in TESTS}
    found = {name: unfailing(tree) for name, tree in trees.items()}
    assert {name: lines for name, lines in found.items() if lines} == {}


@pytest.mark.parametrize(
    "body",
    [
        "():\n    assert LIMIT == 5",
        "():\n    assert len(NAMES) > 3",
        "():\n    assert True",
        "(django_assert_max_num_queries):\n    ...",
    ],
)
def test_a_test_that_cannot_fail_is_seen(body):
    assert unfailing(ast.parse(f"def test_x{body}"))


@pytest.mark.parametrize("asserted", ["made == LIMIT", "count(NAMES) > 3", "mail.outbox == []"])
def test_a_test_that_can_fail_is_let_be(asserted):
    assert not unfailing(ast.parse(f"def test_x(made):\n    assert {asserted}"))
