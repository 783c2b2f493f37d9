package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/activity-sdk/activity/aspera"
)

// asperaSpans are just below and above the limits in the manual of aspera-cli.
var asperaSpans = []struct {
	text  string
	begin func(end time.Time) time.Time
}{
	{"4 minutes", func(end time.Time) time.Time { return end.Add(-4 * time.Minute) }},
	{"5 minutes", func(end time.Time) time.Time { return end.Add(-5 * time.Minute) }},
	{"6 months", func(end time.Time) time.Time { return end.AddDate(0, -6, 0) }},
	{"7 months", func(end time.Time) time.Time { return end.AddDate(0, -7, 0) }},
}

// askWindow requests spans of several lengths.
func (a *asperaProbe) askWindow(ctx context.Context, s *service) finding {
	end := time.Now().UTC().Truncate(time.Second)
	var results []string
	accepted, refused := map[string]bool{}, map[string]bool{}
	for _, asked := range asperaSpans {
		begin := asked.begin(end)
		page := a.transfers(ctx, s, aspera.TransferQuery{Start: begin, Stop: end, PageSize: 1}, nil)
		result := page.failure()
		switch {
		case page.answered():
			result = "accepted"
			if echoed, ok := echoedSpan(page.body); ok && (echoed-end.Sub(begin)).Abs() > time.Minute {
				result = "accepted, but answered for " + formatDuration(echoed)
				refused[asked.text] = true
				break
			}
			accepted[asked.text] = true
		case page.status == http.StatusBadRequest || page.status == http.StatusUnprocessableEntity:
			result = fmt.Sprintf("refused (status %d)", page.status)
			refused[asked.text] = true
		}
		length := ""
		if days := int(end.Sub(begin).Hours() / 24); days > 0 {
			length = fmt.Sprintf(" (%d days)", days)
		}
		results = append(results, asked.text+length+": "+result)
	}
	answer := strings.Join(results, "; ")
	follows := ""
	switch {
	case refused["5 minutes"]:
		follows = "Feeds ask for at least 5 minutes, which is too short. Please share the report."
	case refused["6 months"] && a.sample.answered() && !a.start.IsZero():
		follows = "Split longer spans with Windows into less than 6 months. The 90 days of a feed work."
	case refused["6 months"]:
		follows = "Split longer spans with Windows into less than 6 months."
	case accepted["4 minutes"] && accepted["7 months"]:
		follows = "Spans of up to 7 months need no Windows. A feed would not need its minimum of 5 minutes."
	case accepted["7 months"]:
		follows = "Spans of up to 7 months need no Windows."
	case accepted["6 months"]:
		follows = "Split spans of more than 6 months with Windows. The 90 days of a feed work."
	}
	switch n := len(accepted) + len(refused); {
	case len(accepted) == 0:
		return leavesOpen("the service accepts none of the spans: " + answer)
	case n == len(asperaSpans):
		return settles(answer, follows)
	default:
		return suggests(answer, follows)
	}
}

// echoedSpan returns the span that an answer reports.
func echoedSpan(body []byte) (time.Duration, bool) {
	var of struct {
		Start time.Time `json:"start_time"`
		Stop  time.Time `json:"stop_time"`
	}
	if json.Unmarshal(body, &of) != nil || of.Start.IsZero() || of.Stop.IsZero() {
		return 0, false
	}
	return of.Stop.Sub(of.Start), true
}
