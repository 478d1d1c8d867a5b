"""How staff prove who they are: password, passkey, one-time code, or the organisation's own sign-in."""
