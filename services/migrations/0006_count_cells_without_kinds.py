"""Every cell of the map is counted a second time without comune and type: at a million services
the counts with all values of one low-zoom tile are a hundred thousand."""

from django.db import migrations, models
from django.db.models import Q

# As services/sql/count_changes.sql counts, from the counts that there are.
FILL = """
INSERT INTO services_cellcount (
  by_kind, zoom, at, municipality_id, category_id, kind_id, level, status, valence, in_reading_1, in_reading_2, cell_x,
  cell_y, n, sum_x, sum_y)
SELECT false, zoom, at, NULL, category_id, NULL, level, status, valence, in_reading_1, in_reading_2, cell_x, cell_y,
  sum(n), sum(sum_x), sum(sum_y)
FROM services_cellcount
GROUP BY zoom, at, category_id, level, status, valence, in_reading_1, in_reading_2, cell_x, cell_y;
"""


class Migration(migrations.Migration):
    dependencies = [("services", "0005_withhold_cells")]

    operations = [
        migrations.AddField(
            model_name="cellcount",
            name="by_kind",
            field=models.BooleanField(db_default=True, default=True),
        ),
        migrations.RunSQL(FILL, "DELETE FROM services_cellcount WHERE NOT by_kind"),
        migrations.RemoveIndex(model_name="cellcount", name="cell_count_place_idx"),
        migrations.RemoveIndex(model_name="cellcount", name="cell_count_comune_idx"),
        migrations.AddIndex(
            model_name="cellcount",
            index=models.Index(
                fields=["municipality", "zoom", "cell_x", "cell_y"],
                name="cell_count_in_comune_idx",
            ),
        ),
        migrations.AddIndex(
            model_name="cellcount",
            index=models.Index(
                fields=["zoom", "cell_x", "cell_y"],
                name="cell_count_detail_idx",
                condition=Q(by_kind=True),
            ),
        ),
        migrations.AddIndex(
            model_name="cellcount",
            index=models.Index(
                fields=["zoom", "cell_x", "cell_y"],
                name="cell_count_coarse_idx",
                condition=Q(by_kind=False),
            ),
        ),
        migrations.AddIndex(
            model_name="cellcount",
            index=models.Index(
                fields=["zoom", "kind", "cell_x"],
                name="cell_count_kind_idx",
                condition=Q(by_kind=True),
            ),
        ),
    ]
