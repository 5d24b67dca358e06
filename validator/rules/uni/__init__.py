"""UNI: identifiers, and rows that tell the same thing twice."""
