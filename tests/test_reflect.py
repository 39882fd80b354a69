"""The mirror: what comes behind "Ik hoor dat", and when nothing does."""

from __future__ import annotations

import functools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from spacy.language import Language

from coachbot.model import Reflection
from coachbot.nlp import pipeline
from coachbot.nlp.reflect import MOST_WORDS, answer, reflect
from coachbot.nlp.verbforms import stem, third


@functools.cache
def parser() -> Language:
    return pipeline.load()


def mirror(text: str) -> Reflection | None:
    return reflect(parser()(text))


#: Clauses that stand by themselves, as people answer a question: in order already, persons turned.
BARE = {
    "ik": ("dat ik straks geen vast contract krijg", "je straks geen vast contract krijgt"),
    "nobody": ("dat niemand ziet wat ik doe", "niemand ziet wat je doet"),
    "we": ("Dat we weten waar we aan toe zijn.", "jullie weten waar jullie aan toe zijn"),
    "a word before it": (
        "gewoon dat we eerlijk tegen elkaar zijn",
        "jullie eerlijk tegen elkaar zijn",
    ),
    "a reason": ("omdat ik anders niet slaap", "je anders niet slaapt"),
    "long: what was told last": (
        "Dat ik al drie keer een compleet nieuw ontwerp voor hen heb gemaakt en dat hij nu doet"
        " alsof het niks was",
        "hij nu doet alsof het niks was",
    ),
    "joined subject": (
        "dat mijn zus en ik weer gewoon kunnen praten",
        "je zus en jij weer gewoon kunnen praten",
    ),
    "clause inside": ("dat hij denkt dat ik lui ben", "hij denkt dat je lui bent"),
    "reflexive": (
        "dat ik me niet hoef te verdedigen voor wie ik ben",
        "je je niet hoeft te verdedigen voor wie je bent",
    ),
}


@pytest.mark.parametrize(("said", "clause"), BARE.values(), ids=BARE)
def test_clause_by_itself_is_turned(said: str, clause: str) -> None:
    found = answer(parser()(said))
    assert found is not None and found.opener and found.clause == clause
    assert mirror(said) is None, "it is no statement"


@pytest.mark.parametrize(
    "said",
    [
        "dat je nooit weet waar je aan toe bent",
        "Dat ik hem mis. Hij was er altijd.",
        "dat het stopt en ik weer adem kan halen",
        "dat ik hem mis, dat is het",
    ],
)
def test_clause_that_is_not_certain_is_not_turned(said: str) -> None:
    assert answer(parser()(said)) is None


def test_pointing_dat_is_no_clause_by_itself() -> None:
    assert answer(parser()("Dat pik ik niet.")) is None


