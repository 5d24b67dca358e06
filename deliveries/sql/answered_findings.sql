-- How many findings of each code have an answer: it hangs on the content of the first row that the finding names, or on
-- nothing when it is about the whole file. Parameters: delivery.
SELECT f.code, count(*)
FROM deliveries_finding f
LEFT JOIN deliveries_stagedrow r ON r.delivery_id = f.delivery_id AND r.layer = f.layer AND r."row" = f.rows[1]
JOIN deliveries_answer a ON a.delivery_id = f.delivery_id AND a.code = f.code
    AND a.fingerprint = coalesce(r.fingerprint, '') AND a.cell = coalesce(f.params ->> 'withheld', '')
WHERE f.delivery_id = %(delivery)s
GROUP BY f.code
