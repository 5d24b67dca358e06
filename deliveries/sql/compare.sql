-- What a delivery differs in (differences.sql), apart, to be written down by propose.sql in the same transaction: this
-- reads alone, however long it takes. Parameters: delivery, source.
DROP TABLE IF EXISTS pg_temp.proposed;

CREATE TEMPORARY TABLE proposed ON COMMIT DROP AS
{differences};
