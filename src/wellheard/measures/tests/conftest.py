"""Property tests here load scipy and statsmodels on first use, so no example has a deadline."""

from hypothesis import settings

settings.register_profile("measures", deadline=None)
settings.load_profile("measures")
