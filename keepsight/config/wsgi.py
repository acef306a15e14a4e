"""The door for the server."""

import os

from django.core.wsgi import get_wsgi_application

from keepsight.core.packs import book

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "keepsight.config.settings")
application = get_wsgi_application()
book()  # rules that cannot be used stop the server at its start, with their sentence
