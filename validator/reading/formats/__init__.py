"""The accepted formats, one file each; `reading.registry` finds them."""
