-- What the portal publishes of a service, one column per property; geometry in CRS84 with the record's own shape.
-- Parameters: the page's address up to the id; the day of the zones' memberships, twice.
SELECT s.public_id AS id, s.name, s.category_id AS category, s.kind_id AS type, s.level, s.status, s.valence,
  s.valence_origin, s.municipality_id AS municipality, m.name AS municipality_name, z.zone_id AS zone,
  concat_ws(',', CASE WHEN s.in_reading_1 THEN '1' END, CASE WHEN s.in_reading_2 THEN '2' END) AS readings,
  s.address, s.accuracy, s.confirmed_on, s.is_demonstration AS demonstration, s.attributes ->> 'url' AS website,
  %s || s.public_id || '/' AS url, ST_Transform(s.geometry, 4326) AS geometry{more}
FROM {source} s
LEFT JOIN zones_municipality m ON m.istat = s.municipality_id
LEFT JOIN zones_zonemembership z ON z.municipality_id = s.municipality_id
  AND (z.valid_from IS NULL OR z.valid_from <= %s) AND (z.valid_to IS NULL OR z.valid_to > %s)
