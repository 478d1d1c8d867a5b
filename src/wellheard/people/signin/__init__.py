"""How staff prove who they are: password, passkey, code, or the organisation's own sign-in."""
