"""Tests of the roof: tiles, API root, schema, console."""
