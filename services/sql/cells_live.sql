-- Cells counted now from the selected rows. Parameters: half the world's width and a cell's width in metres,
-- twice; then the rows'.
cells AS (
  SELECT floor((ST_X(point_web) + %s) / %s)::int AS cell_x, floor((%s - ST_Y(point_web)) / %s)::int AS cell_y,
    coalesce(category_id, '') AS category, count(*)::int AS n,
    sum(ST_X(point_web)) AS sum_x, sum(ST_Y(point_web)) AS sum_y
  FROM ({rows}) found GROUP BY 1, 2, 3
)
