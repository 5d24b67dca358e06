-- One level of the pyramid from the next finer one. Parameters: the level's zoom, the finer one's.
INSERT INTO services_tilecluster (zoom, cell_x, cell_y, category, n, sum_x, sum_y)
SELECT %s, cell_x / 2, cell_y / 2, category, sum(n), sum(sum_x), sum(sum_y)
FROM services_tilecluster WHERE zoom = %s GROUP BY 2, 3, 4
