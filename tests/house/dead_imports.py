"""Names at the top of a module that only namesakes elsewhere seem to use: looked for by imports,
as Python does, where vulture looks for the word."""

import ast
from collections import defaultdict
from collections.abc import Iterator

from tests.house.dead_names import Names, Source


class Module:
    """What a module defines at its top, what it names, and from where it takes what."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.dotted = source.name.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
        self.defined = {name: node for node in source.tree.body for name in _defined(node)}
        self.taken: dict[str, str] = {}
        for node in ast.walk(source.tree):
            if isinstance(node, ast.ImportFrom) and not node.level:
                taken = {one.asname or one.name: f"{node.module}.{one.name}" for one in node.names}
                self.taken |= taken
            elif isinstance(node, ast.Import):
                self.taken |= {one.asname: one.name for one in node.names if one.asname}

    def names(self, name: str) -> bool:
        """Whether the module uses the name outside of what it calls so itself."""
        own = self.defined.get(name)
        return any(
            isinstance(node, ast.Name) and node.id == name and isinstance(node.ctx, ast.Load)
            for top in self.source.tree.body
            if top is not own or not isinstance(own, ast.FunctionDef | ast.ClassDef)
            for node in ast.walk(top)
        )

    def asks(self) -> Iterator[str]:
        """The dotted names that it asks of modules that it has imported: `module.name`."""
        asked = [node for node in ast.walk(self.source.tree) if isinstance(node, ast.Attribute)]
        for node in asked:
            if isinstance(node.value, ast.Name) and node.value.id in self.taken:
                yield f"{self.taken[node.value.id]}.{node.attr}"


def _defined(node: ast.stmt) -> list[str]:
    if isinstance(node, ast.FunctionDef | ast.ClassDef):
        return [node.name]
    targets = node.targets if isinstance(node, ast.Assign) else []
    targets = [node.target] if isinstance(node, ast.AnnAssign) else targets
    found = [one for target in targets for one in ast.walk(target) if isinstance(one, ast.Name)]
    return [one.id for one in found if not one.id.startswith("__")]


class Imports:
    """Who takes what from whom."""

    def __init__(self, names: Names) -> None:
        self.names = names
        self.modules = {m.dotted: m for m in map(Module, names.sources.values())}
        self.asked = {asked for module in self.modules.values() for asked in module.asks()}
        self.takers: dict[str, list[tuple[Module, str]]] = defaultdict(list)
        for module in self.modules.values():
            for here, dotted in module.taken.items():
                self.takers[dotted].append((module, here))

    def unused(self) -> list[str]:
        """As `path:name`; what a tool finds, or a string names by its whole path, is used."""
        return sorted(
            f"{module.source.name}:{name}"
            for module in self.modules.values()
            for name, node in module.defined.items()
            if not self._is_used(module, name)
            and f"{module.dotted}.{name}" not in self.names.said
            and not getattr(node, "decorator_list", [])
            and not self.names.is_found(module.source, name)
        )

    def _is_used(self, module: Module, name: str) -> bool:
        """By its module, by who imports it, or by who imports it from there in turn."""
        dotted = f"{module.dotted}.{name}"
        return (
            module.names(name)
            or dotted in self.asked
            or any(self._is_used(taker, here) for taker, here in self.takers[dotted])
        )
