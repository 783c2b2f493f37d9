// Probe asks an account of yours what is not known about its service. It reports whether the
// account works, settles what can be settled, says which options to set, and writes a report that
// shows nothing of the tenant. It only reads.
//
//	go run ./examples/probe               asks the four fakes inside this process
//	go run ./examples/probe -yes          does not ask you before it sends
//	go run ./examples/probe -only opswat  asks some vendors
//
// With a vendor's environment variables set, which are those of the quickstart, it asks the real
// service. Then it asks no fake. probe.json and probe.md are the report: read it before you share
// it.
package main

import (
	"bufio"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"slices"
	"strings"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, os.Args[1:], os.Stdin, os.Stdout, os.Getenv); err != nil {
		fmt.Fprintln(os.Stderr, "probe:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string, in io.Reader, out io.Writer, getenv func(string) string) error {
	flags := flag.NewFlagSet("probe", flag.ContinueOnError)
	flags.SetOutput(out)
	yes := flags.Bool("yes", false, "send without asking; what needs you to do something is left out")
	only := flags.String("only", "", "the `vendors` to ask: some of "+strings.Join(vendorNames(), ",")+"; default all that are configured")
	folder := flags.String("out", ".", "the `folder` for probe.json and probe.md")
	if err := flags.Parse(args); errors.Is(err, flag.ErrHelp) {
		return nil
	} else if err != nil {
		return err
	}
	if flags.NArg() > 0 {
		return fmt.Errorf("%q is not a flag; this program takes nothing else", flags.Arg(0))
	}
	chosen, err := choose(*only)
	if err != nil {
		return err
	}
	services, err := connect(chosen, environment(getenv))
	if err != nil {
		return err
	}
	reports, err := os.OpenRoot(*folder) // before anything is sent: nothing may be asked in vain
	if err != nil {
		return fmt.Errorf("-out: %w", err)
	}
	defer func() { _ = reports.Close() }()
	user := &user{in: bufio.NewReader(in), out: out, silent: *yes}
	plan(out, services)
	if !embedded(services) && !*yes {
		if ok, err := user.confirm(ctx, "Send these requests?"); err != nil || !ok {
			return err
		}
	}
	r := newReport()
	for _, s := range services {
		s.user = user
		r.Services = append(r.Services, s.probe(ctx, out))
		if ctx.Err() != nil {
			break
		}
	}
	return errors.Join(r.save(reports, out), ctx.Err())
}

// vendor is a service that can be asked.
type vendor struct {
	name    string // as -only has it
	connect func(environment) (*service, error)
	fake    func() *service
}

var vendors = []vendor{
	{"aspera", connectAspera, fakeAspera},
	{"snaplogic", connectSnapLogic, fakeSnapLogic},
	{"opswat", connectOPSWAT, fakeOPSWAT},
	{"sdelements", connectSDElements, fakeSDElements},
}

func vendorNames() []string {
	names := make([]string, len(vendors))
	for i, v := range vendors {
		names[i] = v.name
	}
	return names
}

func choose(only string) ([]vendor, error) {
	if only == "" {
		return vendors, nil
	}
	names := strings.Split(strings.ReplaceAll(only, " ", ""), ",")
	for _, name := range names {
		if !slices.Contains(vendorNames(), name) {
			return nil, fmt.Errorf("-only names %q; there are %s", name, strings.Join(vendorNames(), ", "))
		}
	}
	return slices.DeleteFunc(slices.Clone(vendors), func(v vendor) bool { return !slices.Contains(names, v.name) }), nil
}

// connect returns the services that are configured, or the fakes of all that were chosen if none
// is.
func connect(chosen []vendor, e environment) ([]*service, error) {
	var configured, fakes []*service
	for _, v := range chosen {
		s, err := v.connect(e)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", v.name, err)
		}
		if s != nil {
			configured = append(configured, s)
		}
	}
	if len(configured) > 0 {
		return configured, nil
	}
	for _, v := range vendors {
		if s, err := v.connect(e); err != nil || s != nil {
			return nil, fmt.Errorf("%s is configured, and was not chosen by -only: configure what you choose, or nothing to ask the fakes", v.name)
		}
	}
	for _, v := range chosen {
		fakes = append(fakes, v.fake())
	}
	return fakes, nil
}

// embedded reports whether all services are fakes, to which nothing has to leave this process.
func embedded(services []*service) bool {
	return !slices.ContainsFunc(services, func(s *service) bool { return !s.fake })
}

// plan says what will be sent, and where.
func plan(out io.Writer, services []*service) {
	fmt.Fprintln(out, "This asks what is not known about a service. It only reads. At most it sends")
	for _, s := range services {
		fmt.Fprintf(out, "  %3d requests to %s (%s)\n", s.cost(), s.title, s.where)
	}
	fmt.Fprintln(out)
}
