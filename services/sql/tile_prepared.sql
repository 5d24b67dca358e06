-- The version of what is shown, and a tile of it unless the asker has that version ($4).
WITH version AS MATERIALIZED (SELECT {version} AS word)
SELECT word, CASE WHEN word IS DISTINCT FROM $4 THEN (
{points_of}
) END FROM version
