package main

func connectOPSWAT(environment) (*service, error) { return nil, nil }

func fakeOPSWAT() *service {
	return &service{name: "opswat", title: "opswat", where: "embedded fake", fake: true, wire: new(wire)}
}
