package recipes

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"os"
	"regexp"

	"gopkg.in/dnaeon/go-vcr.v4/pkg/cassette"
	"gopkg.in/dnaeon/go-vcr.v4/pkg/recorder"

	"github.com/activity-sdk/activity"
)

var texts = regexp.MustCompile(`("(?:[^"\\]|\\.)*"\s*:\s*)("(?:[^"\\]|\\.)*")?|"(?:[^"\\]|\\.)*"`) // a member with its string value, or a string alone
// kept matches what stays of an answer: links, times, kinds and ids, and headers a replay needs.
var kept = regexp.MustCompile(`^"(href|next|previous)"\s*:\s*"https?:\\?/\\?/\S+"$|^"name"\s*:\s*"\w+Activity"$|^"(_?id|uuid|\w+_snode_id|(device|event|file|organization|package)_id|date|timestamp|\w+_(time|at|type)|action|direction|status|template)"\s*:\s*"[^@\\]*"$|^(Date|Retry-After|X-Ratelimit-(Remaining|Reset-Time)|X-Sl-Statuscode)$`)

// Recorded returns an option for offline tests of a client. In recorder.ModeRecordOnly, stop writes
// the answers of the service to file.yaml, without personal texts. ModeReplayOnly reads them.
func Recorded(file string, mode recorder.Mode) (option activity.Option, stop func() error, err error) {
	numbers, next := map[string]int{}, new(struct{ http.RoundTripper })
	r, err := recorder.New(file, recorder.WithMode(mode), recorder.WithRealTransport(next), recorder.WithSkipRequestLatency(true),
		recorder.WithMatcher(cassette.NewDefaultMatcher(cassette.WithIgnoreHeaders("Accept", "Content-Type", "User-Agent"))),
		recorder.WithHook(func(i *cassette.Interaction) error {
			i.DiscardOnSave = i.Response.Code == http.StatusUnauthorized // a replay renews no token
			i.Request.Headers, i.Response.Trailer, i.Response.Status = nil, nil, ""
			maps.DeleteFunc(i.Response.Headers, func(name string, _ []string) bool { return !kept.MatchString(name) })
			if !json.Valid([]byte(i.Response.Body)) {
				i.Response.Body = "" // such as an HTML page of a proxy
			}
			i.Response.Body = texts.ReplaceAllStringFunc(i.Response.Body, func(found string) string {
				name := texts.FindStringSubmatch(found)[1]
				if text := found[len(name):]; len(text) > len(`""`) && !kept.MatchString(found) {
					numbers[text] = cmp.Or(numbers[text], len(numbers)+1) // equal texts get equal numbers
					found = fmt.Sprintf(`%s"text %d"`, name, numbers[text])
				}
				return found
			})
			return errors.Join(os.WriteFile(file+".yaml", nil, 0o600), os.Chmod(file+".yaml", 0o600)) // go-vcr creates a file that others can read
		}, recorder.BeforeSaveHook))
	return activity.WithMiddleware(func(rt http.RoundTripper) http.RoundTripper {
		next.RoundTripper = rt
		return tape{r}
	}), r.Stop, err
}

type tape struct{ *recorder.Recorder }

func (t tape) RoundTrip(req *http.Request) (*http.Response, error) {
	resp, err := t.Recorder.RoundTrip(req)
	if errors.Is(err, cassette.ErrInteractionNotFound) { // the client does not retry an *activity.Error
		err = &activity.Error{Kind: activity.ErrInvalid, Message: "not recorded: " + req.Method + " " + req.URL.String(), Err: err}
	}
	return resp, err
}
