-- What is counted otherwise than it was just counted into the tables of open_counts.sql.
WITH state AS (
  SELECT at, municipality_id, category_id, kind_id, level, status, valence, in_reading_1, in_reading_2, n
  FROM services_statecount UNION ALL
  SELECT at, municipality_id, category_id, kind_id, level, status, valence, in_reading_1, in_reading_2, -n
  FROM counted_state
), cell AS (
  SELECT by_kind, zoom, at, municipality_id, category_id, kind_id, level, status, valence, in_reading_1, in_reading_2,
    cell_x, cell_y, n, sum_x, sum_y FROM services_cellcount UNION ALL
  SELECT by_kind, zoom, at, municipality_id, category_id, kind_id, level, status, valence, in_reading_1, in_reading_2,
    cell_x, cell_y, -n, -sum_x, -sum_y FROM counted_cell
)
SELECT format('%%s %%s %%s: %%s', at::date, municipality_id, kind_id, sum(n)) FROM state
GROUP BY at, municipality_id, category_id, kind_id, level, status, valence, in_reading_1, in_reading_2
HAVING sum(n) <> 0
UNION ALL
SELECT format('%%s z%%s/%%s/%%s %%s: %%s', at::date, zoom, cell_x, cell_y, kind_id, sum(n)) FROM cell
GROUP BY by_kind, zoom, at, municipality_id, category_id, kind_id, level, status, valence, in_reading_1, in_reading_2,
  cell_x, cell_y
HAVING sum(n) <> 0 OR abs(sum(sum_x)) > 1 OR abs(sum(sum_y)) > 1
