package main

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"time"
)

// serve answers /healthz and /metrics on the address of -listen until stop is called. Whoever can
// reach the address can read the tenants' names.
func (s *settings) serve(ctx context.Context, metrics, health http.Handler) (stop func(), err error) {
	if s.listen == "" {
		return func() {}, nil
	}
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", s.listen)
	if err != nil {
		return nil, fmt.Errorf("-listen %s: %w: choose a free address, such as 127.0.0.1:9464", s.listen, err)
	}
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", metrics)
	mux.Handle("GET /healthz", health)
	server := &http.Server{Handler: mux, ReadHeaderTimeout: 10 * time.Second, ReadTimeout: 10 * time.Second, WriteTimeout: time.Minute}
	go func() { _ = server.Serve(listener) }() // until Close
	return func() { _ = server.Close() }, nil
}
