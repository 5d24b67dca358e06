-- How the rows of a delivery differ from what is in force of its source: one line per row that is not blocked and per
-- item that no row stands for. What was already published of the delivery is left out. Parameters: delivery, source.
-- Rows and what is in force are joined by what is equal, never row by row: of many that are called alike in one place
-- each meets those of the cells of 50 m around it alone.
WITH staged AS (
    SELECT id, identifier, attributes ->> 'portal_key' AS portal_key, fingerprint, layer, "row", name, kind, point
    FROM deliveries_stagedrow WHERE delivery_id = %(delivery)s
),
-- 0. The key that a package of the portal gave back, when it stands once in the delivery.
by_portal_key AS (
    SELECT r.id AS row_id, i.id AS item_id, 'identifier' AS linked_by
    FROM (SELECT min(id) AS id, portal_key FROM staged
          WHERE coalesce(portal_key, '') <> '' GROUP BY portal_key HAVING count(*) = 1) r
    JOIN services_sourceitem i ON i.source_id = %(source)s AND i.key = r.portal_key
),
-- 1. The planner's own identifier, when it is unique in the delivery.
by_identifier AS (
    SELECT r.id AS row_id, i.id AS item_id, 'identifier' AS linked_by
    FROM (SELECT min(id) AS id, identifier FROM staged
          WHERE identifier <> '' GROUP BY identifier HAVING count(*) = 1) r
    JOIN services_sourceitem i ON i.source_id = %(source)s AND i.key = r.identifier
    WHERE NOT EXISTS (SELECT FROM by_portal_key l WHERE l.row_id = r.id)
      AND NOT EXISTS (SELECT FROM by_portal_key l WHERE l.item_id = i.id)
),
identified AS (SELECT * FROM by_portal_key UNION ALL SELECT * FROM by_identifier),
-- 2. The same content: understood attributes and place, one to one.
by_content AS (
    SELECT r.id AS row_id, c.item_id, 'fingerprint' AS linked_by
    FROM (SELECT id, fingerprint, row_number() OVER (PARTITION BY fingerprint ORDER BY layer, "row") AS n
          FROM staged s WHERE NOT EXISTS (SELECT FROM identified l WHERE l.row_id = s.id)) r
    JOIN (SELECT c.item_id, c.fingerprint, row_number() OVER (PARTITION BY c.fingerprint ORDER BY c.item_id) AS n
          FROM services_record c JOIN services_sourceitem i ON i.id = c.item_id
          WHERE i.source_id = %(source)s AND c.to_edition_id IS NULL
            AND NOT EXISTS (SELECT FROM identified l WHERE l.item_id = c.item_id)) c
      ON c.fingerprint = r.fingerprint AND c.n = r.n
),
recognised AS (SELECT * FROM identified UNION ALL SELECT * FROM by_content),
-- 3. The same name and type within 50 m: probably the same, and the reviewer is told so.
unknown AS (
    SELECT s.id, s.identifier, lower(unaccent(s.name)) AS said, s.kind, s.point,
           floor(ST_X(s.point) / 50) AS east, floor(ST_Y(s.point) / 50) AS north
    FROM staged s
    WHERE s.name <> '' AND s.point IS NOT NULL AND NOT EXISTS (SELECT FROM recognised l WHERE l.row_id = s.id)
),
missed AS (
    SELECT c.item_id, i.key_issued, lower(unaccent(c.name)) AS said, coalesce(c.kind_id, '') AS kind, c.point,
           floor(ST_X(c.point) / 50) AS east, floor(ST_Y(c.point) / 50) AS north
    FROM services_record c JOIN services_sourceitem i ON i.id = c.item_id
    WHERE i.source_id = %(source)s AND c.to_edition_id IS NULL AND c.point IS NOT NULL
      AND NOT EXISTS (SELECT FROM recognised l WHERE l.item_id = c.item_id)
),
by_place AS (
    SELECT DISTINCT ON (item_id) row_id, item_id, 'place' AS linked_by FROM (
        SELECT DISTINCT ON (r.id) r.id AS row_id, c.item_id, ST_Distance(r.point, c.point) AS d
        FROM (SELECT m.*, m.east + e AS near_east, m.north + n AS near_north
              FROM missed m, generate_series(-1, 1) e, generate_series(-1, 1) n) c
        JOIN unknown r ON r.said = c.said AND r.kind = c.kind AND r.east = c.near_east AND r.north = c.near_north
         AND (c.key_issued OR r.identifier = '') AND ST_DWithin(r.point, c.point, 50)
        ORDER BY r.id, d) near
    ORDER BY item_id, d
),
link AS (SELECT * FROM recognised UNION ALL SELECT * FROM by_place),
done AS (
    SELECT staged_row_id, item_id FROM deliveries_proposal
    WHERE delivery_id = %(delivery)s AND published_in_id IS NOT NULL
),
-- Attribute by attribute; a key absent on one side is null there. The same content is a change where a cell of it was
-- withheld and no longer is, or the other way round.
difference AS (
    SELECT r.id AS row_id, l.item_id, coalesce(l.linked_by, '') AS linked_by,
           CASE WHEN c.id IS NULL THEN NULL ELSE ST_Distance(r.point, c.point) END AS distance,
           CASE WHEN c.id IS NULL THEN 'new'
                WHEN c.fingerprint = r.fingerprint AND coalesce(c.kind_id, '') = r.kind
                    AND coalesce(c.municipality_id, '') = r.municipality
                    AND NOT EXISTS (SELECT FROM jsonb_object_keys(r.private) k
                                    WHERE c.attributes ->> k IS DISTINCT FROM r.attributes ->> k) THEN 'unchanged'
                WHEN coalesce(c.kind_id, '') <> r.kind
                    OR coalesce(c.valence, '') <> coalesce(r.attributes ->> 'valence', '')
                    THEN 'reclassified'
                WHEN coalesce(ST_Distance(r.point, c.point) > 1, (r.point IS NULL) <> (c.point IS NULL)) THEN 'moved'
                ELSE 'edited' END AS kind,
           CASE WHEN c.id IS NULL THEN '{}'::jsonb ELSE coalesce((
               SELECT jsonb_object_agg(k, jsonb_build_array(
                   -- What is withheld now is not written down again because it was published once.
                   CASE WHEN NOT r.private ? k OR r.attributes ->> k IS NOT NULL THEN c.attributes -> k END,
                   r.attributes -> k))
               FROM (SELECT jsonb_object_keys(c.attributes) AS k UNION SELECT jsonb_object_keys(r.attributes)) keys
               WHERE (c.fingerprint <> r.fingerprint OR r.private <> '{}')
                 AND c.attributes ->> k IS DISTINCT FROM r.attributes ->> k
                 AND k NOT IN ('x', 'y', 'wkt', 'crs', 'portal_key', 'portal_kind')), '{}'::jsonb)
               || CASE WHEN coalesce(c.kind_id, '') <> r.kind
                       THEN jsonb_build_object('kind', jsonb_build_array(c.kind_id, nullif(r.kind, '')))
                       ELSE '{}'::jsonb END
               || CASE WHEN coalesce(c.municipality_id, '') <> r.municipality
                       THEN jsonb_build_object(
                           'municipality', jsonb_build_array(c.municipality_id, nullif(r.municipality, '')))
                       ELSE '{}'::jsonb END
           END AS changes
    FROM deliveries_stagedrow r
    LEFT JOIN link l ON l.row_id = r.id
    LEFT JOIN services_record c ON c.item_id = l.item_id AND c.to_edition_id IS NULL
    WHERE r.delivery_id = %(delivery)s AND NOT r.blocked
    UNION ALL
    SELECT NULL, i.id, '', NULL, 'withdrawn', '{}'::jsonb
    FROM services_sourceitem i
    JOIN services_record c ON c.item_id = i.id AND c.to_edition_id IS NULL
    WHERE i.source_id = %(source)s AND NOT EXISTS (SELECT FROM link l WHERE l.item_id = i.id)
)
SELECT d.* FROM difference d
WHERE NOT EXISTS (SELECT FROM done WHERE done.staged_row_id = d.row_id)
  AND NOT EXISTS (SELECT FROM done WHERE done.item_id = d.item_id)
