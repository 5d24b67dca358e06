-- Reference layers: {rows} is the layer's queryset, {shape} its geometry simplified for the zoom.
-- Parameters: zoom, x, y; zoom, x, y, margin (a part of the tile's width); the queryset's; buffer.
WITH bounds AS (
  SELECT ST_TileEnvelope(%s, %s, %s) AS tile, ST_TileEnvelope(%s, %s, %s, margin => %s) AS wide
), source AS ({rows})
SELECT ST_AsMVT(feature, '{layer}', 4096, 'geom') FROM (
  SELECT {columns}, ST_AsMVTGeom({shape}, bounds.tile, 4096, %s, true) AS geom
  FROM source, bounds WHERE source.shape_web && bounds.wide ORDER BY 1
) feature
