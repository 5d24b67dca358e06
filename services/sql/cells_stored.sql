-- Cells added up from the changes of counts. {rows}: cell_x, cell_y, category, n, sum_x, sum_y. Parameters: by how
-- many zooms its cells are finer, twice; then its own.
cells AS (
  SELECT cell_x >> %s AS cell_x, cell_y >> %s AS cell_y, coalesce(category, '') AS category, sum(n)::int AS n,
    sum(sum_x) AS sum_x, sum(sum_y) AS sum_y
  FROM ({rows}) changes (cell_x, cell_y, category, n, sum_x, sum_y) GROUP BY 1, 2, 3 HAVING sum(n) > 0
)
