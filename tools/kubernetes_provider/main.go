// The Kubernetes provider of Pulumi as a program: the module proxy serves its code, and not the schema that its release
// process generates. The engine asks for none.
package main

import (
	"github.com/pulumi/pulumi-kubernetes/provider/v4/pkg/provider"
	"github.com/pulumi/pulumi-kubernetes/provider/v4/pkg/version"
)

func main() {
	provider.Serve("kubernetes", version.Version, []byte(`{"name": "kubernetes"}`), []byte(`{}`))
}
