"""Signals to deals, and documents to the one that said it first."""
