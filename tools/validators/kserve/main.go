// What KServe's and KEDA's webhooks refuse, said by their own code: KServe's go.mod pins the KEDA it is built with.
package main

import "slipway/tools/validators/protocol"

func main() {
	protocol.Serve(map[string]protocol.Check{
		"serving.kserve.io/v1beta1 InferenceService":           inferenceService,
		"serving.kserve.io/v1alpha1 InferenceGraph":            inferenceGraph,
		"serving.kserve.io/v1alpha1 TrainedModel":              trainedModel,
		"serving.kserve.io/v1alpha1 ClusterServingRuntime":     clusterServingRuntime,
		"serving.kserve.io/v1alpha1 ServingRuntime":            servingRuntime,
		"serving.kserve.io/v1alpha2 LLMInferenceService":       languageModel,
		"serving.kserve.io/v1alpha2 LLMInferenceServiceConfig": languageModelConfig,
		"keda.sh/v1alpha1 ScaledObject":                        scaledObject,
		"keda.sh/v1alpha1 ScaledJob":                           scaledJob,
		"keda.sh/v1alpha1 TriggerAuthentication":               triggerAuthentication,
		"keda.sh/v1alpha1 ClusterTriggerAuthentication":        clusterTriggerAuthentication,
	})
}
