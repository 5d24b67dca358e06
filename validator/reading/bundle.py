"""What an archive holds, as layers to read: shapefile
sets, tables, workbooks; the rest is told, not read.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from validator.reading import registry
from validator.reading.archive import Archive, Member
from validator.reading.errors import Unreadable
from validator.reading.formats.shapefile import SET

SINGLE_SUFFIXES = registry.member_suffixes() - {*SET}
UNSUPPORTED = {
    ".dxf": "DXF",
    ".dwg": "DWG",
    ".tab": "MapInfo",
    ".mdb": "Access",
    ".mxd": "ArcMap",
    ".pdf": "PDF",
}


@dataclass(slots=True)
class FileGroup:
    """One thing to read: a shapefile set or a single file, with the members that make it up."""

    name: PurePosixPath
    members: list[Member] = field(default_factory=list)

    @property
    def suffixes(self) -> set[str]:
        return {member.suffix for member in self.members}

    @property
    def is_set(self) -> bool:
        """Whether it is a shapefile or its table alone."""
        return bool(self.suffixes & {".shp", ".dbf"})


def groups(archive: Archive) -> list[FileGroup]:
    """What there is to read, in the order of the archive. Raises Unreadable FIL-01, FIL-04.

    Texts and metadata that accompany a layer are read only when there is nothing else.
    """
    sets = _sets(archive.members)
    singles = [FileGroup(m.name, [m]) for m in archive.members if m.suffix in SINGLE_SUFFIXES]
    main = [group for group in singles if registry.owner(group.members[0].suffix)]
    chosen = list(sets.values()) + main or singles
    if not chosen:
        _refuse(archive)
    order = {id(member): i for i, member in enumerate(archive.members)}
    return sorted(chosen, key=lambda group: order[id(group.members[0])])


def code_tables(found: list[FileGroup], wanted: Sequence[str]) -> list[str]:
    """Names of lone .dbf tables beside shapefiles
    (lists of codes): told, read only when asked for.
    """
    if not any(".shp" in group.suffixes for group in found):
        return []
    return [g.name.stem for g in found if _is_table(g) and g.name.stem not in wanted]


def without_code_tables(found: list[FileGroup], wanted: Sequence[str]) -> list[FileGroup]:
    """The groups to read when tables of codes are left aside."""
    tables = set(code_tables(found, wanted))
    return [group for group in found if not (_is_table(group) and group.name.stem in tables)]


def _is_table(group: FileGroup) -> bool:
    return ".dbf" in group.suffixes and ".shp" not in group.suffixes


def unpack(archive: Archive, group: FileGroup, directory: Path) -> Path:
    """Write a group into its own new directory under safe names; the path of the file to open."""
    directory.mkdir()
    for member in group.members:
        archive.unpack(member, directory / f"input{member.suffix}")
    suffix = next((s for s in (".shp", ".dbf") if s in group.suffixes), group.members[0].suffix)
    return directory / f"input{suffix}"


def display_name(group: FileGroup) -> str:
    """The member a person would point at."""
    lead = next(
        (m for s in (".shp", ".dbf") for m in group.members if m.suffix == s), group.members[0]
    )
    return str(lead.name)


def _sets(members: list[Member]) -> dict[tuple[str, str], FileGroup]:
    """Shapefile sets by folder and stem, letter case
    aside; a second file of one kind is left out."""
    found: dict[tuple[str, str], FileGroup] = {}
    kinds: dict[tuple[str, str], set[str]] = defaultdict(set)
    for member in members:
        key = (str(member.name.parent).casefold(), member.name.stem.casefold())
        if member.suffix in SET and member.suffix not in kinds[key]:
            kinds[key].add(member.suffix)
            found.setdefault(key, FileGroup(member.name)).members.append(member)
    return {key: group for key, group in found.items() if group.is_set}


def _refuse(archive: Archive) -> None:
    names = [str(member.name) for member in archive.members]
    if any(part.lower().endswith(".gdb") for name in names for part in PurePosixPath(name).parts):
        raise Unreadable(
            "FIL-01", file=archive.name, format="File Geodatabase", reason="unsupported"
        )
    for member in archive.members:
        if member.suffix in UNSUPPORTED:
            what = UNSUPPORTED[member.suffix]
            raise Unreadable(
                "FIL-01",
                file=archive.name,
                format=what,
                reason="unsupported",
                item=str(member.name),
            )
    reason = "nothing-inside" if names else "empty"
    raise Unreadable(
        "FIL-01", file=archive.name, format="ZIP", reason=reason, item=", ".join(names[:5])[:200]
    )
