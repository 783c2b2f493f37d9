// Probe checks your account and answers open questions about the vendor's service. It reports
// whether the account works and which options to set. It writes a report, probe.json and probe.md,
// that should show nothing of the tenant. It only reads from the service.
//
//	go run ./examples/probe               probes the four fakes in this process
//	go run ./examples/probe -yes          sends without asking you first
//	go run ./examples/probe -only opswat  probes some vendors
//
// If the environment variables of a vendor are set, it probes the real service instead, and no
// fakes. The variables are those of the quickstart.
//
// Read the report before you share it. It shows the names of JSON members. If a service uses names
// of people there, the probe hides only those that most objects at the same place do not have.
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
	"syscall"

	"github.com/activity-sdk/activity/examples/internal/environment"
)

func main() {
	signal.Ignore(syscall.SIGPIPE) // a closed output must not lose the report
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, os.Args[1:], os.Stdin, os.Stdout, os.Getenv); err != nil {
		fmt.Fprintln(os.Stderr, "probe:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string, in io.Reader, out io.Writer, getenv func(string) string) error {
	flags := flag.NewFlagSet("probe", flag.ContinueOnError)
	flags.SetOutput(out)
	yes := flags.Bool("yes", false, "send without asking; questions that need you to do something stay open")
	only := flags.String("only", "", "the `vendors` to probe, from "+strings.Join(vendorNames(), ",")+" (default: all that are configured)")
	folder := flags.String("out", ".", "the `folder` for probe.json and probe.md")
	if err := flags.Parse(args); errors.Is(err, flag.ErrHelp) {
		return nil
	} else if err != nil {
		return err
	}
	if flags.NArg() > 0 {
		return fmt.Errorf("%q is not a flag: see -h", flags.Arg(0))
	}
	chosen, err := choose(*only)
	if err != nil {
		return err
	}
	services, err := connect(chosen, getenv)
	if err != nil {
		return err
	}
	reports, err := os.OpenRoot(*folder) // before anything is sent, so that no answer is lost
	if err != nil {
		return fmt.Errorf("-out: %w", err)
	}
	defer func() { _ = reports.Close() }()
	ask := &prompt{in: bufio.NewReader(in), out: out, silent: *yes}
	printPlan(out, services)
	if !embedded(services) && !*yes {
		ok, err := ask.confirm(ctx, "Send these requests?")
		if err != nil {
			return err
		}
		if !ok {
			fmt.Fprintln(out, "\nNothing was sent. -yes agrees in advance.")
			return nil
		}
	}
	r := newReport()
	for _, s := range services {
		s.prompt = ask
		r.Services = append(r.Services, s.probe(ctx, out))
		if ctx.Err() != nil {
			break
		}
	}
	return errors.Join(r.save(reports, out), ctx.Err())
}

// vendor is a service that can be probed.
type vendor struct {
	name    string // for -only
	connect func(environment.Variables) (*service, error)
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

// choose returns the vendors that -only names, or all if it is empty.
func choose(only string) ([]vendor, error) {
	if only == "" {
		return vendors, nil
	}
	names := strings.Split(strings.ReplaceAll(only, " ", ""), ",")
	for _, name := range names {
		if !slices.Contains(vendorNames(), name) {
			return nil, fmt.Errorf("-only: %q is not one of %s", name, strings.Join(vendorNames(), ", "))
		}
	}
	return slices.DeleteFunc(slices.Clone(vendors), func(v vendor) bool { return !slices.Contains(names, v.name) }), nil
}

// connect returns the chosen services that are configured. If no vendor is configured, it returns
// fakes.
func connect(chosen []vendor, env environment.Variables) ([]*service, error) {
	var configured, fakes []*service
	for _, v := range chosen {
		s, err := v.connect(env)
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
		if s, err := v.connect(env); err != nil || s != nil {
			return nil, fmt.Errorf("%s is configured, but -only leaves it out: choose a configured vendor, or unset the variables to probe fakes", v.name)
		}
	}
	for _, v := range chosen {
		fakes = append(fakes, v.fake())
	}
	return fakes, nil
}

// embedded reports whether all services are fakes in this process.
func embedded(services []*service) bool {
	return !slices.ContainsFunc(services, func(s *service) bool { return !s.fake })
}

// printPlan prints how many requests will be sent, and where.
func printPlan(out io.Writer, services []*service) {
	fmt.Fprintln(out, "The probe asks what is not known about each service. It only reads. It sends at most:")
	for _, s := range services {
		fmt.Fprintf(out, "  %3d requests to %s (%s)\n", s.cost(), s.title, s.where)
	}
	fmt.Fprintln(out)
}
