-- What is shown of services, one row each, from what the relation `spoken` says of them: columns of records with
-- service_id, public_id and the reading and is_demonstration of their source.
-- Each attribute comes from the plan's record (Lettura 1) if it says something, else from the other readings;
-- `origins` names the source item it came from. A service that nobody speaks of has no row.
WITH said AS (
    SELECT *, row_number() OVER (PARTITION BY service_id ORDER BY reading, from_edition_id DESC, id) AS turn FROM spoken
), chosen AS (
    SELECT service_id, min(public_id) AS public_id,
           (array_agg(name ORDER BY turn) FILTER (WHERE name <> ''))[1] AS name,
           (array_agg(item_id ORDER BY turn) FILTER (WHERE name <> ''))[1] AS name_item,
           (array_agg(kind_id ORDER BY turn) FILTER (WHERE kind_id IS NOT NULL))[1] AS kind_id,
           (array_agg(item_id ORDER BY turn) FILTER (WHERE kind_id IS NOT NULL))[1] AS kind_item,
           coalesce((array_agg(valence ORDER BY turn) FILTER (WHERE valence <> ''))[1], '') AS declared,
           (array_agg(status ORDER BY turn))[1] AS status,
           (array_agg(item_id ORDER BY turn))[1] AS first_item,
           (array_agg(municipality_id ORDER BY turn) FILTER (WHERE municipality_id IS NOT NULL))[1] AS municipality_id,
           (array_agg(attributes ->> 'address' ORDER BY turn)
               FILTER (WHERE coalesce(attributes ->> 'address', '') <> ''))[1] AS address,
           (array_agg(item_id ORDER BY turn)
               FILTER (WHERE coalesce(attributes ->> 'address', '') <> ''))[1] AS address_item,
           (array_agg(attributes ORDER BY turn))[1] AS attributes,
           (array_agg(geometry ORDER BY turn) FILTER (WHERE point IS NOT NULL))[1] AS geometry,
           (array_agg(point ORDER BY turn) FILTER (WHERE point IS NOT NULL))[1] AS point,
           (array_agg(accuracy ORDER BY turn) FILTER (WHERE point IS NOT NULL))[1] AS accuracy,
           (array_agg(item_id ORDER BY turn) FILTER (WHERE point IS NOT NULL))[1] AS point_item,
           bool_or(reading = 1) AS in_reading_1, bool_or(reading = 2) AS in_reading_2,
           bool_and(is_demonstration) AS is_demonstration
    FROM said GROUP BY service_id
)
SELECT c.service_id, c.public_id, coalesce(c.name, '') AS name, c.kind_id, t.category_id,
       -- A type nobody recognised is not called supra-municipal.
       coalesce(t.level, 'local') AS level, coalesce(t.default_valence, '') AS default_valence,
       c.status, c.declared, c.municipality_id,
       -- As much as the column holds, and as is shown of a name; the record's attributes keep the whole.
       left(coalesce(c.address, ''), 300) AS address, c.attributes,
       jsonb_strip_nulls(jsonb_build_object(
           'name', c.name_item, 'kind', c.kind_item, 'status', c.first_item, 'address', c.address_item,
           'position', c.point_item, 'attributes', c.first_item)) AS origins,
       c.in_reading_1, c.in_reading_2, c.is_demonstration, coalesce(c.accuracy, '') AS accuracy,
       c.geometry, c.point, coalesce(ST_Area(c.geometry), 0) AS area
FROM chosen c LEFT JOIN services_servicetype t ON t.slug = c.kind_id
