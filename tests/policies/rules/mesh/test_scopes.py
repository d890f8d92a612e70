"""Policies that are each right and together are not: exactly these sentences, or none."""

from policies.rules.mesh.scopes import RULES
from tests.policies.corpus_cases import corpus_test

test_files_of_the_corpus = corpus_test(RULES, "mesh/scopes")
