// Fakes serves the four vendors' fakes on loopback addresses, and adds records while it runs. It
// writes a configuration for the collector, and prints its path and the URL of the fakes' records.
// It ends when its standard input does.
//
//	go run ./internal/cmd/fakes -dir /tmp/fakes
//	go run . --config /tmp/fakes/otelcol.yaml
package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"time"
)

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "fakes:", err)
		os.Exit(1)
	}
}

// Ready is printed as a line of JSON when the fakes are ready.
type Ready struct {
	Config string // path of the collector's configuration
	Output string // path of the file that the collector writes
	// Records is the URL of all records of the fakes, a JSON string on each line. It answers once
	// no more records will be added.
	Records string
}

func run() error {
	dir := flag.String("dir", ".", "where to write otelcol.yaml and the secrets that it refers to")
	records := flag.Int("records", 500, "records of each feed at the start")
	growth := flag.Int("growth", 500, "records of each feed that are added while the fakes run")
	during := flag.Duration("during", 10*time.Second, "how long that takes")
	flag.Parse()

	s := newServices()
	defer s.close()
	s.add(*records, time.Now().Add(-time.Hour), time.Now())
	config, output, err := s.writeConfig(*dir)
	if err != nil {
		return err
	}
	grown := make(chan struct{})
	listener, err := net.Listen("tcp", "127.0.0.1:0") //nolint:noctx // until the process ends
	if err != nil {
		return err
	}
	server := http.Server{ReadHeaderTimeout: time.Minute, Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		select {
		case <-grown:
		case <-r.Context().Done():
			return
		}
		for _, raw := range s.all() {
			_ = json.NewEncoder(w).Encode(raw) // fails if the client is gone
		}
	})}
	go func() { _ = server.Serve(listener) }() // until Close
	defer func() { _ = server.Close() }()
	if err := json.NewEncoder(os.Stdout).Encode(Ready{config, output, "http://" + listener.Addr().String()}); err != nil {
		return err
	}
	go func() {
		s.grow(*growth, *during)
		close(grown)
	}()
	_, err = io.Copy(io.Discard, os.Stdin)
	return err
}
