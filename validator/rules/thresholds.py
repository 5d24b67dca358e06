"""The figures rules decide by: a frozen set, built from what the rules declare, overridable by
name.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True)
class Thresholds(Mapping[str, float]):
    """Threshold name -> value; units are in the name (`_m`, `_m2`, `_pct`, `_months`)."""

    values_by_name: Mapping[str, float]

    def __getitem__(self, name: str) -> float:
        return self.values_by_name[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self.values_by_name)

    def __len__(self) -> int:
        return len(self.values_by_name)

    def but(self, **changed: float) -> "Thresholds":
        """The same set with some values replaced. Raises KeyError for an unknown name."""
        if unknown := set(changed) - set(self):
            raise KeyError(f"no such threshold: {', '.join(sorted(unknown))}")
        return Thresholds(MappingProxyType({**self.values_by_name, **changed}))
