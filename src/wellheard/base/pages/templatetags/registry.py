"""The one library that the component modules beside this file register their tags in."""

from django.template import Library

register = Library()
