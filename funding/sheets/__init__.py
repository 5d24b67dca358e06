"""The sections of sheets that this app makes, a file each; `SHEET_SECTIONS` (sttm2/wiring.py)."""
