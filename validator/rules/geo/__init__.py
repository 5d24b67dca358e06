"""GEO: the geometry of each row, and where the rows lie, in the comune and on each other."""
