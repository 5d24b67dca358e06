-- How many findings of each code have an answer: it hangs on the content of the first row that the finding names, or on
-- nothing when it is about the whole file. Parameters: delivery.
-- The row is looked up for each finding that may have an answer: right after a check the database does not know how
-- many
-- rows were written, and would join all with all.
WITH answers AS MATERIALIZED (
    SELECT code, fingerprint, cell FROM deliveries_answer WHERE delivery_id = %(delivery)s
), told AS MATERIALIZED (
    SELECT f.code, coalesce(f.params ->> 'withheld', '') AS cell, coalesce((
        SELECT r.fingerprint FROM deliveries_stagedrow r
        WHERE r.delivery_id = f.delivery_id AND r.layer = f.layer AND r."row" = f.rows[1]
        LIMIT 1
    ), '') AS fingerprint
    FROM deliveries_finding f
    WHERE f.delivery_id = %(delivery)s AND f.code IN (SELECT code FROM answers)
)
SELECT code, count(*) FROM told JOIN answers USING (code, cell, fingerprint) GROUP BY code
