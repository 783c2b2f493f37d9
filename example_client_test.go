package activity_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"log"
	"log/slog"
	"net/http"
	"os"
	"time"

	"golang.org/x/time/rate"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/opswat"
	"github.com/activity-sdk/activity/opswat/opswattest"
	"github.com/activity-sdk/activity/sdelements"
	"github.com/activity-sdk/activity/sdelements/sdelementstest"
	"github.com/activity-sdk/activity/snaplogic"
	"github.com/activity-sdk/activity/snaplogic/snaplogictest"
)

// read reads all activities and returns how many there were.
func read(client *snaplogic.Client) int {
	all, err := client.Activities(snaplogic.ActivityQuery{PageSize: 100}).Collect(context.Background(), 0)
	if err != nil {
		log.Fatal(err)
	}
	return len(all)
}

// New takes the same options for all vendors. So does Client of the fakes.
func ExampleOption() {
	client, err := snaplogic.New("acme", snaplogic.Basic("svc@example.com", "password"),
		activity.WithUserAgent("acme-siem/1.2"),
		activity.WithRetry(activity.RetryPolicy{MaxAttempts: 8}),
		activity.WithAttemptTimeout(2*time.Minute),
	)
	fmt.Println(client != nil, err)
	// Output: true <nil>
}

// An organization in another region has another address.
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

// A transport of yours can have a proxy, certificates or its own connection pool.
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

// A job that can wait makes more attempts, and waits up to half an hour if the service asks for it.
// A field left zero keeps its default.
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

// An attempt that hangs is given up and repeated. To bound the whole call, use its context.
func ExampleWithAttemptTimeout() {
	server := snaplogictest.NewServer(snaplogictest.WithRows(10))
	server.Fail(snaplogictest.Fault{Delay: time.Hour})
	fmt.Println(read(server.Client(activity.WithAttemptTimeout(250*time.Millisecond), quick)), len(server.Requests()))
	// Output: 10 2
}

// This client sends five requests a second on average, and up to ten at once.
func ExampleWithRateLimit() {
	server := snaplogictest.NewServer(snaplogictest.WithRows(250))
	fmt.Println(read(server.Client(activity.WithRateLimit(rate.Limit(5), 10))), len(server.Requests()))
	// Output: 250 3
}

// Several clients, also of several vendors, can share a limiter. A limiter of
// golang.org/x/time/rate fits as it is.
func ExampleWithRateLimiter() {
	shared := activity.WithRateLimiter(rate.NewLimiter(rate.Every(100*time.Millisecond), 20))
	first := snaplogictest.NewServer(snaplogictest.WithRows(10)).Client(shared)
	second := snaplogictest.NewServer(snaplogictest.WithRows(20)).Client(shared)
	fmt.Println(read(first), read(second))
	// Output: 10 20
}

// A quota of n requests in any minute needs a window: a token bucket would let almost twice as many
// through. OPSWAT's clients have such a limiter by default. This one is shared by two clients of
// the same account.
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

// counting is a limiter that is told how each attempt ended. A limiter that several machines share
// has the same methods.
type counting struct{ statuses map[int]int }

func (c *counting) Wait(ctx context.Context) error { return ctx.Err() }

func (c *counting) Begin(ctx context.Context) (func(activity.Attempt), error) {
	return func(a activity.Attempt) { c.statuses[a.StatusCode]++ }, ctx.Err()
}

// Begin of your own limiter takes a slot. The function that it returns is called once, when the
// attempt is over.
func ExampleAttemptLimiter() {
	server := snaplogictest.NewServer(snaplogictest.WithRows(250))
	server.Fail(snaplogictest.Fault{Status: 503})
	limiter := &counting{statuses: map[int]int{}}
	read(server.Client(activity.WithRateLimiter(limiter), quick))
	fmt.Println(limiter.statuses)
	// Output: map[200:3 503:1]
}

// Retries and records with problems are logged as warnings, attempts as debug messages. Queries,
// bodies and credentials are never logged.
func ExampleWithLogger() {
	logger := slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelWarn}))
	fmt.Println(read(snaplogictest.NewServer(snaplogictest.WithRows(10)).Client(activity.WithLogger(logger))))
	// Output: 10
}

// The service's logs then name your program.
func ExampleWithUserAgent() {
	server := snaplogictest.NewServer()
	read(server.Client(activity.WithUserAgent("acme-siem/1.2")))
	fmt.Println(server.Requests()[0].Header.Get("User-Agent"))
	// Output: acme-siem/1.2 activity-sdk-go
}

// Two accounts of one vendor have two names. Errors contain the name, and a checkpoint of one
// account is refused for the other.
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