TURNED = {
    "verb second goes last": ("Hij komt altijd te laat.", "hij altijd te laat komt"),
    "object in front": ("Dat geloof ik niet.", "je dat niet gelooft"),
    "adverb in front": ("Gisteren belde ze mij weer.", "ze jou gisteren weer belde"),
    "clause in front": (
        "Als ik bel, neemt hij niet op.",
        "hij niet opneemt als je belt",
    ),
    "noun in front keeps its pronoun behind it": (
        "Als Karin boos is, zegt ze niks.",
        "als Karin boos is, ze niks zegt",
    ),
    "particle joins its verb": ("Hij zegt elke afspraak af.", "hij elke afspraak afzegt"),
    "particle before a phrase": ("Ik trek me terug uit het koor.", "je je terugtrekt uit het koor"),
    "no particle but a path": ("Ze kijken de andere kant op.", "ze de andere kant op kijken"),
    "no particle but its preposition": ("Ik zeg er niks over.", "je er niks over zegt"),
    "perfect": (
        "De aannemer heeft onze muur gesloopt.",
        "de aannemer jullie muur heeft gesloopt",
    ),
    "passive with a modal": ("Die muur moet gesloopt worden.", "die muur gesloopt moet worden"),
    "three verbs": ("Ze had mij kunnen waarschuwen.", "ze jou had kunnen waarschuwen"),
    "verb with te": ("Hij zit de hele avond te gamen.", "hij de hele avond zit te gamen"),
    "particle with te": (
        "Ik durf haar niet op te bellen.",
        "je haar niet durft op te bellen",
    ),
    "state of mind at the end": (
        "Ik ben erg teleurgesteld in hem.",
        "je erg teleurgesteld bent in hem",
    ),
    "dat clause stays behind": (
        "Ik vind dat mijn zus te weinig doet.",
        "je vindt dat je zus te weinig doet",
    ),
    "om clause stays behind": (
        "Ze weigert om met mij te praten.",
        "ze weigert om met jou te praten",
    ),
    "comparison stays behind": ("Hij verdient meer dan ik.", "hij meer verdient dan jij"),
    "relative clause in the subject": (
        "De man die naast ons woont betaalt nooit.",
        "de man die naast jullie woont nooit betaalt",
    ),
    "two clauses": (
        "Zij mag kiezen en ik krijg de rest.",
        "zij mag kiezen en dat je de rest krijgt",
    ),
    "two verbs with one subject": (
        "Hij zucht en kijkt op zijn telefoon.",
        "hij zucht en op zijn telefoon kijkt",
    ),
    "maar gets a comma": (
        "Ik bel elke dag, maar hij neemt nooit op.",
        "je elke dag belt, maar dat hij nooit opneemt",
    ),
    "want is dropped": (
        "Ik slaap slecht, want de buren maken lawaai.",
        "je slecht slaapt",
    ),
    "ik becomes je, and its verb": ("Ik ben bang voor morgen.", "je bang bent voor morgen"),
    "reflexive": ("Ik voel me niet gehoord.", "je je niet gehoord voelt"),
    "wij reflexive": ("We schamen ons voor dat gedoe.", "jullie je voor dat gedoe schamen"),
    "zelf": ("Ik moet mezelf altijd bewijzen.", "je jezelf altijd moet bewijzen"),
    "volgens mij": ("Volgens mij liegt hij.", "hij volgens jou liegt"),
    "inner clause turns as well": (
        "Ze zegt dat ik nooit luister en mijn werk niet doe.",
        "ze zegt dat je nooit luistert en je werk niet doet",
    ),
    "past of the inner verb is kept": (
        "Hij vroeg waarom ik wegliep.",
        "hij vroeg waarom je wegliep",
    ),
    "chat spelling": ("kheb t m al 3x gezegd", "je het hem al 3x hebt gezegd"),
    "clitic": ("da's echt niet eerlijk", "dat echt niet eerlijk is"),
    "left out ik": ("snap er niks meer van", "je er niks meer van snapt"),
    "opening and closing words": (
        "Nou ja, hij luistert gewoon niet hoor.",
        "hij gewoon niet luistert",
    ),
    "capital of a name": ("Fatima helpt mij nooit.", "Fatima jou nooit helpt"),
    "er": ("Er wordt hier veel geroddeld.", "er hier veel wordt geroddeld"),
    "it is about": ("Mij gaat het om respect.", "het jou om respect gaat"),
    "what matters in a long message": (
        "Het is druk. De bus was laat. Ik ben bang dat ik mijn baan kwijtraak. Nou ja.",
        "je bang bent dat je je baan kwijtraakt",
    ),
}


@pytest.mark.parametrize(("text", "clause"), TURNED.values(), ids=TURNED)
def test_turned(text: str, clause: str) -> None:
    found = mirror(text)
    assert found is not None
    assert not found.rehearsed
    assert found.clause == clause


NOTHING = {
    "question": "Waarom doet hij dat nou?",
    "question without its sign": "waarom doet hij dat toch altijd",
    "yes or no question": "Komt ze morgen ook?",
    "fragment": "Alweer zo'n avond.",
    "order": "Bel me morgen even.",
    "let us": "Laten we eerst koffie drinken.",
    "exclamation": "Wat een rotzooi!",
    "bare clause": "Omdat hij het zegt.",
    "bare clause with dat": "Dat ik er straks alleen voor sta.",
    "direct speech": 'Ze zei: "dat is jouw probleem".',
    "empty": "",
    "emoji": "😡😡",
    "greeting": "hoi coach",
}


