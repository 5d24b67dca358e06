-- Compares the rows of a delivery with what is in force of its source and writes the proposals.
-- Parameters: delivery, source, edition (null before the first). Earlier undecided proposals are replaced;
-- decided ones on the same row or item keep their decision when the difference is still the same.

CREATE TEMPORARY TABLE link (row_id bigint PRIMARY KEY, item_id bigint UNIQUE, linked_by text) ON COMMIT DROP;

-- 0. The key that a package of the portal gave back, when it stands once in the delivery.
INSERT INTO link
SELECT r.id, i.id, 'identifier'
FROM (SELECT min(id) AS id, attributes ->> 'portal_key' AS key FROM deliveries_stagedrow
      WHERE delivery_id = %(delivery)s AND coalesce(attributes ->> 'portal_key', '') <> ''
      GROUP BY 2 HAVING count(*) = 1) r
JOIN services_sourceitem i ON i.source_id = %(source)s AND i.key = r.key;

-- 1. The planner's own identifier, when it is unique in the delivery.
INSERT INTO link
SELECT r.id, i.id, 'identifier'
FROM (SELECT min(id) AS id, identifier FROM deliveries_stagedrow
      WHERE delivery_id = %(delivery)s AND identifier <> '' GROUP BY identifier HAVING count(*) = 1) r
JOIN services_sourceitem i ON i.source_id = %(source)s AND i.key = r.identifier
WHERE NOT EXISTS (SELECT 1 FROM link l WHERE l.row_id = r.id OR l.item_id = i.id);

-- 2. The same content: understood attributes and place, one to one.
INSERT INTO link
SELECT r.id, c.item_id, 'fingerprint'
FROM (SELECT id, fingerprint, row_number() OVER (PARTITION BY fingerprint ORDER BY layer, "row") AS n
      FROM deliveries_stagedrow WHERE delivery_id = %(delivery)s AND id NOT IN (SELECT row_id FROM link)) r
JOIN (SELECT c.item_id, c.fingerprint, row_number() OVER (PARTITION BY c.fingerprint ORDER BY c.item_id) AS n
      FROM services_record c JOIN services_sourceitem i ON i.id = c.item_id
      WHERE i.source_id = %(source)s AND c.to_edition_id IS NULL
        AND c.item_id NOT IN (SELECT item_id FROM link)) c
  ON c.fingerprint = r.fingerprint AND c.n = r.n;

-- 3. The same name and type within 50 m: probably the same, and the reviewer is told so.
INSERT INTO link
SELECT DISTINCT ON (item_id) row_id, item_id, 'place' FROM (
    SELECT DISTINCT ON (r.id) r.id AS row_id, c.item_id, ST_Distance(r.point, c.point) AS d
    FROM deliveries_stagedrow r
    JOIN services_record c ON c.to_edition_id IS NULL
     AND lower(unaccent(c.name)) = lower(unaccent(r.name)) AND coalesce(c.kind_id, '') = r.kind
     AND ST_DWithin(r.point, c.point, 50)
    JOIN services_sourceitem i ON i.id = c.item_id AND i.source_id = %(source)s AND (i.key_issued OR r.identifier = '')
    WHERE r.delivery_id = %(delivery)s AND r.name <> ''
      AND r.id NOT IN (SELECT row_id FROM link) AND c.item_id NOT IN (SELECT item_id FROM link)
    ORDER BY r.id, d) near
ORDER BY item_id, d;

-- Differences, attribute by attribute; a key absent on one side is null there.
CREATE TEMPORARY TABLE proposed ON COMMIT DROP AS
SELECT r.id AS row_id, l.item_id, coalesce(l.linked_by, '') AS linked_by,
       CASE WHEN c.id IS NULL THEN NULL ELSE ST_Distance(r.point, c.point) END AS distance,
       CASE WHEN c.id IS NULL THEN 'new'
            WHEN c.fingerprint = r.fingerprint AND coalesce(c.kind_id, '') = r.kind THEN 'unchanged'
            WHEN coalesce(c.kind_id, '') <> r.kind
                OR coalesce(c.valence, '') <> coalesce(r.attributes ->> 'valence', '')
                THEN 'reclassified'
            WHEN coalesce(ST_Distance(r.point, c.point) > 1, (r.point IS NULL) <> (c.point IS NULL)) THEN 'moved'
            ELSE 'edited' END AS kind,
       CASE WHEN c.id IS NULL THEN '{}'::jsonb ELSE coalesce((
           SELECT jsonb_object_agg(k, jsonb_build_array(c.attributes -> k, r.attributes -> k))
           FROM (SELECT jsonb_object_keys(c.attributes) AS k UNION SELECT jsonb_object_keys(r.attributes)) keys
           WHERE c.fingerprint <> r.fingerprint AND c.attributes ->> k IS DISTINCT FROM r.attributes ->> k
             AND k NOT IN ('x', 'y', 'wkt', 'crs', 'portal_key', 'portal_kind')), '{}'::jsonb)
           || CASE WHEN coalesce(c.kind_id, '') <> r.kind
                   THEN jsonb_build_object('kind', jsonb_build_array(c.kind_id, nullif(r.kind, '')))
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
WHERE i.source_id = %(source)s AND i.id NOT IN (SELECT item_id FROM link);

CREATE TEMPORARY TABLE kept ON COMMIT DROP AS
SELECT * FROM deliveries_proposal
WHERE delivery_id = %(delivery)s AND decision <> 'pending' AND published_in_id IS NULL;
DELETE FROM deliveries_proposal WHERE delivery_id = %(delivery)s AND published_in_id IS NULL;

INSERT INTO deliveries_proposal (
    delivery_id, item_id, staged_row_id, kind, linked_by, changes, distance_m, decision, reason_code, note,
    by_id, at, created_at)
SELECT %(delivery)s, p.item_id, p.row_id, p.kind, p.linked_by, p.changes, p.distance,
       coalesce(k.decision, 'pending'), coalesce(k.reason_code, ''), coalesce(k.note, ''), k.by_id, k.at, now()
FROM proposed p
LEFT JOIN kept k ON k.staged_row_id IS NOT DISTINCT FROM p.row_id AND k.kind = p.kind AND k.changes = p.changes
     AND (p.row_id IS NOT NULL OR k.item_id = p.item_id)
WHERE NOT EXISTS (
    SELECT 1 FROM deliveries_proposal done WHERE done.delivery_id = %(delivery)s
     AND (done.staged_row_id = p.row_id OR done.item_id = p.item_id))
ORDER BY p.row_id NULLS LAST, p.item_id;

DROP TABLE link, proposed, kept;
