"""The room's tables: each feature keeps its own models; Django finds them here."""

from wellheard.listen.builder.models import SurveyDraft as SurveyDraft
from wellheard.listen.builder.models import SurveyTrial as SurveyTrial
from wellheard.listen.cards.models import CardDraft as CardDraft
from wellheard.listen.cards.models import CardReceipt as CardReceipt
from wellheard.listen.cards.models import DraftFile as DraftFile
from wellheard.listen.cards.models import FollowLink as FollowLink
from wellheard.listen.intake.models import Attachment as Attachment
from wellheard.listen.intake.models import AttachmentContent as AttachmentContent
from wellheard.listen.intake.models import Comment as Comment
from wellheard.listen.intake.models import Disposition as Disposition
from wellheard.listen.intake.models import OrphanFinding as OrphanFinding
from wellheard.listen.intake.models import Ownership as Ownership
from wellheard.listen.intake.models import PassedOn as PassedOn
from wellheard.listen.intake.models import Translation as Translation
from wellheard.listen.invitations.models import Invitation as Invitation
from wellheard.listen.invitations.models import InvitationFile as InvitationFile
from wellheard.listen.responses.models import Response as Response
from wellheard.listen.sampling.models import FeedAlarm as FeedAlarm
from wellheard.listen.sampling.models import ModeStep as ModeStep
from wellheard.listen.sampling.models import PlanStep as PlanStep
from wellheard.listen.sampling.models import SampleMember as SampleMember
from wellheard.listen.sampling.models import SamplePlan as SamplePlan
from wellheard.listen.sampling.models import TopUp as TopUp
from wellheard.listen.sampling.models import Wave as Wave
from wellheard.listen.surveys.models import InstrumentDecision as InstrumentDecision
from wellheard.listen.surveys.models import InstrumentProposal as InstrumentProposal