// CallFrom returns the call that a request belongs to, for metrics.
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

// On a small machine, answers above 4 MiB are refused. Choose a PageSize that fits.
func ExampleWithMaxResponseBytes() {
	client := snaplogictest.NewServer(snaplogictest.WithRows(250)).Client(activity.WithMaxResponseBytes(4 << 20))
	fmt.Println(read(client))
	// Output: 250
}

// The next page is requested while one is used. Order and content do not change.
func ExampleWithPrefetch() {
	server := snaplogictest.NewServer(snaplogictest.WithRows(250))
	fmt.Println(read(server.Client(activity.WithPrefetch(1))), len(server.Requests()))
	// Output: 250 3
}

// Plain http to a gateway in a trusted network needs this option. Loopback addresses do not.
func ExampleWithInsecureHTTP() {
	_, err := snaplogic.New("acme", snaplogic.Basic("svc@example.com", "password"),
		activity.WithBaseURL("http://gateway.example.com/snaplogic"),
		activity.WithInsecureHTTP(),
	)
	fmt.Println(err)
	// Output: <nil>
}

// once is a policy for the examples of failures: it allows no retry.
var once = activity.WithRetry(activity.RetryPolicy{MaxAttempts: 1})

// failing reads a list whose service misbehaves.
func failing(fault snaplogictest.Fault, opts ...activity.Option) error {
	server := snaplogictest.NewServer(snaplogictest.WithRows(10))
	server.Fail(fault)
	_, err := server.Client(append(opts, once)...).Activities(snaplogic.ActivityQuery{}).Collect(context.Background(), 0)
	return err
}

// A program decides what to do about a failure by its kind.
func ExampleError() {
	explain := func(err error) string {
		failure, ok := errors.AsType[*activity.Error](err)
		switch {
		case errors.Is(err, activity.ErrUnauthorized), errors.Is(err, activity.ErrForbidden):
			return "ask for other credentials"
		case errors.Is(err, activity.ErrRateLimited) && ok:
			return "come back in " + failure.RetryAfter.String()
		case ok && failure.Temporary():
			return "try again later"
		default:
			return "look into it"
		}
	}
	fmt.Println(explain(failing(snaplogictest.Fault{Status: 401})))
	fmt.Println(explain(failing(snaplogictest.Fault{Status: 429, Header: http.Header{"Retry-After": {"3600"}}})))
	fmt.Println(explain(failing(snaplogictest.Fault{Status: 503})))
	fmt.Println(explain(failing(snaplogictest.Fault{Body: "{}"})))
	// Output:
	// ask for other credentials
	// come back in 1h0m0s
	// try again later
	// look into it
}

// The fields of an error say what failed.
func ExampleError_fields() {
	err := failing(snaplogictest.Fault{
		Status: 400,
		Body:   `{"http_status_code": 400, "response_map": {"error_list": [{"message": "limit is too large"}]}}`,
	})
	if failure, ok := errors.AsType[*activity.Error](err); ok {
		fmt.Println(failure.Vendor, "|", failure.Op, "|", failure.Method, failure.Path)
		fmt.Println(failure.StatusCode, failure.Message, failure.Attempts)
	}
	// Output:
	// snaplogic | list activities | GET /api/1/rest/public/activities/Example%20Organization
	// 400 limit is too large 1
}

// ErrInvalid with status 0: the SDK refused the call and sent nothing.
func ExampleError_invalid() {
	client := snaplogictest.NewServer().Client()
	_, err := client.Activities(snaplogic.ActivityQuery{Project: "Atlas"}).Collect(context.Background(), 0) // without its project space
	failure, _ := errors.AsType[*activity.Error](err)
	fmt.Println(errors.Is(err, activity.ErrInvalid), failure.StatusCode, failure.Temporary())
	// Output: true 0 false
}

// ErrUnauthorized: the credentials are wrong, expired or revoked.
func ExampleError_unauthorized() {
	server := snaplogictest.NewServer()
	client, err := snaplogic.New(snaplogictest.Organization, snaplogic.Basic("auditor@example.com", "an old password"),
		activity.WithTransport(server.Transport()))
	if err != nil {
		fmt.Println(err)
		return
	}
	_, err = client.Activities(snaplogic.ActivityQuery{}).Collect(context.Background(), 0)
	fmt.Println(errors.Is(err, activity.ErrUnauthorized))
	// Output: true
}

