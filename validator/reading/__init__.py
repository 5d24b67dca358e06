"""From a file of any kind to a `source_file.SourceFile`; runs in the process of `confined`."""
