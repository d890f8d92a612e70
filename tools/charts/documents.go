package main

import (
	"bufio"
	"io"
	"strings"

	utilyaml "k8s.io/apimachinery/pkg/util/yaml"
)

// newDocuments hands out the YAML documents of a text, one at a time; io.EOF after the last.
func newDocuments(text string) func() ([]byte, error) {
	reader := utilyaml.NewYAMLReader(bufio.NewReader(strings.NewReader(text)))
	return func() ([]byte, error) {
		document, err := reader.Read()
		if err == io.EOF {
			return nil, io.EOF
		}
		return document, err
	}
}
