cells AS (
  SELECT cell_x, cell_y, category, n, sum_x, sum_y FROM services_tilecluster
  WHERE zoom = %s AND cell_x BETWEEN %s AND %s AND cell_y BETWEEN %s AND %s
    AND (%s::text[] IS NULL OR category = ANY(%s::text[]))
)
