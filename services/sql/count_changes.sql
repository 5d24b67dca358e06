-- Counts the changes of states in the relation {changes}: how many began (1) less how many ceased (-1), per moment and
-- values (services.models.counts), and keeps the words of those that began; into the tables {state_counts},
-- {cell_counts} and {words}. Cells are numbered from the north-west corner of the Web Mercator square,
-- services.cells.CELLS to a tile's side. Parameters: half (of the world's width) and cell (the finest's width), both in
-- metres; finest (its zoom); by_comune (the coarsest zoom that tells comuni apart).
WITH by_values AS (
  SELECT at, municipality_id, category_id, kind_id, level, status, valence, in_reading_1, in_reading_2, sum(n)::int AS n
  FROM {changes} GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9 HAVING sum(n) <> 0
)
INSERT INTO {state_counts} (
  at, municipality_id, category_id, kind_id, level, status, valence, in_reading_1, in_reading_2, n)
SELECT * FROM by_values;

WITH placed AS (
  SELECT at, n, municipality_id, category_id, kind_id, level, status, valence, in_reading_1, in_reading_2,
    floor((ST_X(point_web) + %(half)s) / %(cell)s)::int AS x, floor((%(half)s - ST_Y(point_web)) / %(cell)s)::int AS y,
    ST_X(point_web) AS metres_east, ST_Y(point_web) AS metres_north
  FROM {changes} WHERE point_web IS NOT NULL
), finest AS (
  SELECT at, municipality_id, category_id, kind_id, level, status, valence, in_reading_1, in_reading_2, x, y,
    sum(n)::int AS n, sum(n * metres_east) AS sum_x, sum(n * metres_north) AS sum_y
  FROM placed GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11
)
INSERT INTO {cell_counts} (
  by_kind, zoom, at, municipality_id, category_id, kind_id, level, status, valence, in_reading_1, in_reading_2, cell_x,
  cell_y, n, sum_x, sum_y)
SELECT by_kind, zoom, at, CASE WHEN by_kind AND zoom >= %(by_comune)s THEN municipality_id END, category_id,
  CASE WHEN by_kind THEN kind_id END, level, status, valence, in_reading_1, in_reading_2, x >> (%(finest)s - zoom),
  y >> (%(finest)s - zoom), sum(n), sum(sum_x), sum(sum_y)
FROM finest, generate_series(0, %(finest)s) zoom, (VALUES (true), (false)) twice (by_kind)
GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13;

INSERT INTO {words} (word)
SELECT DISTINCT word FROM {changes}, string_to_table(folded, ' ') word WHERE n > 0 AND length(word) >= 3
ON CONFLICT DO NOTHING;
