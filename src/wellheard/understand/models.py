"""The room's tables: each feature keeps its own models; Django finds them here."""

from wellheard.understand.benchmarks.models import Benchmark as Benchmark
from wellheard.understand.benchmarks.models import BenchmarkEntity as BenchmarkEntity
from wellheard.understand.benchmarks.models import BenchmarkFootnote as BenchmarkFootnote
from wellheard.understand.benchmarks.models import BenchmarkRelease as BenchmarkRelease
from wellheard.understand.concerns.models import Concern as Concern
from wellheard.understand.equity.models import GapAction as GapAction
from wellheard.understand.equity.models import PopulationCount as PopulationCount
from wellheard.understand.facts.models import Fact as Fact
from wellheard.understand.peers.models import Peer as Peer
from wellheard.understand.peers.models import PeerPack as PeerPack
from wellheard.understand.scores.models import MeasureDecision as MeasureDecision
from wellheard.understand.scores.models import MeasureProposal as MeasureProposal
from wellheard.understand.search.models import SearchText as SearchText
from wellheard.understand.search.models import SoughtWords as SoughtWords
from wellheard.understand.segments.models import SegmentDecision as SegmentDecision
from wellheard.understand.segments.models import SegmentForecast as SegmentForecast
from wellheard.understand.segments.models import SegmentVersion as SegmentVersion
from wellheard.understand.themes.models import BlindLabel as BlindLabel
from wellheard.understand.themes.models import CommentReading as CommentReading
from wellheard.understand.themes.models import Correction as Correction
from wellheard.understand.themes.models import OwnTheme as OwnTheme
from wellheard.understand.themes.models import SiteModel as SiteModel
from wellheard.understand.themes.models import ThemeExample as ThemeExample
from wellheard.understand.themes.models import ThemeLabel as ThemeLabel
