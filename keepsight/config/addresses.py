"""
The network address of the person, also behind a proxy.

A header that anybody can send is believed only as far as our own proxies reach: with
``KEEPSIGHT_PROXIES=1`` the last entry of X-Forwarded-For, which the one proxy wrote itself.
"""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse


class AddressBehindProxy:
    """Puts the address that our outermost proxy saw in place of the proxy's own."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        hops = [hop.strip() for hop in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",") if hop.strip()]
        if settings.PROXIES and len(hops) >= settings.PROXIES:
            request.META["REMOTE_ADDR"] = hops[-settings.PROXIES][:45]
        return self.get_response(request)
