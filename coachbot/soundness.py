"""Proves a dialogue sound before anybody talks with it: its graph, its variants, its speech."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from coachbot.dialogue import (
    ALWAYS,
    MAX_SENTENCES,
    RESUME,
    SOMETIMES,
    STAY,
    Dialogue,
    State,
    placeholders,
    sentences,
)

#: What one thing said may hold: plain Dutch, said aloud, with one question at a time.
MAX_QUESTIONS, MAX_WORDS = 1, 34
#: Conditions that begin so mean: this one of the answers that are offered.
CHOICE = "keuze_"


def _speech(dialogue: Dialogue) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Every group of variants with the place it stands."""
    for state in dialogue.states.values():
        for key in ("say", "hint", "explain"):
            yield f"states.{state.name}.{key}", getattr(state, key)
        for i, option in enumerate(state.next):
            yield f"states.{state.name}.next[{i}].say", option.say
    for aside in dialogue.asides:
        yield f"anywhere.{aside.name}.say", aside.say
    for command in dialogue.commands.values():
        yield f"commands.{command.name}.say", command.say
        yield f"commands.{command.name}.otherwise", command.otherwise
    for key, lines in dialogue.phrases.items():
        yield f"phrases.{key}", lines


def _check_speech(dialogue: Dialogue) -> Iterator[str]:
    known = ALWAYS | SOMETIMES
    for where, lines in _speech(dialogue):
        for line in lines:
            for name in sorted(placeholders(line) - known):
                yield f"{where}: {{{name}}} is not known; allowed: {', '.join(sorted(known))}"
            if "!" in line:
                yield f"{where}: no exclamation marks: {line!r}"
            if sentences(line) > MAX_SENTENCES:
                yield f"{where}: {sentences(line)} sentences, allowed: {MAX_SENTENCES}: {line!r}"
            if line.count("?") > MAX_QUESTIONS:
                yield f"{where}: more than one question: {line!r}"
            if len(line.split()) > MAX_WORDS:
                yield f"{where}: {len(line.split())} words, allowed: {MAX_WORDS}: {line!r}"
        if len(set(lines)) < len(lines):
            yield f"{where}: the same variant stands there twice"
        if lines and not [v for v in lines if placeholders(v) <= ALWAYS] and "phrases" not in where:
            yield f"{where}: no variant can be said when nothing is remembered yet"


def _targets(dialogue: Dialogue, state: State) -> set[str]:
    found = {option.goto for option in state.next}
    if state.skip:
        found.add(state.skip)
    return {state.name if t == STAY else t for t in found}


def _check_variants(dialogue: Dialogue) -> Iterator[str]:
    """Any state may be asked again at once (a question, a silence), so it needs another wording."""
    for state in dialogue.states.values():
        always = [v for v in state.say if placeholders(v) <= ALWAYS]
        if not state.junction and not state.final and len(always) < 2:
            yield f"states.{state.name}.say: needs 2 variants that can always be said"
        if state.junction and (state.hint or state.explain or state.final):
            yield f"states.{state.name}: a state without `say` cannot hint, explain or end"
        if not state.junction and not state.final and dialogue.asides and not state.explain:
            yield f"states.{state.name}.explain: missing; what is the coach after here?"
    for aside in dialogue.asides:
        if len(aside.say) < 2 and not aside.hint:
            yield f"anywhere.{aside.name}.say: needs 2 variants"


def _check_graph(dialogue: Dialogue) -> Iterator[str]:
    states = dialogue.states
    if dialogue.start not in states:
        yield f"start: {dialogue.start!r} is no state; allowed: {', '.join(states)}"
        return
    for state in states.values():
        where = f"states.{state.name}"
        for target in sorted(_targets(dialogue, state) - states.keys() - {RESUME}):
            yield f"{where}: goto {target!r} is no state; allowed: {', '.join(states)}"
        if state.final:
            if state.next:
                yield f"{where}: a final state has no `next`"
            continue
        if not state.next or state.next[-1].when or state.next[-1].unless:
            yield f"{where}.next: must end in an option without `when` or `unless`"
        for i, option in enumerate(state.next[:-1]):
            if not option.when and not option.unless:
                yield f"{where}.next[{i}]: options behind a catch-all are never reached"
        if state.junction and any(o.goto == STAY for o in state.next):
            yield f"{where}: a state without `say` cannot stay"
    edges = {name: _targets(dialogue, s) & states.keys() for name, s in states.items()}
    reached, todo = set(), [dialogue.start]
    while todo:
        name = todo.pop()
        if name not in reached:
            reached.add(name)
            todo.extend(edges[name])
    for name in sorted(states.keys() - reached):
        yield f"states.{name}: cannot be reached from {dialogue.start!r}"
    ends = {n for n, s in states.items() if s.final or RESUME in _targets(dialogue, s)}
    while more := {n for n in states if n not in ends and edges[n] & ends}:
        ends |= more
    for name in sorted(reached - ends):
        yield f"states.{name}: no end can be reached from here"
    yield from _check_junctions(dialogue, edges)


def _check_junctions(dialogue: Dialogue, edges: Mapping[str, set[str]]) -> Iterator[str]:
    """Junctions choose at once: a ring of them would never come to a question."""
    quiet = {n for n, s in dialogue.states.items() if s.junction}
    while quiet:
        leaves = {n for n in quiet if not edges[n] & quiet}
        if not leaves:
            names = ", ".join(sorted(quiet))
            yield f"states without `say` that lead to each other in a ring: {names}"
            return
        quiet -= leaves


def _check_choices(dialogue: Dialogue) -> Iterator[str]:
    """An option may only wait for an answer that is offered."""
    for state in dialogue.states.values():
        offered = [f"{CHOICE}{place}" for place in range(1, len(state.choices) + 1)]
        for i, option in enumerate(state.next):
            for name in option.when:
                if name.startswith(CHOICE) and name not in offered and not state.junction:
                    allowed = ", ".join(offered) or "none"
                    yield f"states.{state.name}.next[{i}].when: {name!r}; offered: {allowed}"


def check(dialogue: Dialogue) -> list[str]:
    """Every fault of one dialogue, each a line `place: what is wrong; what is allowed`."""
    return [
        f"{dialogue.name}.yml: {fault}"
        for part in (_check_graph, _check_variants, _check_choices, _check_speech)
        for fault in part(dialogue)
    ]
