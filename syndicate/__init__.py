"""What leaves the archive: feeds, pages and pushes, and the processes that serve them."""

VERSION = "0.1.0"