// ErrForbidden: the credentials are valid, but not for this. A SnapLogic organization that has
// switched HTTP Basic off answers like this.
func ExampleError_forbidden() {
	server := snaplogictest.NewServer(snaplogictest.WithBasicDisabled())
	client, err := snaplogic.New(snaplogictest.Organization, snaplogic.Basic(snaplogictest.User, snaplogictest.Password),
		activity.WithTransport(server.Transport()))
	if err != nil {
		fmt.Println(err)
		return
	}
	_, err = client.Activities(snaplogic.ActivityQuery{}).Collect(context.Background(), 0)
	fmt.Println(errors.Is(err, activity.ErrForbidden))
	// Output: true
}

// ErrNotFound: there is no such record, or the account may not see it.
func ExampleError_notFound() {
	client := sdelementstest.NewServer().Client()
	_, err := client.Activity(context.Background(), 4711)
	fmt.Println(errors.Is(err, activity.ErrNotFound))
	// Output: true
}

// ErrRateLimited: the service asks to wait longer than RetryPolicy.MaxRetryAfter or the context's
// deadline allows.
func ExampleError_rateLimited() {
	err := failing(snaplogictest.Fault{Status: 429, Header: http.Header{"Retry-After": {"3600"}}})
	if failure, ok := errors.AsType[*activity.Error](err); ok && errors.Is(err, activity.ErrRateLimited) {
		fmt.Println("schedule the next run in", failure.RetryAfter)
	}
	// Output: schedule the next run in 1h0m0s
}

// ErrServer: the service failed, and went on failing for as many attempts as RetryPolicy allows.
func ExampleError_server() {
	err := failing(snaplogictest.Fault{Status: 502, Body: "<html>Bad Gateway</html>"})
	failure, _ := errors.AsType[*activity.Error](err)
	fmt.Println(errors.Is(err, activity.ErrServer), failure.StatusCode, failure.Temporary(), string(failure.Body))
	// Output: true 502 true <html>Bad Gateway</html>
}

// ErrMalformed: an answer of another shape than the service documents is an error, never an empty
// list.
func ExampleError_malformed() {
	err := failing(snaplogictest.Fault{Body: "{}"})
	failure, _ := errors.AsType[*activity.Error](err)
	fmt.Println(errors.Is(err, activity.ErrMalformed), failure.Temporary())

	// A login or maintenance page may go away, so that the call is repeated.
	err = failing(snaplogictest.Fault{Body: "<html>Please log in</html>"})
	failure, _ = errors.AsType[*activity.Error](err)
	fmt.Println(errors.Is(err, activity.ErrMalformed), failure.Temporary())

	// So is an answer that breaks off.
	err = failing(snaplogictest.Fault{CutBody: 100})
	failure, _ = errors.AsType[*activity.Error](err)
	fmt.Println(errors.Is(err, io.ErrUnexpectedEOF), failure.Temporary())
	// Output:
	// true false
	// true true
	// true true
}

// ErrResponseTooLarge: ask for smaller pages or raise the bound.
func ExampleError_responseTooLarge() {
	err := failing(snaplogictest.Fault{}, activity.WithMaxResponseBytes(1000))
	fmt.Println(errors.Is(err, activity.ErrResponseTooLarge))
	// Output: true
}

// ErrForeignOrigin: the service redirected to another host, which was not contacted.
func ExampleError_foreignOrigin() {
	err := failing(snaplogictest.Fault{Status: 302, Header: http.Header{"Location": {"https://elsewhere.example.com/"}}})
	fmt.Println(errors.Is(err, activity.ErrForeignOrigin))
	// Output: true
}

// ErrInsecureURL: credentials are sent over https only, except to loopback addresses.
func ExampleError_insecureURL() {
	_, err := sdelements.New("http://sdelements.example.com", sdelements.Token("key"))
	fmt.Println(errors.Is(err, activity.ErrInsecureURL))
	// Output: true
}

// ErrCursorMismatch: the stored cursor belongs to another query. Begin again, or find out who
// changed the query.
func ExampleError_cursorMismatch() {
	client := snaplogictest.NewServer().Client()
	_, err := client.Activities(snaplogic.ActivityQuery{}).From("of another list").Collect(context.Background(), 0)
	fmt.Println(errors.Is(err, activity.ErrCursorMismatch))
	// Output: true
}

// ErrCursorLoop: the list leads back to an earlier page. What was delivered before is good.
func ExampleError_cursorLoop() {
	circle := func(context.Context, activity.Cursor) iter.Seq2[activity.Page[string], error] {
		return func(yield func(activity.Page[string], error) bool) {
			for yield(activity.Page[string]{Items: []string{"again"}, Next: "the same"}, nil) {
			}
		}
	}
	got, err := activity.NewList(circle).Collect(context.Background(), 0)
	fmt.Println(len(got), errors.Is(err, activity.ErrCursorLoop))
	// Output: 2 true
}

