"""How fast it is, beside a named peer in the same run: ``make bench``. See README.md."""
