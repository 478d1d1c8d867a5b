"""Addresses of accounts, under /staff/people/."""

from django.urls import path

from wellheard.people.accounts.views import account, staff

app_name = "staff"
urlpatterns = [
    path("", staff.people, name="people"),
    path("new/", staff.invite, name="invite"),
    path("account/", account.account, name="account"),
    path("account/sessions/end-others/", account.end_others, name="end-others"),
    path("account/sessions/<int:session_id>/end/", account.end_one, name="end-session"),
    path("account/tokens/", account.tokens, name="tokens"),
    path("account/tokens/<int:token_id>/revoke/", account.revoke, name="revoke"),
    path("proposals/<int:proposal_id>/decision/", staff.decide, name="decide"),
    path("<int:user_id>/", staff.colleague, name="colleague"),
    path("<int:user_id>/roles/", staff.add_role, name="add-role"),
    path("<int:user_id>/roles/<int:membership_id>/end/", staff.drop_role, name="drop-role"),
    path("<int:user_id>/rulings/<int:ruling_id>/end/", staff.drop_ruling, name="drop-ruling"),
    path("<int:user_id>/link/", staff.new_link, name="link"),
    path("<int:user_id>/close/", staff.close, name="close"),
    path("<int:user_id>/reopen/", staff.reopen, name="reopen"),
]
