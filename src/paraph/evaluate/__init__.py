"""How good an engine is: what it found held against annotated documents, with figures, intervals and what goes wrong."""