// ErrListChanged: too many records vanished while the list was read: the place could not be found
// again. What was delivered before is good; read the list again.
func ExampleError_listChanged() {
	server := snaplogictest.NewServer(snaplogictest.WithRows(5000))
	list := server.Client().Activities(snaplogic.ActivityQuery{PageSize: 1000})
	page, err := list.Page(context.Background(), "")
	if err != nil {
		log.Fatal(err)
	}
	server.Delete(ids(page.Items)...) // all that the cursor could find its place by
	_, err = list.From(page.Next).Collect(context.Background(), 0)
	failure, _ := errors.AsType[*activity.Error](err)
	fmt.Println(errors.Is(err, activity.ErrListChanged), failure.Temporary())
	// Output: true true
}

func ids(items []snaplogic.Activity) (all []string) {
	for _, a := range items {
		all = append(all, a.ID)
	}
	return all
}

// ErrCheckpointMismatch: the stored checkpoint belongs to another feed or query.
func ExampleError_checkpointMismatch() {
	var checkpoint activity.Checkpoint
	err := checkpoint.UnmarshalText([]byte("no checkpoint"))
	fmt.Println(errors.Is(err, activity.ErrCheckpointMismatch))
	// Output: true
}

// The end of a context ends the call, whatever it waits for. errors.Is finds the context's error.
func ExampleError_context() {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	_, err := opswattest.NewServer().Client().Activities(opswat.ActivityQuery{}).Collect(ctx, 0)
	failure, _ := errors.AsType[*activity.Error](err)
	fmt.Println(errors.Is(err, context.Canceled), failure.Temporary())
	// Output: true false
}

// Temporary reports whether trying again later may help.
func ExampleError_Temporary() {
	for _, status := range []int{400, 404, 429, 501, 503} {
		failure, _ := errors.AsType[*activity.Error](failing(snaplogictest.Fault{Status: status}))
		fmt.Println(status, failure.Temporary())
	}
	// Output:
	// 400 false
	// 404 false
	// 429 true
	// 501 false
	// 503 true
}

// In log/slog an error is a group of attributes. None of its text forms holds a credential.
func ExampleError_LogValue() {
	logger := slog.New(slog.NewTextHandler(os.Stdout, &slog.HandlerOptions{ReplaceAttr: withoutTime}))
	logger.Warn("reading failed", "cause", failing(snaplogictest.Fault{Status: 503}))
	// Output:
	// level=WARN msg="reading failed" cause.error="snaplogic: Example Organization: list activities: GET /api/1/rest/public/activities/Example%20Organization: 503 Service Unavailable: service failure" cause.vendor=snaplogic cause.tenant="Example Organization" cause.op="list activities" cause.method=GET cause.path=/api/1/rest/public/activities/Example%20Organization cause.status=503 cause.attempts=1
}

// In JSON an error is an object with members that people can read.
func ExampleError_MarshalJSON() {
	text, _ := json.MarshalIndent(failing(snaplogictest.Fault{Status: 429, Header: http.Header{"Retry-After": {"600"}}, Body: `{"error":"slow down"}`}), "", "  ")
	fmt.Println(string(text))
	// Output:
	// {
	//   "error": "snaplogic: Example Organization: list activities: GET /api/1/rest/public/activities/Example%20Organization: 429 Too Many Requests: rate limited: slow down (retry after 10m0s)",
	//   "vendor": "snaplogic",
	//   "tenant": "Example Organization",
	//   "op": "list activities",
	//   "method": "GET",
	//   "path": "/api/1/rest/public/activities/Example%20Organization",
	//   "status": 429,
	//   "message": "slow down",
	//   "retry_after": "10m0s",
	//   "attempts": 1,
	//   "body": "{\"error\":\"slow down\"}"
	// }
}

func withoutTime(_ []string, a slog.Attr) slog.Attr {
	if a.Key == slog.TimeKey {
		return slog.Attr{}
	}
	return a
}

// A member that does not fit its field leaves only that field zero. Problems names it, and Raw has
// it.
func ExampleFieldProblem() {
	server := snaplogictest.NewServer()
	server.Add(snaplogic.Activity{Raw: []byte(`{"_id": "5b3ce2a1fc7a1b5aa0d03f2c", "create_time": "2018-07-04T15:09:05Z", "by_whom": {"id": 7}}`)})
	all, err := server.Client().Activities(snaplogic.ActivityQuery{}).Collect(context.Background(), 0)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(all[0].ID, all[0].Problems)
	// Output: 5b3ce2a1fc7a1b5aa0d03f2c [{by_whom is an object, want a string}]
}
