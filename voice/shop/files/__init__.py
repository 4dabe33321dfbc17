"""How a catalogue stands in a file: YAML or CSV with line numbers, its schema, and its making into a `Catalogue`."""
