-- Recomputes what is shown of the services in the temporary table affected_service from the records in force.
-- Each attribute comes from the plan's record (Lettura 1) if it says something, else from the other readings;
-- `origins` names the source item it came from. One UPDATE: each costs every index of a service.
-- Parameters: criteria (id of the set in use), day.
CREATE TEMPORARY TABLE shown ON COMMIT DROP AS
WITH said AS (
    SELECT i.service_id, src.reading, src.is_demonstration, c.*,
           row_number() OVER (PARTITION BY i.service_id ORDER BY src.reading, c.from_edition_id DESC, c.id) AS turn
    FROM affected_service a
    JOIN services_sourceitem i ON i.service_id = a.service_id
    JOIN services_record c ON c.item_id = i.id AND c.to_edition_id IS NULL
    JOIN services_source src ON src.id = i.source_id
), chosen AS (
    SELECT service_id,
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
           bool_or(reading = 1) AS in_1, bool_or(reading = 2) AS in_2, bool_and(is_demonstration) AS demonstration
    FROM said GROUP BY service_id
)
SELECT c.*, t.category_id, t.default_valence,
       -- A type nobody recognised is not called supra-municipal.
       coalesce(t.level, 'local') AS level, coalesce(ST_Area(c.geometry), 0) AS area
FROM chosen c LEFT JOIN services_servicetype t ON t.slug = c.kind_id;

ANALYZE shown;

-- First form of the criteria: what the type says by default, and the 5,000 m² of public green.
INSERT INTO services_assessment (
    service_id, criteria_set_id, declared, proposed, validated, confirmed, reasons, override_reason, at)
SELECT service_id, %(criteria)s, declared,
       CASE WHEN kind_id IS NULL THEN ''
            WHEN level = 'local' THEN 'comunale'
            WHEN kind_id = 'aree-a-verde-pubblico' AND area BETWEEN 1 AND 5000 THEN 'comunale'
            ELSE coalesce(default_valence, '') END,
       '', '',
       CASE WHEN kind_id IS NULL THEN '[]'::jsonb
            WHEN kind_id = 'aree-a-verde-pubblico' AND area > 0
            THEN jsonb_build_array(jsonb_build_object('term', 'green-area', 'area_m2', round(area)))
            ELSE jsonb_build_array(jsonb_build_object('term', 'type-default', 'type', kind_id)) END,
       '', now()
FROM shown
ON CONFLICT (service_id, criteria_set_id) DO UPDATE
SET declared = excluded.declared, proposed = excluded.proposed, reasons = excluded.reasons, at = excluded.at;

UPDATE services_service s SET
    name = coalesce(c.name, ''), kind_id = c.kind_id, category_id = c.category_id, level = c.level,
    status = c.status, municipality_id = c.municipality_id, address = coalesce(c.address, ''),
    attributes = c.attributes, geometry = c.geometry, point = c.point, accuracy = coalesce(c.accuracy, ''),
    origins = jsonb_strip_nulls(jsonb_build_object(
        'name', c.name_item, 'kind', c.kind_item, 'status', c.first_item, 'address', c.address_item,
        'position', c.point_item, 'attributes', c.first_item)),
    valence = coalesce(nullif(m.validated, ''), nullif(m.proposed, ''), m.declared),
    valence_origin = CASE WHEN m.validated <> '' THEN 'validated' WHEN m.proposed <> '' THEN 'proposed'
                          WHEN m.declared <> '' THEN 'declared' ELSE '' END,
    in_reading_1 = c.in_1, in_reading_2 = c.in_2, is_demonstration = c.demonstration,
    retired_at = NULL, retired_reason = '', confirmed_on = %(day)s, updated_at = now()
FROM shown c
JOIN services_assessment m ON m.service_id = c.service_id AND m.criteria_set_id = %(criteria)s
WHERE s.id = c.service_id;

-- Nobody speaks of it any more: it is retired, not deleted.
UPDATE services_service s SET
    retired_at = now(), retired_reason = 'non più dichiarato', in_reading_1 = false, in_reading_2 = false,
    updated_at = now()
FROM affected_service a
WHERE s.id = a.service_id AND NOT EXISTS (SELECT 1 FROM shown WHERE shown.service_id = a.service_id);
