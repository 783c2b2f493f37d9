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

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/opswat"
	"github.com/activity-sdk/activity/opswat/opswattest"
	"github.com/activity-sdk/activity/sdelements"
	"github.com/activity-sdk/activity/sdelements/sdelementstest"
	"github.com/activity-sdk/activity/snaplogic"
	"github.com/activity-sdk/activity/snaplogic/snaplogictest"
)

// once is a policy for examples of failures, so that they fail at once.
var once = activity.WithRetry(activity.RetryPolicy{MaxAttempts: 1})

// failing reads a list whose service misbehaves.
func failing(fault snaplogictest.Fault, opts ...activity.Option) error {
	server := snaplogictest.NewServer(snaplogictest.WithRows(10))
	server.Fail(fault)
	_, err := server.Client(append(opts, once)...).Activities(snaplogic.ActivityQuery{}).Collect(context.Background(), 0)
	return err
}

// What a program does about a failure, by its kind.
func ExampleError() {
	explain := func(err error) string {
		failure, ok := errors.AsType[*activity.Error](err)
		switch {
		case errors.Is(err, activity.ErrUnauthorized), errors.Is(err, activity.ErrForbidden):
			return "tell somebody"
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
	// tell somebody
	// come back in 1h0m0s
	// try again later
	// look into it
}

// What an error tells.
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

// ErrInvalid with status 0: the SDK refused the call, and sent nothing.
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

// ErrForbidden: the credentials are good, but not for this. A SnapLogic organization that switched
// HTTP Basic off answers so.
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

// ErrRateLimited: the service asks to stay away for longer than RetryPolicy.MaxRetryAfter, or the
// context's deadline, allows to wait.
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

// ErrMalformed: an answer of another shape than the service documents is an error and never an
// empty list.
func ExampleError_malformed() {
	err := failing(snaplogictest.Fault{Body: "{}"})
	failure, _ := errors.AsType[*activity.Error](err)
	fmt.Println(errors.Is(err, activity.ErrMalformed), failure.Temporary())

	// A login or maintenance page in front of the service is repeated, and may pass.
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

// ErrResponseTooLarge: ask for smaller pages, or raise the bound.
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

// ErrInsecureURL: credentials go over https only, but to loopback addresses.
func ExampleError_insecureURL() {
	_, err := sdelements.New("http://sdelements.example.com", sdelements.Token("key"))
	fmt.Println(errors.Is(err, activity.ErrInsecureURL))
	// Output: true
}

// ErrCursorMismatch: the stored cursor is of another query. Begin anew, or find out who changed the
// query.
func ExampleError_cursorMismatch() {
	client := snaplogictest.NewServer().Client()
	_, err := client.Activities(snaplogic.ActivityQuery{}).From("of another list").Collect(context.Background(), 0)
	fmt.Println(errors.Is(err, activity.ErrCursorMismatch))
	// Output: true
}

// ErrCursorLoop: the list leads back to where it was. What was delivered before is good.
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

// ErrListChanged: more vanished while the list was read than can be made up for. What was delivered
// before is good; read the list again.
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

// ErrCheckpointMismatch: the stored checkpoint is of another feed or query.
func ExampleError_checkpointMismatch() {
	var checkpoint activity.Checkpoint
	err := checkpoint.UnmarshalText([]byte("no checkpoint"))
	fmt.Println(errors.Is(err, activity.ErrCheckpointMismatch))
	// Output: true
}

// A context that ends ends the call, whatever it waits for, and is recognized by its own error.
func ExampleError_context() {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	_, err := opswattest.NewServer().Client().Activities(opswat.ActivityQuery{}).Collect(ctx, 0)
	failure, _ := errors.AsType[*activity.Error](err)
	fmt.Println(errors.Is(err, context.Canceled), failure.Temporary())
	// Output: true false
}

// Temporary reports whether to try again later.
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

// In logs of log/slog an error is a group of attributes; no text form of it holds a credential.
func ExampleError_LogValue() {
	logger := slog.New(slog.NewTextHandler(os.Stdout, &slog.HandlerOptions{ReplaceAttr: withoutTime}))
	logger.Warn("reading failed", "cause", failing(snaplogictest.Fault{Status: 503}))
	// Output:
	// level=WARN msg="reading failed" cause.error="snaplogic: Example Organization: list activities: GET /api/1/rest/public/activities/Example%20Organization: 503 Service Unavailable: service failure" cause.vendor=snaplogic cause.tenant="Example Organization" cause.op="list activities" cause.method=GET cause.path=/api/1/rest/public/activities/Example%20Organization cause.status=503 cause.attempts=1
}

// In JSON an error is an object whose members are for people, too.
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

// A member that does not fit its field costs nothing but that field: Problems names it, and Raw has
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
