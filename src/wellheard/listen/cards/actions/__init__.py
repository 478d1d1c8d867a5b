"""Drafts of cards, and the sending that turns one into a comment."""

from wellheard.listen.cards.actions.drafts import Draft as Draft
from wellheard.listen.cards.actions.drafts import add_file as add_file
from wellheard.listen.cards.actions.drafts import clear_screen as clear_screen
from wellheard.listen.cards.actions.drafts import draft_key as draft_key
from wellheard.listen.cards.actions.drafts import drop_draft as drop_draft
from wellheard.listen.cards.actions.drafts import keep_draft as keep_draft
from wellheard.listen.cards.actions.drafts import listed_files as listed_files
from wellheard.listen.cards.actions.drafts import open_draft as open_draft
from wellheard.listen.cards.actions.drafts import remove_file as remove_file
from wellheard.listen.cards.actions.drafts import start_draft as start_draft
from wellheard.listen.cards.actions.drafts import sweep_drafts as sweep_drafts
from wellheard.listen.cards.actions.send import CardFields as CardFields
from wellheard.listen.cards.actions.send import Sent as Sent
from wellheard.listen.cards.actions.send import receive_card as receive_card
from wellheard.listen.cards.actions.send import send_draft as send_draft
