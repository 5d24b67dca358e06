-- How many differences of each kind a delivery has (differences.sql). Parameters: delivery, source.
SELECT d.kind, count(*)::int FROM ({differences}) d GROUP BY d.kind
