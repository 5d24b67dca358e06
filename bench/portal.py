"""Sets Django up on the throw-away database; import it before anything of the product."""

import os

import django

from bench.database import bench_url

os.environ["DATABASE_URL"] = bench_url()
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bench.settings")
os.environ.setdefault("STTM2_QUEUE", "bench")
os.environ.setdefault("STTM2_LOG_LEVEL", "ERROR")
django.setup()
