"""The room's tables: each feature keeps its own models; Django finds them here."""

from wellheard.people.access.models import ApiToken as ApiToken
from wellheard.people.access.models import GlassBreak as GlassBreak
from wellheard.people.access.models import GlassReview as GlassReview
from wellheard.people.access.models import Membership as Membership
from wellheard.people.access.models import RoleDecision as RoleDecision
from wellheard.people.access.models import RoleProposal as RoleProposal
from wellheard.people.access.models import Ruling as Ruling
from wellheard.people.consent.models import ConsentEntry as ConsentEntry
from wellheard.people.patients.models import ContactPoint as ContactPoint
from wellheard.people.patients.models import Patient as Patient
from wellheard.people.patients.models import PatientPlace as PatientPlace
from wellheard.people.places.models import Organisation as Organisation
from wellheard.people.places.models import Place as Place
from wellheard.people.places.models import PlaceMerge as PlaceMerge
from wellheard.people.places.models import Site as Site
from wellheard.people.places.models import Touchpoint as Touchpoint
from wellheard.people.preferences.models import StatedPreference as StatedPreference
from wellheard.people.signin.models import SignInTry as SignInTry
from wellheard.people.staff.models import OneTimeLink as OneTimeLink
from wellheard.people.staff.models import SignedInSession as SignedInSession
from wellheard.people.staff.models import User as User
from wellheard.people.visits.models import Visit as Visit
from wellheard.people.visits.models import VisitCount as VisitCount
