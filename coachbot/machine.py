"""All that this project knows of `transitions`: a dialogue as a machine, and as a drawing."""

from __future__ import annotations

from typing import Any

from transitions import Machine

from coachbot.conditions import CONDITIONS
from coachbot.dialogue import RESUME, STAY, Aside, Dialogue, Option
from coachbot.model import Reading, Session


def build(dialogue: Dialogue) -> Machine:
    """The `transitions` machine of one dialogue (everything this project knows of the library).

    `STAY` and `RESUME` are internal transitions: the machine keeps its state, and the engine
    brings somebody back from a detour, which may lie in another dialogue.
    """
    machine = Machine(
        model=None, states=list(dialogue.states), initial=dialogue.start, auto_transitions=False
    )
    for state in dialogue.states.values():
        for option in state.next:
            machine.add_transition(
                "message",
                state.name,
                None if option.goto in (STAY, RESUME) else option.goto,
                conditions=[CONDITIONS[name] for name in option.when],
                unless=[CONDITIONS[name] for name in option.unless],
            )
    return machine


def mermaid(dialogue: Dialogue) -> str:
    """The machine as a Mermaid state diagram, drawn by `transitions` itself."""
    from transitions.extensions import GraphMachine

    place = type("Place", (), {})()
    machine = GraphMachine(
        model=place,
        states=[{"name": state.name, "final": state.final} for state in dialogue.states.values()],
        initial=dialogue.start,
        auto_transitions=False,
        graph_engine="mermaid",
        title=dialogue.name,
    )
    for state in dialogue.states.values():
        for option in state.next:
            label = " + ".join([*option.when, *(f"niet {name}" for name in option.unless)])
            target = {STAY: state.name, RESUME: state.name}.get(option.goto, option.goto)
            resumes = f" ({RESUME})" if option.goto == RESUME else ""
            machine.add_transition((label or "anders") + resumes, state.name, target)
    graph: Any = machine.get_combined_graph()
    return str(graph.source)


def matches(option: Option | Aside, session: Session, reading: Reading) -> bool:
    """Do all of `when` and none of `unless` hold?"""
    return all(CONDITIONS[name](session, reading) for name in option.when) and not any(
        CONDITIONS[name](session, reading) for name in option.unless
    )
