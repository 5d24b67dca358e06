-- Give answers of earlier deliveries again on this one, under one's own name. Parameters: delivery, keys, user, now.
INSERT INTO deliveries_answer
    (source_id, delivery_id, item_id, fingerprint, code, cell, kind, reason, until, by_id, at)
SELECT source_id, %(delivery)s, item_id, fingerprint, code, cell, kind, reason, until, %(user)s, %(now)s
FROM deliveries_answer
WHERE id = ANY (%(keys)s)
