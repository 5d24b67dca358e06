"""A database as it was when migrations began to be kept, and the proof that it comes along."""
