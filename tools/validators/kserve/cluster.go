package main

import (
	"encoding/json"

	appsv1 "k8s.io/api/apps/v1"
	autoscalingv2 "k8s.io/api/autoscaling/v2"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/meta"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	utilruntime "k8s.io/apimachinery/pkg/util/runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/client/fake"

	keda "github.com/kedacore/keda/v2/apis/keda/v1alpha1"
	"github.com/kserve/kserve/pkg/apis/serving/v1alpha1"
)

// scheme knows what the validators ask a cluster for; other kinds beside an object are left out.
var scheme = func() *runtime.Scheme {
	known := runtime.NewScheme()
	for _, add := range []func(*runtime.Scheme) error{
		appsv1.AddToScheme, autoscalingv2.AddToScheme, corev1.AddToScheme, keda.AddToScheme, v1alpha1.AddToScheme,
	} {
		utilruntime.Must(add(known))
	}
	return known
}()

// mapper of the workloads that KEDA scales.
var mapper = func() meta.RESTMapper {
	known := meta.NewDefaultRESTMapper(nil)
	for _, kind := range []string{"Deployment", "StatefulSet"} {
		known.Add(schema.GroupVersionKind{Group: "apps", Version: "v1", Kind: kind}, meta.RESTScopeNamespace)
	}
	return known
}()

// cluster holds the object and what stands beside it, each once: the last word on a name counts.
func cluster(object []byte, beside [][]byte) (client.Client, error) {
	there := map[string]client.Object{}
	for _, text := range append(append([][]byte{}, beside...), object) {
		made, key, err := decoded(text)
		if err != nil {
			return nil, err
		}
		if made != nil {
			there[key] = made
		}
	}
	builder := fake.NewClientBuilder().WithScheme(scheme).WithRESTMapper(mapper)
	for _, made := range there {
		builder = builder.WithObjects(made)
	}
	return builder.Build(), nil
}

func decoded(text []byte) (client.Object, string, error) {
	var head struct {
		APIVersion string `json:"apiVersion"`
		Kind       string `json:"kind"`
	}
	if err := json.Unmarshal(text, &head); err != nil {
		return nil, "", err
	}
	kind := schema.FromAPIVersionAndKind(head.APIVersion, head.Kind)
	if !scheme.Recognizes(kind) {
		return nil, "", nil
	}
	empty, err := scheme.New(kind)
	if err != nil {
		return nil, "", err
	}
	made, fits := empty.(client.Object)
	if !fits {
		return nil, "", nil
	}
	if err := json.Unmarshal(text, made); err != nil {
		return nil, "", err
	}
	return made, kind.String() + "/" + made.GetNamespace() + "/" + made.GetName(), nil
}
