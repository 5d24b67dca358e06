"""The pages of deliveries: parse, call one function, answer. Nothing is decided here."""
