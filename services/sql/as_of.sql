-- The catalogue as it stood before a moment (UTC, excluded): stands in for the table of the same name, so that
-- every filter, page, tile and export runs unchanged over the past. Each attribute comes from the plan's record
-- if it says something, else from the other readings, as in refresh_services.sql. Parameters: the moment, four times.
said AS (
  SELECT i.service_id, src.reading, src.is_demonstration, r.*,
    (e.published_at AT TIME ZONE 'Europe/Rome')::date AS published_on,
    row_number() OVER (PARTITION BY i.service_id ORDER BY src.reading, r.from_edition_id DESC, r.id) AS turn
  FROM services_record r
  JOIN services_edition e ON e.id = r.from_edition_id AND e.published_at < %s
  LEFT JOIN services_edition ended ON ended.id = r.to_edition_id
  JOIN services_sourceitem i ON i.id = r.item_id
  JOIN services_source src ON src.id = i.source_id
  WHERE ended.id IS NULL OR ended.published_at >= %s
), chosen AS (
  SELECT service_id,
    (array_agg(name ORDER BY turn) FILTER (WHERE name <> ''))[1] AS name,
    (array_agg(kind_id ORDER BY turn) FILTER (WHERE kind_id IS NOT NULL))[1] AS kind_id,
    (array_agg(status ORDER BY turn))[1] AS status,
    (array_agg(valence ORDER BY turn) FILTER (WHERE valence <> ''))[1] AS valence,
    (array_agg(municipality_id ORDER BY turn) FILTER (WHERE municipality_id IS NOT NULL))[1] AS municipality_id,
    (array_agg(attributes ->> 'address' ORDER BY turn)
      FILTER (WHERE coalesce(attributes ->> 'address', '') <> ''))[1] AS address,
    (array_agg(attributes ORDER BY turn))[1] AS attributes,
    (array_agg(geometry ORDER BY turn) FILTER (WHERE point IS NOT NULL))[1] AS geometry,
    (array_agg(point ORDER BY turn) FILTER (WHERE point IS NOT NULL))[1] AS point,
    (array_agg(accuracy ORDER BY turn) FILTER (WHERE point IS NOT NULL))[1] AS accuracy,
    bool_or(reading = 1) AS in_reading_1, bool_or(reading = 2) AS in_reading_2,
    bool_and(is_demonstration) AS is_demonstration, max(published_on) AS confirmed_on
  FROM said GROUP BY service_id
), services_service AS MATERIALIZED (
  SELECT s.id, s.public_id, coalesce(c.name, '') AS name, c.kind_id, k.category_id,
    coalesce(k.level, 'local') AS level, c.status, coalesce(c.valence, '') AS valence,
    CASE WHEN c.valence IS NULL THEN '' ELSE 'declared' END AS valence_origin,
    c.municipality_id, coalesce(c.address, '') AS address, c.attributes, c.in_reading_1, c.in_reading_2,
    c.is_demonstration, coalesce(c.accuracy, '') AS accuracy, c.geometry, c.point,
    ST_Transform(c.point, 3857) AS point_web, ST_Transform(c.geometry, 3857) AS geometry_web, c.confirmed_on,
    NULL::bigint AS redirect_to_id, NULL::timestamptz AS retired_at
  FROM chosen c
  JOIN services_service s ON s.id = c.service_id AND s.created_at < %s AND (s.retired_at IS NULL OR s.retired_at >= %s)
  LEFT JOIN services_servicetype k ON k.slug = c.kind_id
),
