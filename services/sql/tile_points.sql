-- Single services in one tile; null if they are too many. Parameters: hits (the tile's box among their conditions);
-- most + 1 (null: however many); zoom, x, y; most; buffer.
WITH hits(id, service_id) AS MATERIALIZED ({hits} LIMIT %s),
bounds AS (SELECT ST_TileEnvelope(%s, %s, %s) AS tile WHERE coalesce((SELECT count(*) FROM hits) <= %s, true))
SELECT CASE WHEN EXISTS (SELECT FROM bounds) THEN (SELECT ST_AsMVT(feature, 'servizi', 4096, 'geom') FROM (
  SELECT s.public_id AS id, s.category_id AS category, s.kind_id AS type, s.status, s.valence,
    concat(CASE WHEN s.in_reading_1 THEN '1' END, CASE WHEN s.in_reading_2 THEN '2' END) AS readings,
    s.accuracy IN ('approssimata', 'centroide', 'strada') AS approx, 1 AS n,
    ST_AsMVTGeom(s.point_web, bounds.tile, 4096, %s, true) AS geom
  FROM bounds, services_servicestate s JOIN hits ON hits.id = s.id
  ORDER BY s.service_id
) feature) END
