"""Whose address stands in the log: the person's, and never one that the person made up."""

import pytest
from django.test import RequestFactory

from keepsight.config.addresses import AddressBehindProxy


@pytest.mark.parametrize(
    ("proxies", "forwarded", "seen"),
    [
        (0, "203.0.113.9", "198.51.100.1"),  # nobody of ours wrote the header
        (1, "203.0.113.9", "203.0.113.9"),
        (1, "10.9.9.9, 203.0.113.9", "203.0.113.9"),  # the first entry came from the person
        (2, "10.9.9.9, 203.0.113.9, 198.51.100.7", "203.0.113.9"),
        (2, "203.0.113.9", "198.51.100.1"),  # a proxy was passed by
        (1, "", "198.51.100.1"),
    ],
)
def test_the_header_is_believed_as_far_as_our_own_proxies_reach(settings, proxies, forwarded, seen):
    settings.PROXIES = proxies
    request = RequestFactory().get("/", REMOTE_ADDR="198.51.100.1", HTTP_X_FORWARDED_FOR=forwarded)
    AddressBehindProxy(lambda request: request)(request)
    assert request.META["REMOTE_ADDR"] == seen
