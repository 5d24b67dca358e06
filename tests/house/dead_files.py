"""What is a file, an address, a setting or a table rather than a name of Python, and unused."""

import re
from collections.abc import Iterable, Iterator
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from celery.app.defaults import SETTING_KEYS
from django.apps import apps
from django.conf import global_settings, settings
from django.urls import URLPattern, URLResolver
from grimp import build_graph

from tests.house.dead_names import INSERTED, NAME, Names, Source
from tests.house.tree import CODE, ROOT

TAG = re.compile(r"\{[{%](.*?)[%}]\}", re.DOTALL)
STRING = re.compile(r""""([^"\n]*)"|'([^'\n]*)'""")
#: Modules that a tool finds by where they stand.
FOUND = re.compile(
    r"(?:^|/)(?:apps|urls|admin|tasks|celery)\.py$|/management/commands/|/templatetags/|/formats/"
    r"|^validator/rules/\w+/\w{3}_\d\d_|^validator/reading/formats/|__init__\.py$"
)
SETTINGS = (*("sttm2/settings.py", "sttm2/accounts.py", "sttm2/broker.py", "sttm2/wiring.py"),)


@cache
def texts(*patterns: str) -> dict[str, str]:
    """Path -> text of the product's files that one of the patterns names."""
    found = sorted({path for pattern in patterns for path in ROOT.glob(pattern)})
    return {
        str(path.relative_to(ROOT)): path.read_text(encoding="utf-8")
        for path in found
        if path.is_file() and "__pycache__" not in path.parts
    }


@cache
def python() -> dict[str, str]:
    every = texts(*(f"{package}/**/*.py" for package in CODE))
    return {path: text for path, text in every.items() if "/migrations/" not in path}


@cache
def statements() -> dict[str, str]:
    return texts(*(f"{package}/**/*.sql" for package in CODE))


@cache
def tags() -> str:
    """All that templates say to Django: between {{ and }}, {% and %}."""
    every = texts("templates/**/*").values()
    return "\n".join(tag for text in every for tag in TAG.findall(text))


@cache
def scripts() -> str:
    """The commands, the containers and the continuous integration."""
    return "\n".join(texts("bin/*", "bin/lib/*", ".ci/*", "Dockerfile", "*.yml").values())


@cache
def names() -> Names:
    """All that the product defines and uses."""
    sql = "\n".join(re.sub(r"--.*", "", text) for text in statements().values())
    elsewhere = NAME.findall(tags()) + NAME.findall(INSERTED.sub("", sql))
    # Django's command line begins outside of all packages.
    return Names([Source(ROOT, ROOT / path) for path in [*python(), "manage.py"]], elsewhere)


@cache
def strings(folder: str = "") -> frozenset[str]:
    """The strings in the code below a folder, and in templates."""
    told = [text for path, text in python().items() if path.startswith(folder)]
    return frozenset(a or b for text in [*told, tags()] for a, b in STRING.findall(text))


def unused_templates() -> Iterator[str]:
    """Templates that no view and no template names; one that stands in for a package's is used."""
    specs = [find_spec(app) for app in settings.INSTALLED_APPS if not app.startswith("django.")]
    folders = [Path(spec.origin or "").parent / "templates" for spec in specs if spec]
    for path in texts("templates/**/*"):
        name = path.removeprefix("templates/")
        if name not in {*strings(), "500.html"} and not any((f / name).exists() for f in folders):
            yield path


def unused_statements() -> Iterator[str]:
    """SQL files whose name no module of their package says."""
    for path in statements():
        if Path(path).stem not in strings(path.partition("/")[0]):
            yield path


def unused_scripts(folder: Path = ROOT / "static/src") -> Iterator[str]:
    """Scripts and styles that no entry leads to; what a script exports and no other imports."""
    every = {path: path.read_text() for end in ("js", "css") for path in folder.rglob(f"*.{end}")}
    reached: set[Path] = set()
    waiting = [path for path in every if path.parent == folder]
    while waiting:
        path = waiting.pop()
        found = re.findall(r"""(?:from|import)\s+(?:url\()?["'](\.[^"']+)""", every[path])
        reached.add(path)
        beside = {(path.parent / name).resolve() for name in found}
        waiting += [other for other in every if other.resolve() in beside - reached]
    yield from (str(path.relative_to(folder)) for path in every if path not in reached)
    lists = re.findall(r"import (?:\w+, )?\{([^}]*)\}", "\n".join(every.values()))
    imported = {name for names in lists for name in re.findall(r"\w+", names)}
    for path, text in every.items():
        exported = re.findall(r"^export (?:const|let|class|(?:async )?function) (\w+)", text, re.M)
        yield from (f"{path.relative_to(folder)}:{n}" for n in exported if n not in imported)


