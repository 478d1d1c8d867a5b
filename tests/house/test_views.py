"""Every address says who may use it."""

from django.urls import URLPattern, get_resolver


def patterns(resolver, prefix=""):
    for entry in resolver.url_patterns:
        if isinstance(entry, URLPattern):
            yield prefix + str(entry.pattern), entry.callback
        else:
            yield from patterns(entry, prefix + str(entry.pattern))


OURS = [
    (route, view)
    for route, view in patterns(get_resolver())
    if getattr(view, "__module__", "").startswith("wellheard.")
]


def fault_of(view):
    permission, public = getattr(view, "permission", ""), getattr(view, "public", "")
    if bool(permission) == bool(public):
        return "must carry exactly one of: a permission, a reason to be public"
    if public and len(public.split()) < 4:
        return "say why it is public"
    return ""


def test_every_view_requires_one_permission_or_says_why_it_is_public():
    assert {route: fault for route, view in OURS if (fault := fault_of(view))} == {}
