"""A choice of the address that no cookie remembers goes on with the links of its page. Pure."""

from __future__ import annotations

import re

# What articles say is escaped, and attributes stand in double quotes: these see whole tags of ours.
LINK = re.compile(r'<a\b[^<>"]*(?:"[^"]*"[^<>"]*)*>')
OURS = re.compile(r'(\shref=")(/(?!/)[^"]*)"')
FORM = re.compile(r'(<form\b[^<>]*\smethod="get"[^<>]*>.*?)(</form>)', re.DOTALL)
# What has the choice already, or is no page.
SETTLED = re.compile(
    r"[^#]*(?:[?&;]script=)|/(?:embed|static|picture)/|[^?#]*\.(?:atom|rss|json|jsonl|csv|opml|bib|ris|txt|xml)(?:[?#]|$)"
)


def carrying(html: str, script: str) -> str:
    """A page whose links to pages of ours, and forms that ask for them, ask for a script."""
    told = LINK.sub(
        lambda tag: OURS.sub(lambda found: f'{found[1]}{with_script(found[2], script)}"', tag[0]), html
    )
    return FORM.sub(rf'\1<input type="hidden" name="script" value="{script}">\2', told)


def with_script(address: str, script: str) -> str:
    """An address of a page, as HTML has it, with a script."""
    if SETTLED.match(address):
        return address
    place, mark, part = address.partition("#")
    return f"{place}{'&amp;' if '?' in place else '?'}script={script}{mark}{part}"
