package main

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/aspera"
)

// movedBytes is how many bytes went either way in a span.
type movedBytes struct{ down, up float64 }

func (m movedBytes) total() float64 { return m.down + m.up }

// share is the part of the downloads.
func (m movedBytes) share() float64 { return m.down / m.total() }

// askDirection compares the directions of transfers with the volumes and the rates of the same
// time. The vendor calls volumes uploaded and downloaded, and says that egress are downloads and
// ingress are uploads.
func (a *asperaAccount) askDirection(ctx context.Context, s *service) finding {
	if !a.sample.answered() {
		return leavesOpen("transfers: " + a.sample.failure())
	}
	var said []string
	var same, opposite float64
	for _, direction := range []aspera.Direction{aspera.DirectionSend, aspera.DirectionReceive} {
		t, ok := a.largest(direction)
		if !ok {
			said = append(said, fmt.Sprintf("no transfer of the sample is a %s with bytes that is over", direction))
			continue
		}
		v := a.compareDirection(ctx, s, t)
		said = append(said, fmt.Sprintf("around the largest %s: %s", direction, v.text))
		same, opposite = same+v.same, opposite+v.opposite
	}
	answer := strings.Join(said, "; ")
	const right = "Transfer.Event takes send for a download, which is right."
	const wrong = "Transfer.Event takes send for a download, which is wrong: go by Transfer.Direction. Please share the report."
	const sure = 2
	switch {
	case same >= sure && opposite == 0:
		return settles("send is a download and receive an upload: "+answer, right)
	case opposite >= sure && same == 0:
		return settles("send is an upload and receive a download: "+answer, wrong)
	case same > 0 && opposite == 0:
		return suggests("send is a download and receive an upload: "+answer, right)
	case opposite > 0 && same == 0:
		return suggests("send is an upload and receive a download: "+answer, wrong)
	default:
		return leavesOpen(answer)
	}
}

// largest returns the transfer of a direction that moved the most.
func (a *asperaAccount) largest(direction aspera.Direction) (best aspera.Transfer, ok bool) {
	for _, t := range a.sample.Items {
		took := t.SessionStop.Sub(t.SessionStart)
		if t.Direction == direction && t.Done() && took >= 0 && took < 6*time.Hour && t.TransferredBytes > best.TransferredBytes {
			best, ok = t, true
		}
	}
	return best, ok
}

// directionVerdict is what one span says: by how much send goes with downloads, and with uploads.
type directionVerdict struct {
	text           string
	same, opposite float64
}

// compareDirection compares what moved around the time of a transfer.
func (a *asperaAccount) compareDirection(ctx context.Context, s *service, t aspera.Transfer) directionVerdict {
	const aside = 6 * time.Minute // rates of every five minutes come more than once
	start, stop := t.SessionStart.Add(-aside).Truncate(time.Second), t.SessionStop.Add(aside).Truncate(time.Second)
	page := a.transfers(ctx, s, aspera.TransferQuery{Start: start, Stop: stop, PageSize: sampleRows}, nil)
	switch {
	case !page.answered():
		return directionVerdict{text: page.failure()}
	case page.more():
		return directionVerdict{text: "there are too many transfers for one page"}
	}
	var by movedBytes // if send is a download
	for _, item := range page.Items {
		switch item.Direction {
		case aspera.DirectionSend:
			by.down += float64(item.TransferredBytes)
		case aspera.DirectionReceive:
			by.up += float64(item.TransferredBytes)
		}
	}
	v := by.against(a.volumes(ctx, s, start, stop), "volumes")
	if v.same+v.opposite > 0 {
		return v
	}
	other := by.against(a.rates(ctx, s, start, stop), "rates")
	other.text = v.text + ", " + other.text
	return other
}

// against compares the bytes of transfers with those of another source. What else went on at that
// time must not be enough to turn the one into the opposite of the other.
func (m movedBytes) against(other movedBytes, source string) directionVerdict {
	const (
		least, most        = 0.6, 1.7 // times the bytes
		transfersNear, far = 0.1, 0.4 // shares
		exactly            = 0.02
	)
	if m.total() == 0 || other.total() == 0 {
		return directionVerdict{text: "there are no " + source + " to compare"}
	}
	ratio := other.total() / m.total()
	times := "as many"
	if number := fmt.Sprintf("%.2g", ratio); number != "1" {
		times = number + " times as many"
	}
	text := fmt.Sprintf("%.0f%% of the bytes are sent, %.0f%% downloaded by the %s, which are %s", 100*m.share(), 100*other.share(), source, times)
	if ratio < least || ratio > most {
		return directionVerdict{text: text}
	}
	same, opposite := math.Abs(m.share()-other.share()), math.Abs(m.share()-1+other.share())
	weight := 1.0
	if min(same, opposite) < exactly && math.Abs(ratio-1) < exactly {
		weight = 2
	}
	switch {
	case same <= transfersNear && opposite >= far:
		return directionVerdict{text: text, same: weight}
	case opposite <= transfersNear && same >= far:
		return directionVerdict{text: text, opposite: weight}
	default:
		return directionVerdict{text: text}
	}
}

