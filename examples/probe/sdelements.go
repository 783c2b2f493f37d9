package main

func connectSDElements(environment) (*service, error) { return nil, nil }

func fakeSDElements() *service {
	return &service{name: "sdelements", title: "sdelements", where: "embedded fake", fake: true, wire: new(wire)}
}
