-- All features of a filter, one row each, in the order of the list. Parameters: features (hits' last but two).
WITH {past} feature AS NOT MATERIALIZED ({features} ORDER BY s.id)
SELECT {columns} FROM feature
