"""The web server's entry."""

import os

from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

from hiring.processes import RUN_MARK, die_with_parent, stay_loaded

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "hiring.settings")
if RUN_MARK in os.environ:
    die_with_parent()  # a worker process of a server that was killed would keep the port

application = get_wsgi_application()
get_resolver().url_patterns  # noqa: B018 - loads all pages now, not with the first visitor
stay_loaded()
