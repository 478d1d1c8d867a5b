"""Addresses of signing in, under /accounts/. The names are those that allauth looks for."""

from allauth.account import views as account
from allauth.mfa.base import views as factors
from allauth.mfa.recovery_codes import views as codes
from allauth.mfa.totp import views as totp
from allauth.mfa.webauthn import views as webauthn
from allauth.socialaccount import views as social
from django.urls import path, re_path

from wellheard.people.signin import sso, views
from wellheard.people.signin.doors import entrance, own

urlpatterns = [
    path("login/", entrance(account.login), name="account_login"),
    path("logout/", views.sign_out, name="account_logout"),
    path("welcome/<str:token>/", views.welcome, name="signin_welcome"),
    path("lock/", views.lock, name="signin_lock"),
    path("still-here/", views.still_here, name="signin_still_here"),
    path("reauthenticate/", entrance(account.reauthenticate), name="account_reauthenticate"),
    path("password/change/", own(account.password_change), name="account_change_password"),
    path("password/set/", own(account.password_set), name="account_set_password"),
    path("password/reset/", views.ask_for_reset, name="account_reset_password"),
    path(
        "password/reset/done/",
        entrance(account.password_reset_done),
        name="account_reset_password_done",
    ),
    re_path(
        r"^password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>[^/]+)/$",
        entrance(account.password_reset_from_key),
        name="account_reset_password_from_key",
    ),
    path(
        "password/reset/key/done/",
        entrance(account.password_reset_from_key_done),
        name="account_reset_password_from_key_done",
    ),
    path("2fa/", own(factors.index), name="mfa_index"),
    path("2fa/authenticate/", entrance(factors.authenticate), name="mfa_authenticate"),
    path("2fa/reauthenticate/", entrance(factors.reauthenticate), name="mfa_reauthenticate"),
    path("2fa/totp/activate/", own(totp.activate_totp), name="mfa_activate_totp"),
    path("2fa/totp/deactivate/", own(totp.deactivate_totp), name="mfa_deactivate_totp"),
    path("2fa/codes/", own(codes.view_recovery_codes), name="mfa_view_recovery_codes"),
    path(
        "2fa/codes/generate/",
        own(codes.generate_recovery_codes),
        name="mfa_generate_recovery_codes",
    ),
    path(
        "2fa/codes/download/",
        own(codes.download_recovery_codes),
        name="mfa_download_recovery_codes",
    ),
    path("2fa/passkeys/", own(webauthn.list_webauthn), name="mfa_list_webauthn"),
    path("2fa/passkeys/add/", own(webauthn.add_webauthn), name="mfa_add_webauthn"),
    path("2fa/passkeys/login/", entrance(webauthn.login_webauthn), name="mfa_login_webauthn"),
    path(
        "2fa/passkeys/reauthenticate/",
        entrance(webauthn.reauthenticate_webauthn),
        name="mfa_reauthenticate_webauthn",
    ),
    path(
        "2fa/passkeys/<int:pk>/remove/", own(webauthn.remove_webauthn), name="mfa_remove_webauthn"
    ),
    path("2fa/passkeys/<int:pk>/edit/", own(webauthn.edit_webauthn), name="mfa_edit_webauthn"),
    path("oidc/<str:provider_id>/login/", entrance(sso.login), name="openid_connect_login"),
    path(
        "oidc/<str:provider_id>/login/callback/",
        entrance(sso.callback),
        name="openid_connect_callback",
    ),
    path("oidc/cancelled/", entrance(social.login_cancelled), name="socialaccount_login_cancelled"),
    path("oidc/error/", entrance(social.login_error), name="socialaccount_login_error"),
]
