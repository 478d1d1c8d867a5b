"""The pages of this feature."""

from wellheard.prove.boards.views.home import home as home
from wellheard.prove.boards.views.overview import measure as measure
from wellheard.prove.boards.views.overview import overview as overview
from wellheard.prove.boards.views.overview import target as target
from wellheard.prove.boards.views.places import monday as monday
from wellheard.prove.boards.views.places import place as place
from wellheard.prove.boards.views.places import places as places
from wellheard.prove.boards.views.roles import analysis as analysis
from wellheard.prove.boards.views.roles import lead as lead
