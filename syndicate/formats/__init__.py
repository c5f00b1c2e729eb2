"""The formats of published feeds."""