// rates adds up the bytes that the rates of a span make. They are in bits per second, as the vendor
// says. Rates that cannot be read, or are too many, are none.
func (a *asperaAccount) rates(ctx context.Context, s *service, start, stop time.Time) (sum movedBytes) {
	q := aspera.ThroughputQuery{Start: start, Stop: stop, PageSize: sampleRows}
	for _, way := range []struct {
		name  string
		list  activity.List[aspera.Throughput]
		total *float64
	}{
		{"egress_throughputs", a.organization.EgressThroughputs(q), &sum.down},
		{"ingress_throughputs", a.organization.IngressThroughputs(q), &sum.up},
	} {
		var page activity.Page[aspera.Throughput]
		got := s.ask(ctx, request{call: a.guard(way.name, func(ctx context.Context) (err error) {
			page, err = way.list.Page(ctx, "")
			return err
		})})
		if got.status != http.StatusOK || got.err != nil || page.Next != "" {
			return movedBytes{}
		}
		bits, ok := integral(page.Items, start, stop)
		if !ok {
			return movedBytes{}
		}
		*way.total = bits / 8
	}
	return sum
}

// integral adds up rates, each over the time until the next one. It reports false for rates that
// cannot be read, that have no times, or of which no two have different times. No rates are none.
func integral(items []aspera.Throughput, start, stop time.Time) (sum float64, ok bool) {
	var times []time.Time
	for _, item := range items {
		rate, at, ok := rateOf(item.Raw)
		if !ok || at.IsZero() {
			return 0, false
		}
		times = append(times, at)
		if !at.Before(start.Add(-time.Hour)) && !at.After(stop) { // one before may reach into the span
			sum += rate
		}
	}
	slices.SortFunc(times, time.Time.Compare)
	step := time.Duration(0)
	for i := 1; i < len(times); i++ {
		if between := times[i].Sub(times[i-1]); between > 0 && (step == 0 || between < step) {
			step = between
		}
	}
	return sum * step.Seconds(), sum == 0 || step > 0
}

var (
	rateMember = regexp.MustCompile(`throughput|bps|rate|bits|bytes`)
	upMember   = regexp.MustCompile(`upload|ingress|(^|_)in(_|$)`)
	downMember = regexp.MustCompile(`download|egress|(^|_)out(_|$)`)
)

// rateOf returns the rate in a row and its time, if the row has one. It reports false unless one
// member, and no other, may be a rate.
func rateOf(row []byte) (rate float64, at time.Time, ok bool) {
	members := map[string]any{}
	if json.Unmarshal(row, &members) != nil {
		return 0, time.Time{}, false
	}
	rates := 0
	for name, value := range members {
		switch v := value.(type) {
		case float64:
			if rateMember.MatchString(name) && v >= 0 {
				rate = v
				rates++
			}
		case string:
			if t, err := time.Parse(time.RFC3339Nano, v); err == nil && (at.IsZero() || t.Before(at)) {
				at = t
			}
		}
	}
	return rate, at, rates == 1
}

// volumes adds up the volumes of a span, by what their members are called.
func (a *asperaAccount) volumes(ctx context.Context, s *service, start, stop time.Time) (sum movedBytes) {
	got := s.ask(ctx, request{call: a.guard("volume_usage", func(ctx context.Context) error {
		_, err := a.organization.VolumeUsage(ctx, aspera.VolumeQuery{Start: start, Stop: stop})
		return err
	})})
	if got.status != http.StatusOK || got.err != nil {
		return movedBytes{}
	}
	rows, _, found := asperaArray{member: "volume_usage"}.rows(got.body)
	if !found {
		rows = []json.RawMessage{got.body}
	}
	for _, row := range rows {
		members := map[string]any{}
		if json.Unmarshal(row, &members) != nil {
			continue
		}
		for name, value := range members {
			v, ok := value.(float64)
			up, down := upMember.MatchString(name), downMember.MatchString(name)
			switch {
			case !ok || v < 0 || up == down:
			case up:
				sum.up += v
			default:
				sum.down += v
			}
		}
	}
	return sum
}
