"""Nothing dead: what the product declares is used by the product, not by its tests alone.

`KEPT` lists what the data model keeps for an issue to come, with its number and why; what is used
by then leaves the list, or this test fails too.
"""

import ast
import dataclasses
import re
from collections.abc import Callable, Iterable
from textwrap import dedent

import pytest
from django.urls import get_resolver, path

from deliveries.states import DeliveryStatus, Verb
from tests.house import dead_files
from tests.house.dead_imports import Imports
from tests.house.dead_names import Names, Source, words_of
from validator.rules.context import RuleContext

MATCHES = (12, "the second reading decides which items of two sources are the same service")
SHEETS = (13, "the sheets of the territory read PSM and PTM, critical points and opportunities")
REGENERATION = (13, "the areas of regeneration stand on map and sheets")
#: What nothing uses yet, with all inside it -> (the issue that will, why it is there already).
KEPT: dict[str, tuple[int, str]] = {
    "services.Match": MATCHES,
    "services/models/assessment.py:Match": MATCHES,
    "services/models/assessment.py:ServiceEvent.Verb.MERGED": MATCHES,
    "services/models/assessment.py:ServiceEvent.Verb.SPLIT": MATCHES,
    "services/models/lineage.py:Source.fetching": (12, "how a source is harvested"),
    "validator/rules/context.py:RuleContext.stops": (12, "stops are harvested; SEM-08 waits"),
    "zones.Theme": SHEETS,
    "zones/models/readings.py:Theme.Plan": SHEETS,
    "zones.Alignment": SHEETS,
    "zones/models/readings.py:Alignment": SHEETS,
    "zones.Insight": SHEETS,
    "zones/models/readings.py:Insight": SHEETS,
    "zones.RegenerationArea": REGENERATION,
    "zones/models/territory.py:RegenerationArea": REGENERATION,
}
#: What only tests call: the way in which they read a file, in a process that may die, as it is;
FOR_TESTS = {"validator/confined/client.py:read"}
WRITERS = re.compile(r"deliveries/(?:actions/|checks/|publishing/|tasks\.py|workflow\.py)")


def names_of_ours() -> Iterable[str]:
    """Names of Python that nothing uses; those of the settings have a test of their own."""
    unused = dead_files.names().unused()
    return [name for name in unused if name.partition(":")[0] not in dead_files.SETTINGS]


def names_that_only_namesakes_use() -> Iterable[str]:
    """Names at the top of modules, looked for by imports."""
    unused = Imports(dead_files.names()).unused()
    return [name for name in unused if name.partition(":")[0] not in dead_files.SETTINGS]


def surroundings_that_no_check_has() -> Iterable[str]:
    """What rules ask of their surroundings and the product never gives them."""
    tree = ast.parse(dead_files.python()["deliveries/checks/surroundings.py"])
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
    made = [node for node in calls if getattr(node.func, "id", "") == RuleContext.__name__]
    given = {keyword.arg for node in made for keyword in node.keywords}
    asked = {field.name for field in dataclasses.fields(RuleContext)}
    return [f"validator/rules/context.py:RuleContext.{name}" for name in asked - given]


def kept_by(dead: str) -> str | None:
    """The entry of `KEPT` that it is, or is inside of."""
    return next((one for one in KEPT if dead == one or dead.startswith(f"{one}.")), None)


SEARCHES: tuple[Callable[[], Iterable[str]], ...] = (
    names_of_ours,
    names_that_only_namesakes_use,
    surroundings_that_no_check_has,
    dead_files.unused_settings,
    dead_files.unused_variables,
    dead_files.unread_tables,
    dead_files.unused_relations,
    dead_files.unused_modules,
    dead_files.unused_templates,
    dead_files.unused_statements,
    dead_files.unused_scripts,
    dead_files.unused_icons,
    dead_files.unused_commands,
)


@pytest.mark.parametrize("search", SEARCHES, ids=lambda search: search.__name__)
def test_nothing_is_declared_that_nothing_uses(search):
    assert sorted({one for one in search() if not kept_by(one)} - FOR_TESTS) == []


def test_every_page_is_led_to():
    assert sorted(dead_files.unused_addresses(get_resolver())) == []


def test_what_is_kept_for_later_is_still_unused():
    found = {one for search in SEARCHES for one in search()}
    assert found >= FOR_TESTS
    assert sorted(KEPT.keys() - {kept_by(one) for one in found}) == []
    assert {issue for issue, _why in KEPT.values()} <= {12, 13}


@pytest.mark.parametrize("verb", list(Verb), ids=str)
def test_every_verb_is_done_by_an_action_or_a_worker(verb):
    writers = [text for name, text in dead_files.python().items() if WRITERS.match(name)]
    assert any(re.search(rf"\bVerb\.{verb.name}\b", text) for text in writers)


