// Fakes serves the four fakes on loopback addresses, and adds records while it runs. With -tenants
// it serves several sets of them. It writes a configuration for the collector, and prints its path
// and the URL for questions to the fakes. It ends when interrupted.
//
//	go run ./test/fakes -dir /tmp/fakes -records 20000
//	go run . -config /tmp/fakes/collector.yaml -follow
package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/signal"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/activity-sdk/activity/examples/collector/internal/fakes"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx); err != nil {
		fmt.Fprintln(os.Stderr, "fakes:", err)
		os.Exit(1)
	}
}

// Ready is printed as a line of JSON when the fakes are ready.
type Ready struct {
	Config  string // the collector's configuration
	Control string // URL of fakes.Sets.Control
}

func run(ctx context.Context) error {
	dir := flag.String("dir", ".", "where to write collector.yaml and the secrets that it refers to")
	tenants := flag.Int("tenants", 1, "tenants of each service, each with its own fakes: demo, demo2, demo3, …")
	records := flag.Int("records", 1000, "records of each feed at the start")
	span := flag.Duration("span", 72*time.Hour, "how far back these reach")
	growth := flag.Int("growth", 0, "records of each feed that are added while the fakes run")
	pace := flag.Float64("pace", 50, "records of each feed that are added in a second")
	every := flag.Duration("every", time.Second, "time between two rounds, for the configuration")
	lease := flag.Duration("lease", 400*time.Millisecond, "length of JetStream's leases, for the configuration")
	flag.Parse()

	if *tenants < 1 {
		return fmt.Errorf("-tenants %d: there must be at least 1", *tenants)
	}
	services := fakes.NewSets(*tenants)
	defer services.Close()
	begin := time.Now()
	services.Add(*records, begin.Add(-*span), begin)
	config, err := services.WriteConfig(*dir, begin.Add(-*span), *every, *lease)
	if err != nil {
		return err
	}
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	var growing atomic.Bool
	growing.Store(*growth > 0)
	control := http.Server{Handler: services.Control(&growing), ReadHeaderTimeout: time.Minute}
	go func() { _ = control.Serve(listener) }() // until Close
	defer func() { _ = control.Close() }()
	if err := json.NewEncoder(os.Stdout).Encode(Ready{config, "http://" + listener.Addr().String()}); err != nil {
		return err
	}
	services.Grow(ctx, *pace, *growth)
	growing.Store(false)
	<-ctx.Done()
	return nil
}