def unused_icons() -> Iterator[str]:
    """Icons that are built into the sprite and that no page shows."""
    shown = set(re.findall(r"[\w-]+", "".join(texts("static/src/**/*.js").values())))
    for name in (ROOT / "static/src/icons.txt").read_text().splitlines():
        if name and not name.startswith("#") and name not in strings() | shown:
            yield name


def addresses(resolver: URLResolver, spaces: str = "") -> Iterator[str]:
    """The names of all addresses of ours below a resolver."""
    for entry in resolver.url_patterns:
        if isinstance(entry, URLResolver):
            inner = f"{spaces}{entry.namespace}:" if entry.namespace else spaces
            yield from addresses(entry, inner)
        elif entry.name and view_of(entry).__module__.split(".")[0] in CODE:
            yield f"{spaces}{entry.name}"


def view_of(pattern: URLPattern) -> type:
    """The class or function that answers an address."""
    return getattr(pattern.callback, "cls", None) or pattern.callback


def unused_addresses(resolver: URLResolver) -> Iterator[str]:
    """Addresses whose name nothing says; those of the API are found in its document."""
    said = {name for name in addresses(resolver) if not name.startswith("api-")}
    return (name for name in said if name not in strings())


def unused_settings() -> Iterator[str]:
    """Settings that neither the code reads nor Django, Celery or an installed app."""
    for entry in names().unused():
        path, _, name = entry.partition(":")
        if path in SETTINGS and not _is_read(name):
            yield entry


def _is_read(name: str) -> bool:
    if hasattr(global_settings, name):
        return True
    if name.startswith("CELERY_"):
        return name.removeprefix("CELERY_").lower() in SETTING_KEYS
    short = name.partition("_")[2]  # allauth puts the beginning before it by itself
    return any(re.search(rf"""["'.](?:{name}|{short})\b""", text) for text in _foreign_code())


@cache
def _foreign_code() -> list[str]:
    """The code that reads settings, of installed apps and middleware that are not ours."""
    wanted = [*settings.INSTALLED_APPS, *settings.MIDDLEWARE]
    specs = [find_spec(root) for root in {name.split(".")[0] for name in wanted} - {*CODE}]
    folders = [Path(spec.origin or "").parent for spec in specs if spec]
    paths = [path for folder in folders for path in folder.rglob("*.py")]
    read = (path.read_text(encoding="utf-8") for path in paths if "locale" not in path.parts)
    return [text for text in read if "settings" in text]


def unused_variables() -> Iterator[str]:
    """Environment variables that the example names and that nothing reads."""
    example = (ROOT / ".env.example").read_text(encoding="utf-8")
    read = scripts() + "".join(texts("sttm2/*.py").values())
    for name in re.findall(r"^#?([A-Z][A-Z0-9_]+)=", example, re.MULTILINE):
        if not re.search(rf"\b{name}\b", read):
            yield name


def unused_commands() -> Iterator[str]:
    """Functions of the shell that no command calls."""
    for name in re.findall(r"^(\w+)\(\) [{(]", scripts(), re.MULTILINE):
        if len(re.findall(rf"(?<![\w-]){name}(?![\w-])", scripts())) < 2:
            yield name


def unused_modules() -> Iterator[str]:
    """Modules that no other imports, no setting and no command names, and no tool finds."""
    code = "\n".join(python().values())
    graph = build_graph(*CODE, cache_dir=None)
    for path in python():
        dotted = path.removesuffix(".py").replace("/", ".")
        if FOUND.search(path) or graph.find_modules_that_directly_import(dotted):
            continue
        if f'"{dotted}' not in code and not re.search(rf"[ :]{dotted}\b", scripts()):
            yield path


def unused_relations() -> Iterator[str]:
    """The other ends of relations, named and asked by nobody."""
    for model in _models():
        for field in model._meta.get_fields(include_parents=False):
            name = getattr(field, "_related_name", None) or "+"
            if not name.endswith("+") and name != "user_set" and not names().uses(name):
                yield f"{model._meta.label}.{field.name}: {name}"


def unread_tables() -> Iterator[str]:
    """Models that only their loaders name, and that no other model leads to."""
    loaders = re.compile(r"/models(?:/|\.py)|/management/|^validator/")
    readers = [text for path, text in python().items() if not loaders.search(path)]
    code = "\n".join([*readers, *statements().values()])
    for model in _models():
        fields = [*model._meta.fields, *model._meta.many_to_many]
        leading = [f.remote_field.get_accessor_name() for f in fields if f.remote_field]
        named = re.search(rf"(?<![.\-\w])(?:{model.__name__}|{model._meta.db_table})\b", code)
        if not named and not any(name and name != "+" and names().uses(name) for name in leading):
            yield model._meta.label


def _models() -> Iterable[type]:
    return [m for m in apps.get_models() if m.__module__.split(".")[0] in CODE and not _is_log(m)]


def _is_log(model: type) -> bool:
    """Whether pghistory made it, of a model that it tracks."""
    return hasattr(model, "pgh_tracked_model")
