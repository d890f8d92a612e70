"""The pods of models: what language models and predictive ones have in common."""

from policies.rules.serving.model_pods import RULES
from tests.policies.cases import cases_test
from tests.policies.rules.serving import test_llm, test_predictive

test_language_models = cases_test(RULES, test_llm.PODS)
test_predictive_models = cases_test(RULES, test_predictive.PODS)