@pytest.mark.parametrize("text", NOTHING.values(), ids=NOTHING)
def test_nothing(text: str) -> None:
    found = mirror(text)
    assert found is None or found.rehearsed


REHEARSED = {
    "jij": "Jij luistert nooit",
    "u": "U belt nooit terug",
    "ge": "Ge moogt best wat vriendelijker zijn",
    "je": "Je hebt me laten zitten",
    "jullie": "Door jullie ben ik mijn baan kwijt",
}


@pytest.mark.parametrize("text", REHEARSED.values(), ids=REHEARSED)
def test_rehearsed_is_left_alone(text: str) -> None:
    found = mirror(text + ".")
    assert found is not None
    assert found.rehearsed
    assert found.clause == text


@pytest.mark.parametrize(
    ("text", "always", "never", "wish"),
    [
        (
            "Hij moet op tijd komen.",
            "hij voortaan altijd op tijd komt",
            "hij nooit op tijd komt",
            "hij op tijd komt",
        ),
        (
            "Mijn broer luistert nooit naar me.",
            "je broer voortaan altijd naar je luistert",
            "je broer nooit naar je luistert",
            "je broer naar je luistert",
        ),
        (
            "Ze komt steeds te laat.",
            "ze voortaan altijd op tijd komt",
            "ze nooit op tijd komt",
            "ze op tijd komt",
        ),
        (
            "Ik wil dat mijn baas mij bedankt.",
            "je baas jou voortaan altijd bedankt",
            "je baas jou nooit bedankt",
            "je baas jou bedankt",
        ),
        (
            "De keuken hoort schoon te zijn.",
            "de keuken voortaan altijd schoon is",
            "de keuken nooit schoon is",
            "de keuken schoon is",
        ),
        ("Hij liegt nooit.", None, None, None),
        ("Hij moet opstappen.", None, None, None),
        ("De lamp moet uit.", None, None, None),
    ],
)
def test_wishes(text: str, always: str | None, never: str | None, wish: str | None) -> None:
    found = mirror(text)
    assert found is not None
    assert (found.always, found.never, found.wish) == (always, never, wish)


@pytest.mark.parametrize(
    ("infinitive", "ik", "hij"),
    [
        ("lopen", "loop", "loopt"),
        ("bellen", "bel", "belt"),
        ("geven", "geef", "geeft"),
        ("luisteren", "luister", "luistert"),
        ("waarderen", "waardeer", "waardeert"),
        ("praten", "praat", "praat"),
        ("gaan", "ga", "gaat"),
        ("behandelen", "behandel", "behandelt"),
        ("nakomen", "nakom", "nakomt"),
    ],
)
def test_forms(infinitive: str, ik: str, hij: str) -> None:
    assert third(infinitive) == hij
    if infinitive != "nakomen":
        assert stem(infinitive) == ik


def test_weights_decide() -> None:
    doc = parser()("Ik ben verdrietig. Hij luistert nooit.")
    heavy = reflect(doc, weights=lambda span: 5.0 if "luistert" in span.text else 1.0)
    assert heavy is not None
    assert heavy.clause == "hij nooit luistert"


PIECES = """
    ik wij jij hij ze dat omdat als die wat hoe en maar want of om te niet nooit er het mij ons
    moet heb ben kan wil gaat heeft luistert vind komt gekomen gezegd praten laten , . ? ! : ( )
    " ' … af op aan huis moeder school morgen altijd da's 'k m'n kheb 😡 X 3 u
"""
TEXT = st.one_of(
    st.text(max_size=200),
    st.lists(st.sampled_from(PIECES.split()), max_size=30).map(" ".join),
)


@settings(max_examples=150, deadline=None)
@given(TEXT)
def test_any_text(text: str) -> None:
    found = mirror(text)
    if found is not None:
        assert 0.0 < found.confidence <= 1.0
        assert len(found.clause.split()) <= min(MOST_WORDS, len(text.split()) + 8)
