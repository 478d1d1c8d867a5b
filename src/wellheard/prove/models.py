"""The room's tables: each feature keeps its own models; Django finds them here."""

from wellheard.prove.balance.models import BalancedSet as BalancedSet
from wellheard.prove.balance.models import CostFigure as CostFigure
from wellheard.prove.boards.models import MeasureTarget as MeasureTarget
from wellheard.prove.boards.models import PlaceVisit as PlaceVisit
from wellheard.prove.effects.models import Change as Change
from wellheard.prove.explore.models import ExploreView as ExploreView
from wellheard.prove.reviews.models import DigestOpening as DigestOpening
from wellheard.prove.reviews.models import Finding as Finding
from wellheard.prove.reviews.models import MissedReview as MissedReview
from wellheard.prove.reviews.models import SignOff as SignOff
from wellheard.prove.reviews.models import UnitDigest as UnitDigest
from wellheard.prove.reviews.models import WeeklyReview as WeeklyReview
