-- What the records in force say of the services in the temporary table affected_service, as the table `shown`.
CREATE TEMPORARY TABLE shown ON COMMIT DROP AS
WITH spoken AS (
    SELECT i.service_id, v.public_id, src.reading, src.is_demonstration, c.*
    FROM affected_service a
    JOIN services_service v ON v.id = a.service_id AND v.redirect_to_id IS NULL
    JOIN services_sourceitem i ON i.service_id = a.service_id
    JOIN services_record c ON c.item_id = i.id AND c.to_edition_id IS NULL
    JOIN services_source src ON src.id = i.source_id
)
SELECT shown.* FROM ({shown}) shown;

ANALYZE shown;
