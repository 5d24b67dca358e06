-- The records that begin or end with an edition that is not there, is another source's or has another number.
SELECT 'record ' || r.id
FROM services_record r
LEFT JOIN services_sourceitem i ON i.id = r.item_id
LEFT JOIN services_edition begun ON begun.id = r.from_edition_id
LEFT JOIN services_edition ended ON ended.id = r.to_edition_id
WHERE i.id IS NULL
   OR (begun.source_id, begun.number) IS DISTINCT FROM (i.source_id, r.from_number)
   OR (r.to_edition_id IS NOT NULL AND (ended.source_id, ended.number) IS DISTINCT FROM (i.source_id, r.to_number))
