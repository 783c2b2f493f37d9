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

// volumesMoved is the number of bytes in each direction.
type volumesMoved struct{ down, up float64 }

func (m volumesMoved) total() float64 { return m.down + m.up }

// share returns the fraction of the downloads.
func (m volumesMoved) share() float64 { return m.down / m.total() }

// askDirection compares the directions of transfers with the volumes and the rates of the same
// time. The vendor has volumes uploaded and downloaded, and says that egress is downloads and
// ingress uploads.
func (a *asperaProbe) askDirection(ctx context.Context, s *service) finding {
	if !a.sample.answered() {
		return leavesOpen("transfers: " + a.sample.failure())
	}
	var results []string
	var same, opposite float64
	for _, direction := range []aspera.Direction{aspera.DirectionSend, aspera.DirectionReceive} {
		t, ok := a.largest(direction)
		if !ok {
			results = append(results, fmt.Sprintf("no transfer of the sample is a %s with bytes that is over", direction))
			continue
		}
		v := a.compareAround(ctx, s, t)
		results = append(results, fmt.Sprintf("around the largest %s: %s", direction, v.text))
		same, opposite = same+v.same, opposite+v.opposite
	}
	answer := strings.Join(results, "; ")
	const right = "Transfer.Event takes send for a download. That is right."
	const wrong = "Transfer.Event takes send for a download. That is wrong: use Transfer.Direction. Please share the report."
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

// largest returns the transfer of a direction with the most bytes.
func (a *asperaProbe) largest(direction aspera.Direction) (best aspera.Transfer, ok bool) {
	for _, t := range a.sample.Items {
		took := t.SessionStop.Sub(t.SessionStart)
		if t.Direction == direction && t.Done() && took >= 0 && took < 6*time.Hour && t.TransferredBytes > best.TransferredBytes {
			best, ok = t, true
		}
	}
	return best, ok
}

// directionVerdict is the result for one span: how strongly send goes with downloads (same) and
// with uploads (opposite).
type directionVerdict struct {
	text           string
	same, opposite float64
}

// compareAround compares the bytes of all transfers around the time of one with the volumes and
// rates of that time.
func (a *asperaProbe) compareAround(ctx context.Context, s *service, t aspera.Transfer) directionVerdict {
	const aside = 6 * time.Minute // so that five-minute rates come at least twice
	start, stop := t.SessionStart.Add(-aside).Truncate(time.Second), t.SessionStop.Add(aside).Truncate(time.Second)
	page := a.transfers(ctx, s, aspera.TransferQuery{Start: start, Stop: stop, PageSize: sampleRows}, nil)
	switch {
	case !page.answered():
		return directionVerdict{text: page.failure()}
	case page.more():
		return directionVerdict{text: "there are too many transfers for one page"}
	}
	var by volumesMoved // if send is a download
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

// against compares the bytes of transfers with those of another source. Other traffic at that time
// must not be able to reverse the result.
func (m volumesMoved) against(other volumesMoved, source string) directionVerdict {
	const (
		least, most        = 0.6, 1.7 // times the bytes
		transfersNear, far = 0.1, 0.4 // shares
		exactly            = 0.02
	)
	if m.total() == 0 || other.total() == 0 {
		return directionVerdict{text: "there are no " + source + " to compare"}
	}
	ratio := other.total() / m.total()
	sum := "the same number of bytes"
	if number := fmt.Sprintf("%.2g", ratio); number != "1" {
		sum = number + " times the bytes"
	}
	text := fmt.Sprintf("%.0f%% of the bytes are sent, and %.0f%% are downloads according to the %s, which add up to %s", 100*m.share(), 100*other.share(), source, sum)
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

// rates returns the bytes that the rates of a span add up to, in bits per second as the vendor
// says. It returns zero if the rates cannot be read, or do not fit on a page.
func (a *asperaProbe) rates(ctx context.Context, s *service, start, stop time.Time) (sum volumesMoved) {
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
		got := s.send(ctx, request{call: a.guard(way.name, func(ctx context.Context) (err error) {
			page, err = way.list.Page(ctx, "")
			return err
		})})
		if got.status != http.StatusOK || got.err != nil || page.Next != "" {
			return volumesMoved{}
		}
		bits, ok := sumRates(page.Items, start, stop)
		if !ok {
			return volumesMoved{}
		}
		*way.total = bits / 8
	}
	return sum
}

// sumRates returns the sum of rates, each times the shortest time between two of them. It reports
// false if a rate cannot be read or has no time, or if no two rates have different times. No rates
// sum to zero.
func sumRates(items []aspera.Throughput, start, stop time.Time) (sum float64, ok bool) {
	var times []time.Time
	for _, item := range items {
		rate, at, ok := rateOf(item.Raw)
		if !ok || at.IsZero() {
			return 0, false
		}
		times = append(times, at)
		if !at.Before(start.Add(-time.Hour)) && !at.After(stop) { // an earlier rate may extend into the span
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

// rateOf returns the rate in a row, and its time if it has one. It reports false unless exactly one
// member may be a rate.
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

// volumes returns the sum of the volumes of a span, by the names of their members.
func (a *asperaProbe) volumes(ctx context.Context, s *service, start, stop time.Time) (sum volumesMoved) {
	got := s.send(ctx, request{call: a.guard("volume_usage", func(ctx context.Context) error {
		_, err := a.organization.VolumeUsage(ctx, aspera.VolumeQuery{Start: start, Stop: stop})
		return err
	})})
	if got.status != http.StatusOK || got.err != nil {
		return volumesMoved{}
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
