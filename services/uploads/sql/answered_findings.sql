-- How many findings of each code have an answer: it hangs on the content of the first row that the finding names, or on
-- nothing when it is about the whole file. Parameters: upload.
SELECT f.code, count(*)
FROM uploads_finding f
LEFT JOIN uploads_stagedrow r ON r.upload_id = f.upload_id AND r.layer = f.layer AND r."row" = f.rows[1]
JOIN uploads_answer a ON a.upload_id = f.upload_id AND a.code = f.code AND a.fingerprint = coalesce(r.fingerprint, '')
WHERE f.upload_id = %(upload)s
GROUP BY f.code
