"""The archive: every article ever taken in, every version of it, and a numbered log of what changed."""
