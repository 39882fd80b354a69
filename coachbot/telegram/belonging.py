"""Groups of a facilitator, from the side of who takes part: joining, sharing, taking back, leaving.

Nothing is shared without a yes, and every yes is about one session. Runs on the worker thread, in a
transaction, like every other answer.
"""

from __future__ import annotations

from collections.abc import Callable

from coachbot.moments import ZONE
from coachbot.store_consent import Membership, OwnSession
from coachbot.store_groups import Group
from coachbot.telegram.incoming import Incoming
from coachbot.telegram.outgoing import ANSWER, BELONG, Button, Out, say
from coachbot.telegram.parts import Parts, user_of

#: Questions of the adapter: join this group, may this session be read, leave this group.
JOIN, SHARE, LEAVE = "groep", "deel", "weg"
#: So many sessions are listed with a group, newest first; of older ones those that are shared, as
#: many as fit in a message. Nobody has more sessions than are looked at.
LISTED, SHOWN, LOOKED_AT = 6, 30, 1_000


class Belonging:
    """What somebody belongs to, and what they share there."""

    def __init__(self, parts: Parts, then: Callable[[str, int], list[Out]]) -> None:
        """`then` is asked after a session, once it is settled who may read it."""
        self.parts = parts
        self.then = then
        self.consent = parts.consent

    # -- joining -----------------------------------------------------------------------------

    def ask_join(self, user: str, code: str) -> list[Out]:
        """What joining means, in plain words, and the question."""
        group = self.consent.find(code)
        if group is None:
            return self.refused(code)
        self.parts.inbox.ask(user, JOIN, group.code)
        return say(self._about("groep_vraag", group), self._yes_no(JOIN))

    def known(self, user: str, code: str) -> Membership | None:
        """The membership that goes with a code, when this person has it already."""
        found = self.consent.find(code)
        mine = self.consent.memberships(user) if found else []
        return next((one for one in mine if found and one.group.id == found.id), None)

    def join(self, came: Incoming, code: str, yes: bool) -> list[Out]:
        """The answer to that question; no is the default."""
        if not yes:
            return say(self.parts.words.say("groep_niet"))
        joined = self.consent.join(user_of(came.chat), code)
        if joined is None:
            return self.refused(code)
        return say(self._about("groep_lid", joined.group, naam=joined.pseudonym))

    def refused(self, code: str) -> list[Out]:
        """There is no such group, or it takes nobody any more."""
        found = self.consent.find(code)
        if found is None:
            return say(self.parts.words.say("code_onbekend", code=code[:64]))
        return say(self._about("groep_gesloten", found))

    # -- what I belong to --------------------------------------------------------------------

    def overview(self, user: str) -> list[Out]:
        """`/groep`: each group, what it may read, and buttons to change that."""
        mine = self.consent.memberships(user)
        if not mine:
            return say(self.parts.words.say("groep_geen"))
        return [out for one in mine for out in self._group(user, one)]

    def _group(self, user: str, mine: Membership) -> list[Out]:
        group, words = mine.group, self.parts.words
        head = "groep_mijn_gesloten" if group.closed else "groep_mijn"
        text = self._about(head, group, naam=mine.pseudonym)
        sessions = self._listed(user)
        rows: list[tuple[Button, ...]] = []
        listed = []
        for number, session in enumerate(sessions, 1):
            shared = group.id in session.shared_with
            state = words.say("gedeeld" if shared else "niet_gedeeld")
            listed.append(f"{number}. {self._session(session)}: {state}")
            if shared or not group.closed:
                label = words.buttons["trek_in" if shared else "deel"].format(nummer=number)
                what = "terug" if shared else "deel"
                rows.append(((label, f"{BELONG}:{what}:{session.id}:{group.id}"),))
        text += "\n\n" + ("\n".join(listed) or words.say("groep_leeg"))
        rows.append(((words.buttons["weg"], f"{BELONG}:weg:0:{group.id}"),))
        return say(text, tuple(rows))

    def _listed(self, user: str) -> list[OwnSession]:
        """The last sessions that can be told apart, and every older one that is shared."""
        found = self.consent.sessions(user, LOOKED_AT)
        told = [one for one in found if one.other or one.topic or one.ended or one.shared_with]
        older = [one for one in told[LISTED:] if one.shared_with]
        return [*told[:LISTED], *older[:SHOWN]]

    def press(self, user: str, data: str) -> tuple[str, list[Out]] | None:
        """A button of that overview: what to mark it with, and what follows. None: not ours."""
        what, _, rest = data.partition(":")
        first, _, second = rest.partition(":")
        if not (first.isdecimal() and second.isdecimal()):
            return None
        session, group = int(first[:18]), int(second[:18])
        mine = {one.group.id: one for one in self.consent.memberships(user)}.get(group)
        if mine is None:
            return None
        words = self.parts.words
        if what == "weg":
            return words.buttons["weg"], self.ask_leave(user, str(group))
        if what not in ("deel", "terug"):
            return None
        place = [one.id for one in self._listed(user)]
        number = place.index(session) + 1 if session in place else ""
        if what == "terug":
            done = "ingetrokken" if self.consent.withdraw(user, session, group) else "niet_gevonden"
        else:
            done = "deel_klaar" if self._share(user, session, group) else "niet_gevonden"
        outs = [*say(self._about(done, mine.group)), *self._group(user, mine)]
        return words.buttons["trek_in" if what == "terug" else "deel"].format(nummer=number), outs

    def _share(self, user: str, session: int, group: int) -> bool:
        self.parts.inbox.asks_to_share(session)
        return self.consent.share(user, session, group)

    def ask_leave(self, user: str, group: str) -> list[Out]:
        """Does somebody really want to leave this group?"""
        mine = {str(one.group.id): one.group for one in self.consent.memberships(user)}.get(group)
        if mine is None:
            return self.overview(user)
        self.parts.inbox.ask(user, LEAVE, group)
        return say(self._about("weg_vraag", mine), self._yes_no(LEAVE))

    def leave(self, came: Incoming, group: str, yes: bool) -> list[Out]:
        """The answer to "do you want to leave this group"."""
        user = user_of(came.chat)
        if not yes:
            return say(self.parts.words.say("weg_niet"))
        self.consent.leave(user, int(group))
        return say(self.parts.words.say("weg_klaar"))

    # -- after a conversation ----------------------------------------------------------------

    def ask_share(self, user: str, session: int) -> list[Out]:
        """Asks once whether this session may be read; nobody is asked after a matter of safety."""
        groups = [one.group.id for one in self.consent.memberships(user) if not one.group.closed]
        mine = {one.id for one in self.consent.sessions(user) if one.other or one.topic}
        if not groups or session not in mine or self.parts.coach.store.was_unsafe(session):
            return []
        if not self.parts.inbox.asks_to_share(session):
            return []
        return self.ask_about(user, _pack(session, groups))

    def share(self, came: Incoming, data: str, yes: bool) -> list[Out]:
        """The answer about one group; whoever is in more groups is asked about the next."""
        user = user_of(came.chat)
        session, groups = _unpack(data)
        done = bool(yes and groups and self.consent.share(user, session, groups[0]))
        mine = {one.group.id: one.group for one in self.consent.memberships(user)}
        outs: list[Out] = []
        if done:
            outs = say(self._about("deel_klaar", mine[groups[0]]))
        elif len(groups) == 1:
            outs = say(self.parts.words.say("deel_niet"))
        left = [group for group in groups[1:] if group in mine]
        more = self.ask_about(user, _pack(session, left)) if left else self.then(user, session)
        return [*outs, *more]

    def ask_about(self, user: str, data: str) -> list[Out]:
        """May the facilitator of the first group in `data` read this session?"""
        mine = {one.group.id: one.group for one in self.consent.memberships(user)}
        group = mine.get(_unpack(data)[1][0])
        if group is None:
            return []
        self.parts.inbox.ask(user, SHARE, data)
        return say(self._about("deel_vraag", group), self._yes_no(SHARE))

    # -- words -------------------------------------------------------------------------------

    def _about(self, name: str, group: Group, **filled: str) -> str:
        words = {"groep": group.name, "begeleider": group.facilitator_name}
        return self.parts.words.say(name, **words, **filled)

    def _session(self, session: OwnSession) -> str:
        at, now = session.started.astimezone(ZONE), self.parts.clock().astimezone(ZONE)
        day = self.parts.words.day(at, now)
        words = self.parts.words
        parts = [words.say("met", ander=session.other)] if session.other else []
        parts += [words.say("over", onderwerp=session.topic)] if session.topic else []
        return f"{day}, {' '.join(parts)}" if parts else day

    def _yes_no(self, kind: str) -> tuple[tuple[Button, ...], ...]:
        buttons = self.parts.words.buttons
        return (tuple((buttons[key], f"{ANSWER}:{kind}:{key}") for key in ("ja", "nee")),)


def _pack(session: int, groups: list[int]) -> str:
    return f"{session}|{','.join(map(str, groups))}"


def _unpack(data: str) -> tuple[int, list[int]]:
    session, _, groups = data.partition("|")
    return int(session), [int(group) for group in groups.split(",") if group]
