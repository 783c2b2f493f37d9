package main

import (
	"fmt"
	"slices"

	"github.com/activity-sdk/activity"
)

// environment reads a variable.
type environment func(name string) string

// The names of what fakes invent: beside a question, and in pictures and on the page.
const (
	fake     = "embedded fake"
	invented = "invented data from a fake"
)

// any reports whether one of the variables is set.
func (e environment) any(names []string) bool {
	return slices.ContainsFunc(names, func(name string) bool { return e(name) != "" })
}

// config reads variables that only make sense together. None of them set: false.
func (e environment) config(required []string) (values map[string]string, configured bool, err error) {
	values = map[string]string{}
	for _, name := range required {
		if value := e(name); value != "" {
			values[name] = value
		}
	}
	if len(values) == 0 {
		return nil, false, nil
	}
	for _, name := range required {
		if values[name] == "" {
			return nil, false, fmt.Errorf("%s is not set, though others that belong to it are", name)
		}
	}
	return values, true, nil
}

// baseURL is the option for an address of the user's, if there is one.
func (e environment) baseURL(name string) []activity.Option {
	if address := e(name); address != "" {
		return []activity.Option{activity.WithBaseURL(address)}
	}
	return nil
}
