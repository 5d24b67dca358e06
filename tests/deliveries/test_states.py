"""The transition table: every state is reached and left, and it is what ARCHITECTURE.md draws."""

from pathlib import Path

import pytest

from deliveries.states import FINAL, TRANSITIONS, DeliveryStatus, Verb, target

DOCUMENT = Path(__file__).resolve().parents[2] / "ARCHITECTURE.md"


def test_every_state_is_reachable_from_received():
    reached, frontier = {DeliveryStatus.RECEIVED}, [DeliveryStatus.RECEIVED]
    while frontier:
        state = frontier.pop()
        for (source, _verb), to in TRANSITIONS.items():
            if source == state and to not in reached:
                reached.add(to)
                frontier.append(to)
    assert reached == set(DeliveryStatus)


@pytest.mark.parametrize("state", [s for s in DeliveryStatus if s not in FINAL])
def test_every_open_state_leads_to_an_end(state):
    reached, frontier = {state}, [state]
    while frontier:
        current = frontier.pop()
        for (source, _verb), to in TRANSITIONS.items():
            if source == current and to not in reached:
                reached.add(to)
                frontier.append(to)
    assert reached & set(FINAL)


@pytest.mark.parametrize("state", FINAL)
def test_nothing_leaves_a_final_state(state):
    assert not [verb for verb in Verb if target(state, verb)]


def test_the_diagram_has_a_line_for_each_transition():
    drawn = DOCUMENT.read_text(encoding="utf-8").split("stateDiagram-v2\n")[1].split("```")[0]
    moves = [f"{state} --> {to}: {verb}" for (state, verb), to in TRANSITIONS.items()]
    ends = [f"{state} --> [*]" for state in FINAL]
    assert sorted(line.strip() for line in drawn.splitlines()) == sorted(
        ["[*] --> received", *moves, *ends]
    )
