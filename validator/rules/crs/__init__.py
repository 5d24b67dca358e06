"""CRS: in which reference system the coordinates are, and where the layer falls."""
