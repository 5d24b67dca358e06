"""Names of the code that nothing uses: vulture finds those that no Python names; left out are
those that a template, a statement, a setting or a framework uses.
"""

import ast
import enum
import importlib
import re
from collections.abc import Iterable, Iterator
from functools import cached_property
from pathlib import Path
from types import ModuleType

from django.conf import global_settings
from django.contrib import admin
from gunicorn.config import KNOWN_SETTINGS
from vulture import Vulture
from vulture.core import Item

from tests.house.tree import CODE
from validator.reading.format import Format

#: Decorators that hand a function to a registry, which calls it.
REGISTRIES = [
    "@rule",
    "@admin.register",
    "@app.task",
    "@worker_*.connect",
    "@task_*.connect",
    "@after_setup_*.connect",
]
#: Names that a tool looks for in a module (by the end of its path) ...
OF_MODULES = {
    "urls.py": {
        *("app_name", "urlpatterns"),
        *("handler400", "handler403", "handler404", "handler429", "handler500"),
    },
    "middleware.py": {"process_exception", "process_view"},
    "formats.py": set(dir(global_settings)),
    "wsgi.py": {"application"},
    "web.py": {setting.name for setting in KNOWN_SETTINGS},
}
#: ... and in a class, by a base class that does not have them itself.
OF_CLASSES = {
    "AppConfig": {"verbose_name"},
    "AbstractBaseUser": {"USERNAME_FIELD"},
    "BaseUserManager": {"create_superuser"},
    "APIView": {"throttle_scope"},
}
#: Calls whose keywords ask for rows; elsewhere a keyword only gives a value.
LOOKUPS = {"filter", "exclude", "get", "Q", "get_object_or_404", "get_or_create"}
NAME = re.compile(r"[A-Za-z_]\w*")
NAMED = re.compile(r"-?\w+(?:[.:/-]\w+)*:?")
STATEMENT = re.compile(r"\b(?:SELECT|UPDATE|DELETE|INSERT|WHERE|FROM|ORDER BY)\b")
INSERTED = re.compile(r"INSERT INTO \w+\s*\([^)]*\)")


class Source:
    """A module of Python as text, tree and, when it is asked for, as it is when imported."""

    def __init__(self, root: Path, path: Path) -> None:
        self.name = str(path.relative_to(root))
        self.text = path.read_text(encoding="utf-8")
        self.tree = ast.parse(self.text)
        self.classes = list(_classes(self.tree, ()))

    @cached_property
    def module(self) -> ModuleType:
        dotted = self.name.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
        return importlib.import_module(dotted)

    def outer(self, item: Item) -> tuple[str, ...]:
        """The names of the classes that a definition stands in, from the outside in."""
        around = [names for names, lines in self.classes if item.first_lineno in lines]
        innermost = max(around, key=len, default=())
        return innermost[:-1] if innermost[-1:] == (item.name,) else innermost

    def at(self, *names: str) -> object:
        """What the module has under such names; None where a function makes it."""
        found: object = self.module
        for name in names:
            found = getattr(found, name, None)
        return found


def _classes(node: ast.AST, outer: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], range]]:
    for child in ast.iter_child_nodes(node):
        names = outer
        if isinstance(child, ast.ClassDef):
            names = (*outer, child.name)
            yield names, range(child.lineno, (child.end_lineno or 0) + 1)
        yield from _classes(child, names)


class Words(ast.NodeVisitor):
    """What a module names otherwise than as a name of Python."""

    def __init__(self) -> None:
        self.found: set[str] = set()

    def visit_ClassDef(self, node: ast.ClassDef) -> None:
        bases = {getattr(base, "attr", getattr(base, "id", "")) for base in _bases(node)}
        if any(base.endswith("Serializer") for base in bases):  # a field reads its attribute
            self.found |= _set_in(node)
        inside = list(ast.iter_child_nodes(node))
        if "Model" in bases or "Leased" in bases:  # an index or constraint reads nothing
            inside = [one for one in inside if getattr(one, "name", "") != "Meta"]
        if any(base.endswith(("Enum", "Choices")) for base in bases):  # nor its own value
            inside = [one for one in inside if not isinstance(one, ast.Assign)]
        for one in inside:
            self.visit(one)

    def visit_Call(self, node: ast.Call) -> None:
        called = getattr(node.func, "attr", getattr(node.func, "id", ""))
        for keyword in node.keywords if called in LOOKUPS else ():
            self.found |= set((keyword.arg or "").split("__"))
        self.generic_visit(node)

    def visit_keyword(self, node: ast.keyword) -> None:
        if node.arg != "related_name":
            self.generic_visit(node)

    def visit_Expr(self, node: ast.Expr) -> None:
        if not isinstance(node.value, ast.Constant):  # a docstring names nothing
            self.generic_visit(node)

    def visit_Assign(self, node: ast.Assign) -> None:
        if not _is_all(node):  # saying that a name is public uses nothing
            self.generic_visit(node)

    def visit_Constant(self, node: ast.Constant) -> None:
        if isinstance(node.value, str):
            self.found |= words_of(node.value)


