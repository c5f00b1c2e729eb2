"""What a browser may do with our answers: the headers that all of them carry. Pure."""

from __future__ import annotations

# No script at all, no inline styles, no pictures of other hosts: those would learn who reads what.
POLICY = (
    "default-src 'none'; img-src 'self' data:; style-src 'self'; form-action 'self'; base-uri 'none';"
    " frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
}
# Feeds and other answers for programs are for every site; pages are for ours.
OPEN = {
    "Cross-Origin-Resource-Policy": "cross-origin",
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": "ETag, Last-Modified, Link, Retry-After, X-Request-Id",
}
CLOSED = {"Cross-Origin-Resource-Policy": "same-origin"}
# What is no page of ours gets no rights at all, however a browser reads it.
ALONE = {"Content-Security-Policy": "default-src 'none'; sandbox"}
# What other sites show in a frame of theirs: a list with its stylesheet and nothing more.
FRAMED = {
    "Content-Security-Policy": "default-src 'none'; img-src data:; style-src 'self'; base-uri 'none';"
    " form-action 'none'; frame-ancestors *"
}
