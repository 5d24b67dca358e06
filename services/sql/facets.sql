-- How many services per value of each facet, its own part of the choice left out; per category also what the whole
-- choice selects: how many are to come, and how many each reading knows.
-- {found}: municipality, category, kind, valence, status, the readings, n; then which parts of the choice are met.
WITH found (
  municipality_id, category_id, kind_id, valence, status, in_reading_1, in_reading_2, n,
  in_zone, in_municipality, in_category, in_type, in_valence, in_status) AS ({found}),
met AS (
  SELECT f.*, in_zone AND in_municipality AS in_place, in_category AND in_type AS in_kind,
    in_zone AND in_municipality AND in_category AND in_type AND in_valence AND in_status AS in_all
  FROM found f
), grouped AS (
  SELECT GROUPING(municipality_id, category_id, kind_id, valence, status) AS facet,
    municipality_id, category_id, kind_id, valence, status,
    sum(n) FILTER (WHERE in_kind AND in_valence AND in_status) AS by_place,
    sum(n) FILTER (WHERE in_place AND in_valence AND in_status) AS by_category,
    sum(n) FILTER (WHERE in_place AND in_category AND in_valence AND in_status) AS by_kind,
    sum(n) FILTER (WHERE in_place AND in_kind AND in_status) AS by_valence,
    sum(n) FILTER (WHERE in_place AND in_kind AND in_valence) AS by_status,
    sum(n) FILTER (WHERE in_all AND status IN ('previsto', 'in attuazione')) AS planned,
    sum(n) FILTER (WHERE in_all AND in_reading_1) AS plan, sum(n) FILTER (WHERE in_all AND in_reading_2) AS other,
    sum(n) FILTER (WHERE in_all AND in_reading_1 AND in_reading_2) AS in_both, sum(n) FILTER (WHERE in_all) AS whole
  FROM met
  GROUP BY GROUPING SETS ((municipality_id), (category_id), (category_id, kind_id), (valence), (status))
)
SELECT facet.name, facet.value, c."order", coalesce(facet.n, 0), coalesce(planned, 0), coalesce(plan, 0),
  coalesce(other, 0), coalesce(in_both, 0), coalesce(whole, 0)
FROM grouped g CROSS JOIN LATERAL (
  SELECT * FROM (VALUES
    (15, 'municipality', municipality_id::text, by_place), (23, 'category', category_id, by_category),
    (19, 'kind', kind_id, by_kind), (29, 'valence', valence, by_valence), (30, 'status', status, by_status)
  ) one (facet, name, value, n) WHERE one.facet = g.facet
) facet LEFT JOIN services_macrocategory c ON c.slug = g.category_id
