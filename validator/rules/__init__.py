"""The catalogue of rules: one file per rule in the folder of its family, with its declaration, its
words in both languages, its two examples and its check.

Beside the folders lies what all rules share. To ask the catalogue: `registry`; to run it: `run`.
"""