def _bases(node: ast.ClassDef) -> Iterator[ast.expr]:
    for base in node.bases:
        yield base.value if isinstance(base, ast.Subscript) else base


def _set_in(node: ast.ClassDef) -> set[str]:
    assigned = [child for child in node.body if isinstance(child, ast.Assign)]
    return {getattr(target, "id", "") for child in assigned for target in child.targets}


def _is_all(node: ast.AST) -> bool:
    targets = node.targets if isinstance(node, ast.Assign) else []
    return [getattr(target, "id", "") for target in targets] == ["__all__"]


def words_of(text: str) -> set[str]:
    """The names in a string: of a path of names, of a statement; none of a sentence."""
    if STATEMENT.search(text):
        return set(NAME.findall(INSERTED.sub("", text)))
    found = {text}
    for part in re.split(r"[\s,=()]+", text) if "__" in text or "%(" in text else [text]:
        if NAMED.fullmatch(part):
            found |= {word for name in NAME.findall(part) for word in [name, *name.split("__")]}
    return found


class Names:
    """All that some modules define and use; `elsewhere`: the names in files of other kinds."""

    def __init__(self, sources: Iterable[Source], elsewhere: Iterable[str] = ()) -> None:
        self.sources = {source.name: source for source in sources}
        self._finder, words = Vulture(ignore_decorators=REGISTRIES), Words()
        for source in self.sources.values():
            self._finder.scan(_without_all(source), filename=source.name)
            words.visit(source.tree)
        #: What is said otherwise than as a name of Python.
        self.said = {*words.found, *elsewhere}

    def uses(self, name: str) -> bool:
        """Whether anything names it."""
        return name in self._finder.used_names or name in self.said

    def unused(self) -> list[str]:
        """What nothing uses, as `path:Class.name`."""
        found = []
        for item in self._finder.get_unused_code():
            source = self.sources[str(item.filename)]
            if item.name not in self.said and not self._is_called(item, source):
                found.append(f"{source.name}:{'.'.join([*source.outer(item), item.name])}")
        return sorted(found)

    def _is_called(self, item: Item, source: Source) -> bool:
        """Whether a framework uses it, or it says nothing of us."""
        outer = source.outer(item)
        if _is_anothers(item, source) or outer[-1:] == ("Meta",):
            return True
        if not outer or _is_asked_for(source, item.name):
            return self.is_found(source, item.name)
        owner = source.at(*outer)
        if isinstance(owner, type):
            return (
                _is_of_base(owner, item.name)
                or _is_of_field(owner, item.name)
                or (issubclass(owner, enum.Enum) and self._is_chosen(owner[item.name]))
            )
        return False

    def is_found(self, source: Source, name: str) -> bool:
        """Whether a tool finds what stands at the top of a module, by its name or its kind."""
        if _is_asked_for(source, name):
            return True
        thing = source.at(name)
        if not isinstance(thing, type):
            return isinstance(thing, Format)  # `reading.registry` finds it by its kind
        return _is_registered(thing, source)

    def _is_chosen(self, member: enum.Enum) -> bool:
        """Whether its value is said somewhere, or staff chooses it in the administration."""
        choices = getattr(type(member), "choices", None)
        fields = [field for model in admin.site._registry for field in model._meta.fields]
        offered = choices and any(field.choices == choices for field in fields)
        return bool(offered) or str(member.value) in self.said


def _without_all(source: Source) -> str:
    """The text without `__all__`, whose names vulture takes for used."""
    lines = source.text.splitlines()
    for node in filter(_is_all, source.tree.body):
        for number in range(node.lineno - 1, node.end_lineno or 0):
            lines[number] = ""
    return "\n".join(lines)


def _is_anothers(item: Item, source: Source) -> bool:
    """A parameter (its signature is the caller's), or an attribute of an object not of ours."""
    if item.typ == "attribute":
        return f"self.{item.name}" not in source.text.splitlines()[item.first_lineno - 1]
    return item.typ == "variable" and item.confidence == 100


def _is_asked_for(source: Source, name: str) -> bool:
    return any(source.name.endswith(end) and name in OF_MODULES[end] for end in OF_MODULES)


def _foreign(thing: type) -> list[type]:
    return [base for base in thing.__mro__ if base.__module__.split(".")[0] not in CODE]


def _is_of_base(owner: type, name: str) -> bool:
    bases = [base for base in _foreign(owner) if base is not owner]
    return any(name in vars(base) or name in OF_CLASSES.get(base.__name__, ()) for base in bases)


def _is_of_field(owner: type, name: str) -> bool:
    """A field of a form or serializer, or a method that it calls for one."""
    fields = {**getattr(owner, "_declared_fields", {}), **getattr(owner, "declared_fields", {})}
    head, _, field = name.partition("_")
    return name in fields or (head in ("get", "clean", "validate") and field in fields)


def _is_registered(thing: type, source: Source) -> bool:
    """A class that its framework finds by where it stands, or that registers itself."""
    bases = {base.__module__ for base in _foreign(thing)}
    return (
        ("/commands/" in source.name and thing.__name__ == "Command")
        or "django.apps.config" in bases
        or "drf_spectacular.extensions" in bases
    )
