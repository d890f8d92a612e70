"""Answers of models take as long as they need."""

from policies.rules.gateway.request_timeouts import RULES
from tests.policies.corpus_cases import corpus_test

test_files_of_the_corpus = corpus_test(RULES, "gateway/request_timeouts")
