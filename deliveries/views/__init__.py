"""The pages of the workshop: parse, call one function, answer. Nothing is decided here."""
