"""Entry of the web server."""

import os

from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

application = get_wsgi_application()
# Pages are imported with their addresses: here, once for all workers, instead of by the first request to each of them.
get_resolver().url_patterns  # noqa: B018
