"""The room's tables: each feature keeps its own models; Django finds them here."""

from wellheard.channels.inbound.models import InboundMessage as InboundMessage
from wellheard.channels.mailbox.models import IncomingMail as IncomingMail
from wellheard.channels.mailbox.models import MailboxState as MailboxState
from wellheard.channels.mailbox.models import MailFile as MailFile
from wellheard.channels.mailbox.models import MailFileContent as MailFileContent
from wellheard.channels.outbox.models import Message as Message
from wellheard.channels.outbox.models import MessageAttempt as MessageAttempt
from wellheard.channels.outbox.models import MessageDecision as MessageDecision
from wellheard.channels.outbox.models import Receipt as Receipt
from wellheard.channels.stops.models import StopNotice as StopNotice
