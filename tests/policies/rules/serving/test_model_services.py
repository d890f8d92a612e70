"""KServe's services: what language models and predictive ones have in common."""

from policies.rules.serving.model_services import PLATFORM, RULES
from tests.policies.cases import cases_test
from tests.policies.rules.serving import test_llm, test_predictive

test_language_models = cases_test((*RULES, *PLATFORM), test_llm.SERVICES)
test_predictive_models = cases_test((*RULES, *PLATFORM), test_predictive.SERVICES)
