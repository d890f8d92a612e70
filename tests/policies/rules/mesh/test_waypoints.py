"""Nobody reaches pods past their waypoint."""

from policies.rules.mesh.waypoints import RULES
from tests.policies.corpus_cases import corpus_test

test_files_of_the_corpus = corpus_test(RULES, "mesh/waypoints")