@pytest.mark.parametrize("state", list(DeliveryStatus), ids=str)
def test_every_state_is_asked_for_outside_its_table(state):
    readers = {
        name: text
        for name, text in dead_files.python().items()
        if name.startswith("deliveries/") and name != "deliveries/states.py"
    }
    named = rf"\bDeliveryStatus\.{state.name}\b|[\"']{state.value}[\"']"
    assert any(re.search(named, text) for text in readers.values())


def seen(tmp_path, monkeypatch, text: str, elsewhere: Iterable[str] = ()) -> list[str]:
    """What is unused in a module of this text, by its name alone."""
    module = tmp_path / tmp_path.name / "thing.py"
    module.parent.mkdir()
    (module.parent / "__init__.py").write_text("")
    module.write_text(dedent(text))
    monkeypatch.syspath_prepend(tmp_path)
    unused = Names([Source(tmp_path, module)], elsewhere).unused()
    return [name.partition(":")[2] for name in unused]


@pytest.mark.parametrize(
    ("text", "dead"),
    [
        ("def act(): ...", ["act"]),
        ("LIMIT = 1\n__all__ = ['LIMIT']", ["LIMIT"]),
        ("class Thing:\n    size: int\nprint(Thing, dict(size=1))", ["Thing.size"]),
        ("class Thing:\n    def go(self): ...\nThing()", ["Thing.go"]),
        ("class Thing:\n    def __init__(self):\n        self.size = 1\nThing()", ["Thing.size"]),
        ("import enum\nclass Kind(enum.Enum):\n    A = 'a value'\nKind", ["Kind.A"]),
        (
            "from django.forms import Form\nclass F(Form):\n    def more(self): ...\nF()",
            ["F.more"],
        ),
        ("def act():\n    'act'\n", ["act"]),
    ],
)
def test_a_dead_name_is_seen(tmp_path, monkeypatch, text, dead):
    assert seen(tmp_path, monkeypatch, text) == dead


@pytest.mark.parametrize(
    "text",
    [
        "def act(): ...\nact()",
        "def act(): ...\nNAMED = 'thing.act'\nprint(NAMED)",
        "class Thing:\n    size: int\ndict(order='-size')\nThing",
        "import enum\nclass Kind(enum.Enum):\n    A = 'a value'\nprint(Kind('a value'))",
        "from django import forms\nclass F(forms.Form):\n    a = forms.CharField()\n"
        "    def clean_a(self): ...\n    def clean(self): ...\nF()",
    ],
)
def test_a_name_in_use_is_let_be(tmp_path, monkeypatch, text):
    assert seen(tmp_path, monkeypatch, text) == []


def test_a_name_that_only_its_namesake_uses_is_seen(tmp_path, monkeypatch):
    (tmp_path / "one.py").write_text("def act(): ...\nact()\n")
    (tmp_path / "two.py").write_text("def act(): ...\ndef go(): ...\n")
    (tmp_path / "three.py").write_text("import two as x\nfrom one import act\nx.go()\n")
    monkeypatch.syspath_prepend(tmp_path)
    sources = [Source(tmp_path, tmp_path / f"{name}.py") for name in ("one", "two", "three")]
    assert Names(sources).unused() == []
    assert Imports(Names(sources)).unused() == ["two.py:act"]


def test_a_template_or_statement_uses_a_name(tmp_path, monkeypatch):
    text = "class Thing:\n    size: int\nThing()"
    assert seen(tmp_path, monkeypatch, text, elsewhere=["size"]) == []


def test_a_sentence_names_nothing_and_a_lookup_does():
    assert "words" not in words_of("Two words.")
    assert {"kind", "name"} <= words_of("kind__name")
    assert "width" not in words_of("INSERT INTO t (width) SELECT size FROM t")


def test_a_script_that_no_entry_leads_to_is_seen(tmp_path):
    (tmp_path / "js").mkdir()
    (tmp_path / "main.js").write_text('import { a } from "./js/used.js";\na();\n')
    (tmp_path / "js/used.js").write_text("export function a() {}\nexport const b = 1;\n")
    (tmp_path / "js/left.js").write_text("a();\n")
    found = list(dead_files.unused_scripts(tmp_path))
    assert found == ["js/left.js", "js/used.js:b"]


def test_a_page_that_nothing_leads_to_is_seen():
    class Resolver:
        url_patterns = (path("x/", dead_files_view, name="nobody:says-this"),)

    assert list(dead_files.unused_addresses(Resolver())) == ["nobody:says-this"]


def dead_files_view(request):
    """A view that says it is of ours."""


dead_files_view.__module__ = "zones.views"
