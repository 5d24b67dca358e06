"""The process that reads and interprets one file, and may die; callers use `client.interpret`, or
`client.read` where a file is only to be read."""
