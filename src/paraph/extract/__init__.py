"""Extraction: a document to its signals."""
