package activity_test

import (
	"context"
	"errors"
	"fmt"
	"log"
	"log/slog"
	"net/http"
	"os"
	"time"

	"golang.org/x/time/rate"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/opswat"
	"github.com/activity-sdk/activity/opswat/opswattest"
	"github.com/activity-sdk/activity/snaplogic"
	"github.com/activity-sdk/activity/snaplogic/snaplogictest"
)

// read walks over all activities and tells how many there were.
func read(client *snaplogic.Client) int {
	all, err := client.Activities(snaplogic.ActivityQuery{PageSize: 100}).Collect(context.Background(), 0)
	if err != nil {
		log.Fatal(err)
	}
	return len(all)
}

// Options are given to New, and are the same for all vendors. The fakes' Client takes them, too.
func ExampleOption() {
	client, err := snaplogic.New("acme", snaplogic.Basic("svc@example.com", "password"),
		activity.WithUserAgent("acme-siem/1.2"),
		activity.WithRetry(activity.RetryPolicy{MaxAttempts: 8}),
		activity.WithAttemptTimeout(2*time.Minute),
	)
	fmt.Println(client != nil, err)
	// Output: true <nil>
}

// An organization that lives in another region.
func ExampleWithBaseURL() {
	server := snaplogictest.NewServer()
	client, err := snaplogic.New(snaplogictest.Organization, snaplogic.Basic(snaplogictest.User, snaplogictest.Password),
		activity.WithBaseURL("https://emea.snaplogic.com"),
		activity.WithTransport(server.Transport()), // for this example alone
	)
	if err != nil {
		log.Fatal(err)
	}
	read(client)
	fmt.Println(server.Requests()[0].Host)
	// Output: emea.snaplogic.com
}

// A transport with a proxy, certificates or a pool of its own.
func ExampleWithTransport() {
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.MaxIdleConnsPerHost = 4
	client, err := snaplogic.New("acme", snaplogic.Basic("svc@example.com", "password"), activity.WithTransport(transport))
	fmt.Println(client != nil, err)
	// Output: true <nil>
}

// Middleware sees every attempt, retries included, and never a credential.
func ExampleWithMiddleware() {
	server := snaplogictest.NewServer()
	server.Fail(snaplogictest.Fault{Status: 503})
	watch := func(next http.RoundTripper) http.RoundTripper {
		return roundTripper(func(r *http.Request) (*http.Response, error) {
			response, err := next.RoundTrip(r)
			if err == nil {
				fmt.Println(response.StatusCode, "authorization:", r.Header.Get("Authorization") != "")
			}
			return response, err
		})
	}
	read(server.Client(activity.WithMiddleware(watch), quick))
	// Output:
	// 503 authorization: false
	// 200 authorization: false
}

type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// quick is a policy for examples of retries, so that they take no time.
var quick = activity.WithRetry(activity.RetryPolicy{MinWait: time.Millisecond, MaxWait: 2 * time.Millisecond})

// A job that may take its time: more attempts, and up to half an hour if the service asks for it.
// What is left zero keeps its default.
func ExampleWithRetry() {
	server := snaplogictest.NewServer(snaplogictest.WithRows(10))
	for range 7 {
		server.Fail(snaplogictest.Fault{Status: 503})
	}
	patient := activity.RetryPolicy{
		MaxAttempts:   8,
		MinWait:       time.Millisecond, // so that the example takes no time
		MaxWait:       2 * time.Millisecond,
		MaxRetryAfter: 30 * time.Minute,
	}
	fmt.Println(read(server.Client(activity.WithRetry(patient))), len(server.Requests()))
	// Output: 10 8
}

// One attempt that hangs is given up and repeated. The context bounds the whole.
func ExampleWithAttemptTimeout() {
	server := snaplogictest.NewServer(snaplogictest.WithRows(10))
	server.Fail(snaplogictest.Fault{Delay: time.Hour})
	fmt.Println(read(server.Client(activity.WithAttemptTimeout(250*time.Millisecond), quick)), len(server.Requests()))
	// Output: 10 2
}

// On average five requests a second, up to ten at once.
func ExampleWithRateLimit() {
	server := snaplogictest.NewServer(snaplogictest.WithRows(250))
	fmt.Println(read(server.Client(activity.WithRateLimit(rate.Limit(5), 10))), len(server.Requests()))
	// Output: 250 3
}

// One limiter for several clients, whatever their vendors. A limiter of golang.org/x/time/rate fits
// as it is.
func ExampleWithRateLimiter() {
	shared := activity.WithRateLimiter(rate.NewLimiter(rate.Every(100*time.Millisecond), 20))
	first := snaplogictest.NewServer(snaplogictest.WithRows(10)).Client(shared)
	second := snaplogictest.NewServer(snaplogictest.WithRows(20)).Client(shared)
	fmt.Println(read(first), read(second))
	// Output: 10 20
}

