-- One page of features as finished text, one feature more than asked to know whether there is a next page.
-- Parameters: those before and of the features; limit, four times.
WITH {before} feature AS ({features} ORDER BY s.service_id),
numbered AS (SELECT *, row_number() OVER () AS place FROM feature)
SELECT coalesce(string_agg({feature}, ',') FILTER (WHERE place <= %s), ''),
  count(*) FILTER (WHERE place <= %s),
  CASE WHEN count(*) > %s THEN max(id) FILTER (WHERE place = %s) END
FROM numbered
