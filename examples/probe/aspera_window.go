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

// asperaSpans are those on either side of what the manual of aspera-cli says.
var asperaSpans = []struct {
	text  string
	begin func(end time.Time) time.Time
}{
	{"4 minutes", func(end time.Time) time.Time { return end.Add(-4 * time.Minute) }},
	{"5 minutes", func(end time.Time) time.Time { return end.Add(-5 * time.Minute) }},
	{"6 months", func(end time.Time) time.Time { return end.AddDate(0, -6, 0) }},
	{"7 months", func(end time.Time) time.Time { return end.AddDate(0, -7, 0) }},
}

// askWindow asks for spans of several lengths.
func (a *asperaAccount) askWindow(ctx context.Context, s *service) finding {
	end := time.Now().UTC().Truncate(time.Second)
	var said []string
	taken, refused := map[string]bool{}, map[string]bool{} // those for which it is true
	for _, asked := range asperaSpans {
		begin := asked.begin(end)
		page := a.transfers(ctx, s, aspera.TransferQuery{Start: begin, Stop: end, PageSize: 1}, nil)
		result := page.failure()
		switch {
		case page.answered():
			result = "taken"
			if echoed, ok := echoedSpan(page.body); ok && (echoed-end.Sub(begin)).Abs() > time.Minute {
				result = "taken, but answered for " + span(echoed)
				refused[asked.text] = true
				break
			}
			taken[asked.text] = true
		case page.status == http.StatusBadRequest || page.status == http.StatusUnprocessableEntity:
			result = fmt.Sprintf("refused (status %d)", page.status)
			refused[asked.text] = true
		}
		length := ""
		if days := int(end.Sub(begin).Hours() / 24); days > 0 {
			length = fmt.Sprintf(" (%d days)", days)
		}
		said = append(said, asked.text+length+": "+result)
	}
	answer := strings.Join(said, "; ")
	follows := ""
	switch {
	case refused["5 minutes"]:
		follows = "Feeds ask for 5 minutes at least, which is too little. Please share the report."
	case refused["6 months"] && a.sample.answered() && !a.start.IsZero():
		follows = "Cut spans with Windows to less than 6 months: 90 days, as a feed has them, work."
	case refused["6 months"]:
		follows = "Cut spans with Windows to less than 6 months."
	case taken["4 minutes"] && taken["7 months"]:
		follows = "Nothing of these lengths needs Windows, and a feed would not have to begin earlier for the sake of 5 minutes."
	case taken["7 months"]:
		follows = "7 months at a time need no Windows."
	case taken["6 months"]:
		follows = "Cut spans of more than 6 months with Windows; a feed's of 90 days are good."
	}
	switch n := len(taken) + len(refused); {
	case len(taken) == 0:
		return leavesOpen("no span is taken as it is: " + answer)
	case n == len(asperaSpans):
		return settles(answer, follows)
	default:
		return suggests(answer, follows)
	}
}

// echoedSpan returns the span that an answer says it is for.
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