// A quota of n requests in any minute wants a window: a token bucket would let almost twice as many
// through. OPSWAT's clients have such a limiter by default; this one is for two credentials of the
// same account.
func ExampleNewWindowLimiter() {
	window := activity.WithRateLimiter(activity.NewWindowLimiter(10, time.Minute))
	server := opswattest.NewServer(opswattest.WithRows(70))
	query := opswat.ActivityQuery{
		StartDate: time.Date(2017, 1, 1, 0, 0, 0, 0, time.UTC),
		EndDate:   time.Date(2018, 6, 1, 0, 0, 0, 0, time.UTC),
	}
	for range 2 {
		all, err := server.Client(window).Activities(query).Collect(context.Background(), 0)
		fmt.Println(len(all), err)
	}
	fmt.Println(opswattest.MaxInWindow(server.APIRequests(), time.Minute))
	// Output:
	// 70 <nil>
	// 70 <nil>
	// 6
}

// counting is a limiter that learns how each attempt ended; one that several machines share looks
// alike.
type counting struct{ statuses map[int]int }

func (c *counting) Wait(ctx context.Context) error { return ctx.Err() }

func (c *counting) Begin(ctx context.Context) (func(activity.Attempt), error) {
	return func(a activity.Attempt) { c.statuses[a.StatusCode]++ }, ctx.Err()
}

// A limiter of your own: Begin takes a slot, and what it returns is called once, when the attempt
// is over.
func ExampleAttemptLimiter() {
	server := snaplogictest.NewServer(snaplogictest.WithRows(250))
	server.Fail(snaplogictest.Fault{Status: 503})
	limiter := &counting{statuses: map[int]int{}}
	read(server.Client(activity.WithRateLimiter(limiter), quick))
	fmt.Println(limiter.statuses)
	// Output: map[200:3 503:1]
}

// Retries and odd records are warnings, attempts are debug messages. No query, body or credential
// is logged.
func ExampleWithLogger() {
	logger := slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelWarn}))
	fmt.Println(read(snaplogictest.NewServer(snaplogictest.WithRows(10)).Client(activity.WithLogger(logger))))
	// Output: 10
}

// The service's logs name the program.
func ExampleWithUserAgent() {
	server := snaplogictest.NewServer()
	read(server.Client(activity.WithUserAgent("acme-siem/1.2")))
	fmt.Println(server.Requests()[0].Header.Get("User-Agent"))
	// Output: acme-siem/1.2 activity-sdk-go
}

// Two accounts of one vendor: errors say whose they are, and a checkpoint of one is refused for the
// other.
func ExampleWithTenant() {
	server := snaplogictest.NewServer()
	prod, staging := server.Client(activity.WithTenant("acme-prod")), server.Client(activity.WithTenant("acme-staging"))
	var stored activity.Checkpoint
	options := activity.FollowOptions{Since: time.Now().Add(-time.Hour)}
	for batch, err := range prod.ActivityFeed(snaplogic.ActivityQuery{}).CatchUp(context.Background(), stored, options) {
		if err != nil {
			fmt.Println(err)
			return
		}
		stored = batch.Checkpoint
	}
	for _, err := range staging.ActivityFeed(snaplogic.ActivityQuery{}).CatchUp(context.Background(), stored, options) {
		failure, _ := errors.AsType[*activity.Error](err)
		fmt.Println(failure.Tenant, errors.Is(err, activity.ErrCheckpointMismatch))
	}
	// Output: acme-staging true
}

// Metrics of every request, without guessing from its path.
func ExampleCallFrom() {
	measured := activity.WithMiddleware(func(next http.RoundTripper) http.RoundTripper {
		return roundTripper(func(req *http.Request) (*http.Response, error) {
			call, _ := activity.CallFrom(req.Context())
			resp, err := next.RoundTrip(req)
			if err == nil {
				fmt.Println(call.Vendor, call.Tenant, call.Op, call.Attempt, resp.StatusCode)
			}
			return resp, err
		})
	})
	server := snaplogictest.NewServer(snaplogictest.WithRows(10))
	server.Fail(snaplogictest.Fault{Status: 503})
	read(server.Client(activity.WithTenant("acme-prod"), measured, quick))
	// Output:
	// snaplogic acme-prod list activities 1 503
	// snaplogic acme-prod list activities 2 200
}

// A small machine: no answer above 4 MiB. Choose PageSize to fit.
func ExampleWithMaxResponseBytes() {
	client := snaplogictest.NewServer(snaplogictest.WithRows(250)).Client(activity.WithMaxResponseBytes(4 << 20))
	fmt.Println(read(client))
	// Output: 250
}

// The next page is loaded while one is used. Order and content do not change.
func ExampleWithPrefetch() {
	server := snaplogictest.NewServer(snaplogictest.WithRows(250))
	fmt.Println(read(server.Client(activity.WithPrefetch(1))), len(server.Requests()))
	// Output: 250 3
}

// Plain http to a gateway in a trusted network. Loopback addresses need no option.
func ExampleWithInsecureHTTP() {
	_, err := snaplogic.New("acme", snaplogic.Basic("svc@example.com", "password"),
		activity.WithBaseURL("http://gateway.example.com/snaplogic"),
		activity.WithInsecureHTTP(),
	)
	fmt.Println(err)
	// Output: <nil>
}
