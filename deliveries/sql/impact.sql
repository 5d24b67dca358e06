-- How the counts of what is shown would change if every difference of a delivery (differences.sql) were accepted: one
-- line per comune, level, category and valence of what would go (n negative, its valence in `validated`), and per what
-- the criteria look at of what would come. A row that nobody knows is a service of its own, with its negative number.
-- Parameters: delivery, source.
WITH difference AS ({differences}),
changed AS (
    SELECT d.row_id, d.item_id, coalesce(i.service_id, -d.row_id) AS service_id
    FROM difference d LEFT JOIN services_sourceitem i ON i.id = d.item_id
    WHERE d.kind <> 'unchanged'
),
affected AS (SELECT DISTINCT service_id FROM changed),
spoken AS (
    SELECT i.service_id, v.public_id, src.reading, src.is_demonstration, c.from_edition_id, c.id, c.item_id, c.name,
           c.kind_id, c.valence, c.status, c.municipality_id, c.attributes, c.geometry, c.point, c.accuracy
    FROM affected a
    JOIN services_service v ON v.id = a.service_id AND v.redirect_to_id IS NULL
    JOIN services_sourceitem i ON i.service_id = a.service_id
    JOIN services_record c ON c.item_id = i.id AND c.to_edition_id IS NULL
    JOIN services_source src ON src.id = i.source_id
    WHERE NOT EXISTS (SELECT FROM changed x WHERE x.item_id = i.id)
    UNION ALL
    -- The edition to come is later than every other.
    SELECT c.service_id, v.public_id, src.reading, src.is_demonstration, 9223372036854775807, r.id, c.item_id, r.name,
           nullif(r.kind, ''), coalesce(r.attributes ->> 'valence', ''),
           coalesce(nullif(r.attributes ->> 'status', ''), 'esistente'), nullif(r.municipality, ''),
           r.attributes, r.geometry, r.point, coalesce(r.attributes ->> 'accuracy', '')
    FROM changed c
    JOIN deliveries_stagedrow r ON r.id = c.row_id
    JOIN deliveries_delivery d ON d.id = r.delivery_id
    JOIN services_source src ON src.id = d.source_id
    LEFT JOIN services_service v ON v.id = c.service_id
    WHERE v.redirect_to_id IS NULL
),
shown AS ({shown})
SELECT -count(*), s.municipality_id, s.level, s.category_id, NULL, '', 0, s.valence, ''
FROM affected a JOIN services_servicestate s ON s.service_id = a.service_id AND s.valid_to IS NULL
GROUP BY s.municipality_id, s.level, s.category_id, s.valence
UNION ALL
SELECT count(*), s.municipality_id, s.level, s.category_id, s.kind_id, s.default_valence, s.area,
       coalesce(l.validated, ''), s.declared
FROM shown s
LEFT JOIN LATERAL (
    SELECT b.validated FROM services_servicestate b
    WHERE b.service_id = s.service_id ORDER BY b.valid_from DESC LIMIT 1
) l ON true
GROUP BY s.municipality_id, s.level, s.category_id, s.kind_id, s.default_valence, s.area, l.validated, s.declared
