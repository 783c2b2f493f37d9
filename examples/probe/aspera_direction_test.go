package main

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/activity-sdk/activity/aspera"
	"github.com/activity-sdk/activity/aspera/asperatest"
)

func TestAsperaThroughput(t *testing.T) {
	rated := func(factor ...float64) *asperatest.Server {
		server := asperatest.NewServer()
		for i, f := range factor {
			item := transferAt(i, midweek().Add(time.Duration(i)*time.Minute))
			item.Throughput = f * 1e6 // times the bytes per second
			server.Add(item)
		}
		return server
	}
	asperaCases{
		"all alike":     {rated(8, 8, 8, 8), "throughput is 8 times the bytes per second in all 4 transfers: bits |", settled},
		"bits":          {rated(8, 8.1, 7.9, 8), "throughput is 8 times the bytes per second in the median of 4 transfers, and 7.9 to 8.1 times overall: bits | Transfer.Throughput is in bits per second, as the SDK assumes", settled},
		"bytes":         {rated(1, 1.1, 0.9, 1), "throughput is the bytes per second in the median of 4 transfers, and 0.9 to 1.1 times overall: bytes | Transfer.Throughput is in bytes", settled},
		"bits, busy":    {rated(9, 12, 20, 40), "bits, without the time in which no data moves", likely},
		"bytes, busy":   {rated(1, 2, 3, 4), "bytes, without the time in which no data moves", likely},
		"neither":       {rated(1000, 1000, 1000), "which fits neither", open},
		"mixed":         {rated(1, 8, 1, 8, 5), "which fits neither", open},
		"two":           {rated(8, 8), "only 2 transfers", open},
		"no throughput": {rated(0, 0, 0, 0), "only 0 transfers", open},
	}.run(t, "aspera.throughput")
}

func TestAsperaDirection(t *testing.T) {
	type adding = func(*asperatest.Server, ...aspera.Throughput)
	out, in := (*asperatest.Server).AddEgressThroughputs, (*asperatest.Server).AddIngressThroughputs
	// pair returns a fake with a send and, hours later, a receive, with rates of the same times.
	pair := func(send, receive adding, opts ...asperatest.Option) *asperatest.Server {
		server := asperatest.NewServer(opts...)
		for i, add := range []adding{send, receive} {
			start := midweek().Add(time.Duration(i) * 5 * time.Hour)
			server.Add(transferAt(i, start))
			for _, to := range []adding{out, in} { // one in five minutes
				to(server, aspera.Throughput{Time: start.Add(-5 * time.Minute)}, aspera.Throughput{Time: start.Add(5 * time.Minute)})
			}
			rate := aspera.Throughput{Time: start, Throughput: 5e5}
			if add != nil {
				add(server, rate)
			}
		}
		return server
	}
	withoutVolumes := func(server *asperatest.Server) *asperatest.Server {
		server.FailWith(asperaReplaced(pathEnds("/volume_usage"), asperatest.Fault{Status: 404}))
		return server
	}
	one := asperatest.NewServer()
	one.Add(transferAt(0, midweek()))
	many := withoutVolumes(pair(nil, nil))
	for i := range 300 {
		at := midweek().Add(time.Duration(i%150) * time.Second).Add(time.Duration(i/150) * 5 * time.Hour)
		many.AddIngressThroughputs(aspera.Throughput{Time: at})
		many.AddEgressThroughputs(aspera.Throughput{Time: at, Throughput: 1.07e6})
	}
	busy := withoutVolumes(pair(out, in))
	busy.AddEgressThroughputs(aspera.Throughput{Time: midweek().Add(-4 * time.Minute), Throughput: 5e7})
	raw := func(text string) *asperatest.Server {
		server := asperatest.NewServer()
		server.Add(transferAt(0, midweek()), transferAt(1, midweek().Add(2*time.Hour)))
		server.AddVolumes(aspera.Volume{Raw: json.RawMessage(text)})
		return server
	}
	const same, opposite = "send is a download and receive an upload", "send is an upload and receive a download"
	asperaCases{
		"downloads by volumes": {pair(nil, nil), same + ": around the largest send: 100% of the bytes are sent, and 100% are downloads according to the volumes, which add up to the same number of bytes; around", settled},
		"uploads by volumes":   {pair(nil, nil, asperatest.WithUploadsSent()), opposite, settled},
		"only sent":            {one, same, settled},
		"in and out":           {raw(`{"bytes_in":20000000,"bytes_out":20000000}`), "50% are downloads", open},
		"downloads by rates":   {withoutVolumes(pair(out, in)), same + ": around the largest send: there are no volumes to compare, 100% of the bytes are sent, and 100% are downloads according to the rates, which add up to 0.94 times the bytes", settled},
		"uploads by rates":     {withoutVolumes(pair(in, out)), opposite, settled},
		"one by rates":         {withoutVolumes(pair(out, nil)), same, likely},
		"one by rates, other":  {withoutVolumes(pair(nil, out)), opposite, likely},
		"both alike":           {withoutVolumes(pair(out, out)), "according to the rates", open},
		"others at that time":  {busy, "times the bytes", likely},
		"many rates":           {many, "there are no rates to compare", open},
		"many":                 {asperaOf(30, asperatest.WithPageLimit(2)), "too many transfers", open},
		"empty":                {asperaOf(0), "no transfer of the sample is a send", open},
	}.run(t, "aspera.direction")
}

