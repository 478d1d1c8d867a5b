"""Control charts with their rules as named data and verdicts in the words of the NHS.

Importing this package loads numpy; a page that draws no chart should import it inside the
function that does.
"""

from wellheard.measures.spc.attributes import p_chart, u_chart
from wellheard.measures.spc.chart import ControlChart, Latest, Rebase
from wellheard.measures.spc.individuals import ManyCharts, xmr, xmr_many
from wellheard.measures.spc.rulesets import Rule, RuleSet, rule_set, rule_sets

__all__ = [
    "ControlChart",
    "Latest",
    "ManyCharts",
    "Rebase",
    "Rule",
    "RuleSet",
    "p_chart",
    "rule_set",
    "rule_sets",
    "u_chart",
    "xmr",
    "xmr_many",
]
