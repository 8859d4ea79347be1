"""Addresses of Singularity Registry Server lead to the page that answers the same question here."""

from __future__ import annotations

from urllib.parse import urljoin

import pytest
import requests

ENDPOINT = "e0000000-0000-4000-8000-000000000002"
MOVED = {
    "/about": "/", "/tools/": "/", "/terms": "/",
    "/u/profile": "/settings/profile", "/u/profile/vsoch/": "/settings/profile",
    "/token": "/settings/integrations#api", "/token/": "/settings/integrations#api", "/token/update": "/settings/integrations#api", "/auth/tokens": "/settings/integrations#api",
    "/logout/": "/settings/sessions",
    "/search": "/collections?", "/searching?q=two%20words": "/collections?q=two%20words", "/search/avocados": "/collections?q=avocados",
    "/collections/new": "/collections", "/collections/downloads": "/collections", "/collections/my": "/settings/collections", "/collections/stars": "/settings/favorites",
    "/collections/7/settings": "/collections/7", "/collections/7/usage/": "/collections/7", "/favorite/7": "/collections/7",
    "/collections/vsoch/tacos": "/collections?q=tacos",
    "/containers/9/view": "/containers/9", "/containers/9/tags": "/containers/9", "/containers/tacos/avocados:latest": "/collections?q=avocados+latest",
    "/tags": "/collections", "/tags/3": "/collections", "/labels": "/collections", "/labels/key/maintainer": "/collections?q=maintainer",
    "/labels/key/maintainer/value/vanessa": "/collections?q=vanessa",
    "/search//other.example": "/collections?q=other.example", "/u/profile/%2f%2fother.example": "/settings/profile",
    f"/globus/endpoint/{ENDPOINT}/9": f"/globus/transfer/9?endpoint={ENDPOINT}",
}
STAYED = ["/collections", "/collections/7", "/containers/9", "/globus/transfer", "/globus/transfer/9", "/login", "/"]


@pytest.mark.parametrize("address", MOVED)
def test_an_old_address_leads_to_its_page(url: str, address: str) -> None:
    answer = requests.get(url + address, allow_redirects=False, timeout=60)
    assert (answer.status_code, answer.headers["Location"]) == (301, MOVED[address])
    there = requests.get(urljoin(url, MOVED[address]), timeout=60)
    assert there.status_code == 200, "to the page itself, or to sign in first"


@pytest.mark.parametrize("address", STAYED)
def test_addresses_that_are_the_same_do_not_move(url: str, address: str) -> None:
    assert requests.get(url + address, allow_redirects=False, timeout=60).status_code in (200, 302, 303)


@pytest.mark.parametrize("address", ["/search/a%0d%0aSet-Cookie:%20x=1", "/labels/key/x/value/%0d%0aX: y", "/search/a/b", "/collections/7/settings/more", "/teams"])
def test_nothing_odd_is_taken_over_into_an_address(url: str, address: str) -> None:
    answer = requests.get(url + address, allow_redirects=False, timeout=60)
    assert answer.status_code in (400, 404) and "Location" not in answer.headers and "Set-Cookie" not in answer.headers
