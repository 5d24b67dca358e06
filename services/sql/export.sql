-- All features of a filter, one row each, in the order of the list. Parameters: those of the features.
WITH feature AS NOT MATERIALIZED ({features} ORDER BY s.service_id)
SELECT {columns} FROM feature
