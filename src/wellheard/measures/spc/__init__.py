"""Control charts with their rules as named data and verdicts in the words of the NHS.

Importing this package loads numpy; a page that draws no chart should import it inside the
function that does.
"""

from wellheard.measures.spc.attributes import p_chart, u_chart
from wellheard.measures.spc.chart import ControlChart, Latest, Rebase
from wellheard.measures.spc.funnel import Funnel, FunnelUnit, funnel
from wellheard.measures.spc.individuals import ManyCharts, xmr, xmr_many
from wellheard.measures.spc.rare import g_chart, t_chart
from wellheard.measures.spc.rulesets import Rule, RuleSet, rule_set, rule_sets
from wellheard.measures.spc.run import RunChart, run_chart

__all__ = [
    "ControlChart",
    "Funnel",
    "FunnelUnit",
    "Latest",
    "ManyCharts",
    "Rebase",
    "Rule",
    "RuleSet",
    "RunChart",
    "funnel",
    "g_chart",
    "p_chart",
    "rule_set",
    "rule_sets",
    "run_chart",
    "t_chart",
    "u_chart",
    "xmr",
    "xmr_many",
]
