package main

import (
	"fmt"

	"github.com/activity-sdk/activity"
)

// environment has the variables that configure the vendors.
type environment func(name string) string

// config returns variables that only make sense together. It reports false if none of them is set.
func (e environment) config(required ...string) (map[string]string, bool, error) {
	values := map[string]string{}
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
