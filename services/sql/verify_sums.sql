-- The editions whose counts are not the events that they brought, or whose new records are not as many as they say.
WITH verbs AS (
  SELECT unnest(ARRAY['created', 'changed', 'moved', 'reclassified', 'withdrawn', 'confirmed']) AS verb
), said AS (
  SELECT e.id, v.verb, coalesce((e.counts ->> v.verb)::int, 0) AS n FROM services_edition e CROSS JOIN verbs v
), told AS (
  SELECT edition_id AS id, verb, count(*) AS n FROM services_serviceevent
  WHERE edition_id IS NOT NULL GROUP BY 1, 2
), spoken AS (
  SELECT from_edition_id AS id, count(*) AS n FROM services_record GROUP BY 1
), wrong AS (
  SELECT said.id, said.verb AS what, said.n AS said, coalesce(told.n, 0) AS found
  FROM said LEFT JOIN told ON told.id = said.id AND told.verb = said.verb
  UNION ALL
  SELECT said.id, 'records', sum(said.n), coalesce(min(spoken.n), 0)
  FROM said LEFT JOIN spoken ON spoken.id = said.id
  WHERE said.verb NOT IN ('withdrawn', 'confirmed') GROUP BY 1
)
SELECT format('%%s n. %%s: %%s %%s, %%s', f.slug, e.number, w.what, w.said, w.found)
FROM wrong w JOIN services_edition e ON e.id = w.id JOIN services_source f ON f.id = e.source_id
WHERE w.said <> w.found