func TestSumRates(t *testing.T) {
	start, stop := midweek(), midweek().Add(time.Hour)
	row := func(text string, minute int) aspera.Throughput {
		at := midweek().Add(time.Duration(minute) * time.Minute).Format(time.RFC3339)
		return aspera.Throughput{Raw: json.RawMessage(strings.ReplaceAll(text, "AT", at))}
	}
	for name, c := range map[string]struct {
		items []aspera.Throughput
		want  float64
		ok    bool
	}{
		"the SDK's names":   {[]aspera.Throughput{row(`{"timestamp":"AT","throughput":2}`, 0), row(`{"timestamp":"AT","throughput":3}`, 10)}, 3000, true},
		"others":            {[]aspera.Throughput{row(`{"start":"AT","bps":2,"count":7}`, 10), row(`{"start":"AT","bps":3,"count":7}`, 0)}, 3000, true},
		"outside the span":  {[]aspera.Throughput{row(`{"start":"AT","bps":2}`, -100), row(`{"start":"AT","bps":3}`, 100), row(`{"start":"AT","bps":4}`, 50)}, 12000, true},
		"two rates":         {[]aspera.Throughput{row(`{"start":"AT","avg_bps":2,"max_bps":7}`, 0), row(`{"start":"AT","avg_bps":3,"max_bps":7}`, 10)}, 0, false},
		"no times":          {[]aspera.Throughput{row(`{"bps":2}`, 0), row(`{"bps":3}`, 10)}, 0, false},
		"one row":           {[]aspera.Throughput{row(`{"start":"AT","bps":2}`, 0)}, 0, false},
		"two of an instant": {[]aspera.Throughput{row(`{"start":"AT","bps":2}`, 0), row(`{"start":"AT","bps":2}`, 0)}, 0, false},
		"arrays":            {[]aspera.Throughput{row(`["AT",2]`, 0), row(`["AT",2]`, 10)}, 0, false},
		"none":              {nil, 0, true},
		"nothing went":      {[]aspera.Throughput{row(`{"start":"AT","bps":0}`, 0)}, 0, true},
	} {
		got, ok := sumRates(c.items, start, stop)
		assert.Equal(t, c.ok, ok, name)
		if ok {
			assert.Equal(t, c.want, got, name)
		}
	}
}

func TestAsperaDirectionOfGeneratedRows(t *testing.T) {
	for want, opt := range map[string]asperatest.Option{
		"send is a download": asperatest.WithSeed(1), "send is an upload": asperatest.WithUploadsSent(),
	} {
		server := asperatest.NewServer(asperatest.WithRows(2500), asperatest.WithNewest(midweek()), opt)
		got := answer(t, fakeAsperaOf(server), "aspera.direction")
		assert.Contains(t, got.answer, want)
		assert.Equal(t, settled, got.certainty)
	}
}
