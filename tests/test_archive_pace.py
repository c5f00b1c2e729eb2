"""How gently others are asked: each domain slowly and by few at once, and not at all while it wants rest."""

from __future__ import annotations

from itertools import pairwise

import pytest
from feed_server import Answer, FeedServer, Names

from archive.errors import Resting
from archive.fetch import Fetched, Request, fetch_many
from archive.pace import Pace
from archive.settings import Fetch

FEED = b"<rss><channel></channel></rss>"


@pytest.mark.parametrize(
    ("feeds", "domains", "apart"), [(24, 6, 0.3), pytest.param(2000, 40, 1.0, marks=pytest.mark.slow)]
)
def test_every_domain_is_asked_by_two_at_most_and_slowly(
    server: FeedServer, feeds: int, domains: int, apart: float
) -> None:
    latency = 2.5 * apart
    hosts = [f"{'abcde'[n % 5]}.site{n % domains}.com.cn" for n in range(feeds)]
    requests = []
    for number, host in enumerate(hosts):
        server.answer(f"/{number}", Answer(body=FEED, latency=latency))
        requests.append(Request(url=f"http://{host}:{server.port}/{number}"))
    names = Names(dict.fromkeys(hosts, "127.0.0.1"))
    pace = Pace(apart=apart)
    answers = list(fetch_many(requests, settings=Fetch(allow=(server.address,)), pace=pace, resolver=names))
    assert len(answers) == feeds and all(isinstance(answer, Fetched) for _, answer in answers)
    assert max(asked.at_once for asked in server.asked) <= 66  # the server counts a little longer
    began = [asked.at for asked in server.asked]
    assert max(began) - min(began) < feeds * apart / 2  # domains do not wait for each other
    for number in range(domains):
        times = [each.at for each in server.asked if f".site{number}.com.cn" in each.headers["Host"]]
        assert all(later - sooner > apart * 0.3 for sooner, later in pairwise(times))
        assert times[-1] - times[0] >= (len(times) - 1) * apart * 0.8
        assert all(sum(0 <= at - each < latency for each in times) <= 2 for at in times)


def test_a_domain_that_asks_for_rest_is_left_alone_under_all_its_names(server: FeedServer) -> None:
    server.answer("/busy", Answer(status=429, headers={"Retry-After": "60"}))
    server.answer("/", Answer(body=FEED))
    hosts = ["www.one.com", "feeds.one.com", "feeds.two.com"]
    first = Request(url=f"http://www.one.com:{server.port}/busy")
    names, settings = Names(dict.fromkeys(hosts, "127.0.0.1")), Fetch(allow=(server.address,))
    [(_, busy)] = fetch_many([first], settings=settings, pace=Pace(apart=0), resolver=names)
    assert isinstance(busy, Fetched) and busy.rest and busy.rest.domain == "one.com"
    assert 59 <= (busy.rest.until - busy.at).total_seconds() - 1 <= 61
    requests = [Request(url=f"http://{host}:{server.port}/") for host in hosts]
    paused = {busy.rest.domain: busy.rest.until}
    answers = dict(fetch_many(requests, settings=settings, pace=Pace(apart=0), resolver=names, paused=paused))
    assert [isinstance(answers[request], Resting) for request in requests] == [True, True, False]
    assert [asked.headers["Host"].split(":")[0] for asked in server.asked] == [hosts[0], hosts[2]]


def test_a_domain_is_not_asked_sooner_because_a_new_round_begins(server: FeedServer) -> None:
    server.answer("/", Answer(body=FEED))
    names, pace = Names({"www.one.com": "127.0.0.1", "one.com": "127.0.0.1"}), Pace(apart=0.3)
    for host in ("www.one.com", "one.com"):
        request = Request(url=f"http://{host}:{server.port}/")
        list(fetch_many([request], settings=Fetch(allow=(server.address,)), pace=pace, resolver=names))
    assert server.asked[1].at - server.asked[0].at > 0.2
