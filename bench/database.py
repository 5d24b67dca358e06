"""The throw-away database of the benchmark: made-up services inside the 133 real comuni."""

import os
import subprocess
import sys
from dataclasses import dataclass
from urllib.parse import urlsplit, urlunsplit

import psycopg

NAME = os.environ.get("BENCH_DB", "bench_sttm2")


def bench_url() -> str:
    """DATABASE_URL with the throw-away name in place of the portal's."""
    parts = urlsplit(os.environ["DATABASE_URL"])
    return urlunsplit(parts._replace(path=f"/{NAME}"))


def connect(url: str) -> psycopg.Connection:
    """A plain autocommit connection (GeoDjango's scheme is not psycopg's)."""
    return psycopg.connect(url.replace("postgis://", "postgresql://", 1), autocommit=True)


def drop() -> None:
    with connect(os.environ["DATABASE_URL"]) as admin:
        admin.execute(f"DROP DATABASE IF EXISTS {NAME} WITH (FORCE)")


def create() -> None:
    """Make it, migrate it, load territory and taxonomy: by the product's own commands."""
    drop()
    with connect(os.environ["DATABASE_URL"]) as admin:
        admin.execute(f"CREATE DATABASE {NAME}")
    environment = {**os.environ, "DATABASE_URL": bench_url()}
    for command in (["migrate", "-v0"], ["load_territory", "-v0"], ["load_taxonomy", "-v0"]):
        subprocess.run([sys.executable, "manage.py", *command], env=environment, check=True)


@dataclass(frozen=True)
class Filled:
    """How many services stand in the database, and how long it took to put them there."""

    services: int
    seconds: float


_COUNTS = "services_statecount, services_cellcount"
#: Of every fifth service there is an earlier state: a past day shows fewer, and otherwise.
_HISTORY = """
INSERT INTO services_servicestate (
  service_id, public_id, valid_from, valid_to, name, kind_id, category_id, level, status, declared,
  proposed, validated, confirmed, reasons, override_reason, municipality_id, address, attributes,
  origins, in_reading_1, in_reading_2, is_demonstration, accuracy, geometry, point, confirmed_on)
SELECT service_id, public_id, '2024-01-01', valid_from, name, kind_id, category_id, level,
  'previsto', declared, proposed, validated, confirmed, reasons, override_reason, municipality_id,
  address, attributes, origins, in_reading_1, in_reading_2, is_demonstration, accuracy, geometry,
  point, confirmed_on
FROM services_servicestate WHERE service_id %% 5 = 0
"""
_FILL = """
WITH kinds AS (
  SELECT array_agg(slug) AS slugs, count(*) AS n FROM services_servicetype WHERE level = 'supra'
), comuni AS (
  SELECT m.istat, m.geometry, row_number() OVER (ORDER BY ST_Area(m.geometry) DESC) AS place,
    greatest(1, round(%(n)s * ST_Area(m.geometry) / sum(ST_Area(m.geometry)) OVER ()))::int
      AS share
  FROM zones_municipality m
), points AS (
  SELECT istat, (ST_Dump(ST_GeneratePoints(geometry, share + 1, 7))).geom AS point FROM comuni
), numbered AS (
  SELECT *, row_number() OVER (ORDER BY random()) AS i FROM points
), known AS (
  INSERT INTO services_service (public_id, retired_reason, created_at)
  SELECT 's-' || lpad(to_hex(i), 8, '0'), '', now() FROM generate_series(1, %(n)s) i
  RETURNING id, public_id
)
INSERT INTO services_servicestate (
  service_id, public_id, valid_from, name, kind_id, category_id, level, status, declared, proposed,
  validated, confirmed, reasons, override_reason, municipality_id, address, attributes, origins,
  in_reading_1, in_reading_2, is_demonstration, accuracy, geometry, point, confirmed_on)
SELECT known.id, known.public_id, '2025-01-01',
  (ARRAY['Biblioteca', 'Palestra', 'Centro sportivo', 'Teatro', 'Ospedale', 'Scuola', 'Museo',
    'Parco'])[1 + i %% 8] || ' comunale ' || i,
  k.slug, k.category_id, 'supra',
  (ARRAY['esistente','esistente','esistente','previsto'])[1 + i %% 4],
  (ARRAY['intercomunale','metropolitana'])[1 + i %% 2], '', '', '', '[]', '', istat,
  'Via Roma ' || i %% 200,
  jsonb_build_object('capacity', i %% 900, 'owner', 'Comune'), '{}', i %% 5 <> 0,
  i %% 5 = 0 OR i %% 7 = 0, false, 'civico', point, point,
  '2026-06-30'
FROM numbered JOIN known ON known.public_id = 's-' || lpad(to_hex(i), 8, '0'), kinds, LATERAL (
  SELECT slug, category_id FROM services_servicetype WHERE slug = slugs[1 + i %% kinds.n]
) k
WHERE i <= %(n)s
ORDER BY i
"""


def fill(services: int) -> None:
    """Exactly so many services at random places inside the comuni, by area, types in turn."""
    with connect(bench_url()) as connection:
        connection.execute(f"TRUNCATE services_service, {_COUNTS} RESTART IDENTITY CASCADE")
        connection.execute(_FILL, {"n": services})
        connection.execute(_HISTORY, {})


def settle() -> None:
    """Statistics and visibility as the database's own housekeeping leaves them."""
    with connect(bench_url()) as connection:
        connection.execute("VACUUM ANALYZE")


def empty() -> None:
    """No services: deliveries are compared with what is in force."""
    with connect(bench_url()) as connection:
        tables = f"services_service, services_source, {_COUNTS}"
        connection.execute(f"TRUNCATE {tables} RESTART IDENTITY CASCADE")
