"""Queues of Kueue are there and hold what waits."""

from policies.rules.kubernetes.queues import RULES
from tests.policies.corpus_cases import corpus_test

test_files_of_the_corpus = corpus_test(RULES, "kubernetes/queues")
