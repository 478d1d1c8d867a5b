"""One search for each kind of finding: columns in, findings with their sentences out."""
