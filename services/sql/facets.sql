-- How many services per value of each facet, its own part of the choice left out; per category also what the whole
-- choice selects: how many are to come, and how many each reading knows. One grouping a facet: grouping sets would
-- compute every sum for each.
-- {found}: municipality, category, kind, valence, status, the readings, n; then which parts of the choice are met.
WITH found (
  municipality_id, category_id, kind_id, valence, status, in_reading_1, in_reading_2, n,
  in_zone, in_municipality, in_category, in_type, in_valence, in_status) AS MATERIALIZED ({found}),
by_kind AS (
  SELECT kind_id, category_id, sum(n) AS n FROM found
  WHERE in_zone AND in_municipality AND in_category AND in_valence AND in_status GROUP BY 1, 2
), by_category AS (
  SELECT category_id, sum(n) FILTER (WHERE in_type) AS n,
    sum(n) FILTER (WHERE in_category AND in_type AND status IN ('previsto', 'in attuazione')) AS planned,
    sum(n) FILTER (WHERE in_category AND in_type AND in_reading_1) AS plan,
    sum(n) FILTER (WHERE in_category AND in_type AND in_reading_2) AS other,
    sum(n) FILTER (WHERE in_category AND in_type AND in_reading_1 AND in_reading_2) AS both_readings,
    sum(n) FILTER (WHERE in_category AND in_type) AS whole
  FROM found WHERE in_zone AND in_municipality AND in_valence AND in_status GROUP BY 1
)
SELECT 'municipality', municipality_id::text, NULL::int, sum(n), 0, 0, 0, 0, 0 FROM found
WHERE in_category AND in_type AND in_valence AND in_status GROUP BY 2
UNION ALL
SELECT 'valence', valence, NULL, sum(n), 0, 0, 0, 0, 0 FROM found
WHERE in_zone AND in_municipality AND in_category AND in_type AND in_status GROUP BY 2
UNION ALL
SELECT 'status', status, NULL, sum(n), 0, 0, 0, 0, 0 FROM found
WHERE in_zone AND in_municipality AND in_category AND in_type AND in_valence GROUP BY 2
UNION ALL
SELECT 'kind', kind_id, c."order", n, 0, 0, 0, 0, 0 FROM by_kind
LEFT JOIN services_macrocategory c ON c.slug = category_id
UNION ALL
SELECT 'category', category_id, NULL, n, coalesce(planned, 0), coalesce(plan, 0), coalesce(other, 0),
  coalesce(both_readings, 0), coalesce(whole, 0)
FROM by_category
