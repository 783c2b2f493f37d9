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

var texts = regexp.MustCompile(`"(?:[^"\\]|\\.)*"(\s*:)?`) // with a colon, it names a member
// kept is what stays of an answer: links, times, kinds and ids, and headers that the SDK reads.
var kept = regexp.MustCompile(`^"(href|next|previous)"\s*:|^"name"\s*:"\w+Activity"$|^"(_?id|uuid|\w+_snode_id|(device|event|file|organization|package)_id|date|timestamp|\w+_(time|at|type)|action|direction|status|template)"\s*:"[^@]*"$|^(Date|Retry-After|X-(Ratelimit|Sl)-.*)$`)

// Recorded makes an option for one client. In recorder.ModeRecordOnly, stop writes the answers to
// file.yaml, without personal texts. In recorder.ModeReplayOnly they come from there, offline.
func Recorded(file string, mode recorder.Mode) (option activity.Option, stop func() error, err error) {
	member, numbers, next := "", map[string]int{}, new(struct{ http.RoundTripper })
	r, err := recorder.New(file, recorder.WithMode(mode), recorder.WithRealTransport(next), recorder.WithSkipRequestLatency(true),
		recorder.WithMatcher(cassette.NewDefaultMatcher(cassette.WithIgnoreHeaders("Accept", "Content-Type", "User-Agent"))),
		recorder.WithHook(func(i *cassette.Interaction) error {
			i.DiscardOnSave, i.Request.Headers = i.Response.Code == http.StatusUnauthorized, nil // replays renew no token
			maps.DeleteFunc(i.Response.Headers, func(name string, _ []string) bool { return !kept.MatchString(name) })
			if !json.Valid([]byte(i.Response.Body)) {
				i.Response.Body = "" // such as the page of a proxy
			}
			i.Response.Body = texts.ReplaceAllStringFunc(i.Response.Body, func(text string) string {
				if text[len(text)-1] == ':' {
					member = text
				} else if text != `""` && !kept.MatchString(member+text) {
					numbers[text] = cmp.Or(numbers[text], len(numbers)+1) // the same for the same text
					text = fmt.Sprintf(`"text %d"`, numbers[text])
				}
				return text
			})
			return os.WriteFile(file+".yaml", nil, 0o600) // go-vcr itself would let others read it
		}, recorder.BeforeSaveHook))
	return activity.WithMiddleware(func(rt http.RoundTripper) http.RoundTripper {
		next.RoundTripper = rt
		return tape{r}
	}), r.Stop, err
}

type tape struct{ *recorder.Recorder }

func (t tape) RoundTrip(req *http.Request) (*http.Response, error) {
	resp, err := t.Recorder.RoundTrip(req)
	if errors.Is(err, cassette.ErrInteractionNotFound) { // an *activity.Error is not repeated
		err = &activity.Error{Kind: activity.ErrInvalid, Message: "not recorded: " + req.Method + " " + req.URL.String(), Err: err}
	}
	return resp, err
}
