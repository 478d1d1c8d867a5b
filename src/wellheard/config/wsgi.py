"""The door that granian opens: one WSGI application."""

import gc
import os

from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "wellheard.config.settings")
application = get_wsgi_application()

# All pages are loaded before the first visitor comes; and as they stay for good, the collector
# need not walk over them again and again.
_ = get_resolver().url_patterns
gc.collect()
gc.freeze()
