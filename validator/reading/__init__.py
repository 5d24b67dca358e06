"""From a file of any kind to a `source_file.SourceFile`, in a process that may die; callers use
`client.read`."""
