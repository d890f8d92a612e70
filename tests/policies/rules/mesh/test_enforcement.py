"""The proxy that enforces a policy sees what it asks for."""

from policies.rules.mesh.enforcement import RULES
from tests.policies.corpus_cases import corpus_test

test_files_of_the_corpus = corpus_test(RULES, "mesh/enforcement")
