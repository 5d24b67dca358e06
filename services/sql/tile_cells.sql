-- Counted cells in one tile: how many services, of which category most, where they stand on average.
-- {cells_of} answers (cell_x, cell_y, category, n, sum_x, sum_y). Parameters: its own; zoom, x, y; buffer.
WITH {cells_of}, bounds AS (SELECT ST_TileEnvelope(%s, %s, %s) AS tile),
summed AS (
  SELECT sum(n)::int AS n, (array_agg(category ORDER BY n DESC, category))[1] AS category,
    count(*)::int AS categories,
    ST_SetSRID(ST_Point(sum(sum_x) / sum(n), sum(sum_y) / sum(n)), 3857) AS position
  FROM cells GROUP BY cell_x, cell_y
)
SELECT ST_AsMVT(feature, 'servizi', 4096, 'geom') FROM (
  SELECT n, category, categories, ST_AsMVTGeom(position, bounds.tile, 4096, %s, true) AS geom
  FROM summed, bounds ORDER BY n
) feature
