"""What can be done with comments. Each action is one unit of work: kept whole or not at all."""

from wellheard.listen.intake.actions.amend import amend_comment as amend_comment
from wellheard.listen.intake.actions.amend import place_comment as place_comment
from wellheard.listen.intake.actions.attach import SameReaderError as SameReaderError
from wellheard.listen.intake.actions.attach import add_attachment as add_attachment
from wellheard.listen.intake.actions.attach import add_translation as add_translation
from wellheard.listen.intake.actions.attach import review_translation as review_translation
from wellheard.listen.intake.actions.attach import transcribe as transcribe
from wellheard.listen.intake.actions.decide import assign_owner as assign_owner
from wellheard.listen.intake.actions.decide import decide_comment as decide_comment
from wellheard.listen.intake.actions.decide import pass_on as pass_on
from wellheard.listen.intake.actions.receive import NewComment as NewComment
from wellheard.listen.intake.actions.receive import receive_comment as receive_comment
from wellheard.listen.intake.actions.receive import receive_comments as receive_comments
from wellheard.listen.intake.actions.sweep import sweep_orphans as sweep_orphans
from wellheard.listen.intake.actions.take_up import mark_copy as mark_copy
from wellheard.listen.intake.actions.take_up import not_a_copy as not_a_copy
from wellheard.listen.intake.actions.take_up import take_up as take_up
from wellheard.listen.intake.actions.undo import CommentsInUseError as CommentsInUseError
from wellheard.listen.intake.actions.undo import remove_comment as remove_comment
from wellheard.listen.intake.actions.undo import remove_comments as remove_comments
