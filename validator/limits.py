"""What a delivery may cost: bytes, members, rows,
seconds, memory. Figures only; the readers enforce them.
"""

from dataclasses import dataclass

MIB = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Limits:
    """Published limits of one delivery. Sizes in bytes, times in seconds.

    The reasons: the largest plausible plan of the metropolitan city (Milano, all themes) is some
    tens of thousands of rows and under 50 MB zipped, and up to `rows` everything ends in seconds
    or a minute (an installation may set another number: STTM2_MOST_ROWS); a .dbf is mostly blanks
    and shrinks up to 100 times, so the expansion ratio is judged only above `ratio_floor_bytes`. A
    cell may hold a shape as text: twice the vertices that GEO-11 takes for an error. `seconds` are
    those that reading works; on a machine busy with other things it may take `patience`, less than
    a lease.

    Of one shape: `nesting` levels of geometries inside geometries, `parts` (geometries and rings),
    `vertices`; of one cell that is no shape `text_characters`, as many as a sheet's cell holds.
    `look_seconds` of work may be spent on what a database says of itself.
    """

    upload_bytes: int = 100 * MIB
    unpacked_bytes: int = 512 * MIB
    members: int = 2_000
    depth: int = 12
    ratio: int = 200
    ratio_floor_bytes: int = 10 * MIB
    layers: int = 250
    rows: int = 100_000
    columns: int = 500
    cell_characters: int = 5_000_000
    text_characters: int = 32_767
    nesting: int = 32
    parts: int = 20_000
    vertices: int = 100_000
    geometry_bytes: int = 256 * MIB
    look_seconds: float = 1.5
    seconds: int = 25
    patience: int = 50
    memory_bytes: int = 800 * MIB


DEFAULT = Limits()
