-- The low-zoom pyramid, finest level from the points, each coarser one from the level below it.
-- Cells are numbered from the north-west corner of the Web Mercator square, services.tilesets.CELLS to a tile's side.
-- Parameters: half the world's width and the finest cell's width in metres, twice; then the finest zoom.
WITH finest AS (
  SELECT floor((ST_X(point_web) + %s) / %s)::int AS cell_x, floor((%s - ST_Y(point_web)) / %s)::int AS cell_y,
    coalesce(category_id, '') AS category, count(*)::int AS n,
    sum(ST_X(point_web)) AS sum_x, sum(ST_Y(point_web)) AS sum_y
  FROM services_servicestate
  WHERE valid_to IS NULL AND level = 'supra' AND point_web IS NOT NULL
  GROUP BY 1, 2, 3
)
INSERT INTO services_tilecluster (zoom, cell_x, cell_y, category, n, sum_x, sum_y)
SELECT %s, cell_x, cell_y, category, n, sum_x, sum_y FROM finest
