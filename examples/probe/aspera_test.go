package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/activity-sdk/activity/aspera"
	"github.com/activity-sdk/activity/aspera/asperatest"
)

// aWednesday is in the middle of a week, ten days before now.
func aWednesday() time.Time {
	return monday(time.Now().AddDate(0, 0, -10)).Add(60 * time.Hour)
}

// transferAt returns a transfer that took 20 seconds, and was updated 10 seconds later.
func transferAt(n int, start time.Time) aspera.Transfer {
	t := aspera.Transfer{UUID: fmt.Sprintf("canary-%d", n), Direction: aspera.DirectionSend, Status: aspera.StatusCompleted,
		SessionStart: start, SessionStop: start.Add(20 * time.Second), UpdatedAt: start.Add(30 * time.Second),
		TransferredBytes: 20_000_000, Throughput: 8_000_000, Content: "canary", UserEmail: "canary@example.com", ClientIPAddress: "10.9.8.7"}
	if n%2 == 1 {
		t.Direction = aspera.DirectionReceive
	}
	if n%5 == 4 {
		t.Status = aspera.StatusFailed
	}
	return t
}

// asperaOf returns a fake with a number of transfers, one a minute.
func asperaOf(n int, opts ...asperatest.Option) *asperatest.Server {
	server := asperatest.NewServer(opts...)
	for i := range n {
		server.Add(transferAt(i, aWednesday().Add(time.Duration(i)*time.Minute)))
	}
	return server
}

// asperaAsks is a test of a question on some fakes.
type asperaAsks map[string]struct {
	server    *asperatest.Server
	want      string
	certainty certainty
}

func (cases asperaAsks) run(t *testing.T, id string) {
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			got := answer(t, fakeAsperaOf(c.server), id)
			assert.Contains(t, got.answer+" | "+got.follows, c.want)
			assertWording(t, got)
			assert.Equal(t, c.certainty, got.certainty, got.answer)
		})
	}
}

func TestAsperaStart(t *testing.T) {
	const in, out = ", and that very instant is included", ", and that very instant is not included"
	fine := asperatest.NewServer()
	fine.Add(transferAt(0, aWednesday().Add(123456)))
	noUpdate := asperatest.NewServer()
	item := transferAt(0, aWednesday())
	item.UpdatedAt = time.Time{}
	noUpdate.Add(item)
	millis := asperatest.NewServer()
	millis.Add(transferAt(0, aWednesday().Add(123*time.Millisecond)))
	short := asperatest.NewServer()
	item.SessionStop = item.SessionStart.Add(3 * time.Second)
	short.Add(item)
	asperaAsks{
		"session start":   {asperaOf(9), "compared with the session start" + in, settled},
		"exclusive":       {asperaOf(9, asperatest.WithExclusiveBounds()), "compared with the session start" + out, settled},
		"exclusive stop":  {asperaOf(9, asperatest.WithExclusiveStop()), "compared with the session start" + in, settled},
		"milliseconds":    {millis, "compared with the session start" + in, settled},
		"session stop":    {asperaOf(9, asperatest.WithBounds(asperatest.SessionStop, asperatest.SessionStart)), "compared with the session stop" + in, settled},
		"stop, exclusive": {asperaOf(9, asperatest.WithBounds(asperatest.SessionStop, asperatest.SessionStart), asperatest.WithExclusiveBounds()), "session stop" + out, settled},
		"update":          {asperaOf(9, asperatest.WithBounds(asperatest.UpdatedAt, asperatest.UpdatedAt)), "compared with the update" + in, settled},
		"which is wrong":  {asperaOf(9, asperatest.WithBounds(asperatest.UpdatedAt, asperatest.UpdatedAt)), "which is wrong", settled},
		"no update":       {noUpdate, "compared with the session start" + in, settled},
		"finer times":     {fine, "whether that very instant is included was not seen: transfers: the request is refused (status 400)", likely},
		"short transfers": {short, "no transfer of the sample is over", open},
		"empty":           {asperaOf(0), "no transfer of the sample is over", open},
		"ignored":         {withoutBounds(9), "the transfer comes for every start_time that was asked for", open},
	}.run(t, "aspera.start")
}

func TestAsperaStop(t *testing.T) {
	const in, out = ", and that very instant is included", ", and that very instant is not included"
	asperaAsks{
		"session start":   {asperaOf(9), "compared with the session start" + in, settled},
		"exclusive":       {asperaOf(9, asperatest.WithExclusiveBounds()), "compared with the session start" + out, settled},
		"exclusive stop":  {asperaOf(9, asperatest.WithExclusiveStop()), "compared with the session start" + out, settled},
		"session stop":    {asperaOf(9, asperatest.WithBounds(asperatest.SessionStart, asperatest.SessionStop)), "compared with the session stop" + in, settled},
		"update":          {asperaOf(9, asperatest.WithBounds(asperatest.UpdatedAt, asperatest.UpdatedAt)), "compared with the update" + in, settled},
		"update, not in":  {asperaOf(9, asperatest.WithBounds(asperatest.UpdatedAt, asperatest.UpdatedAt), asperatest.WithExclusiveStop()), "compared with the update" + out, settled},
		"empty":           {asperaOf(0), "no transfer of the sample is over", open},
		"ignored":         {withoutBounds(9), "the transfer comes for every stop_time that was asked for", open},
		"refused spans":   {asperaOf(9, asperatest.WithSpan(time.Hour, 365*24*time.Hour)), "the request is refused (status 400)", open},
		"a narrow limit":  {asperaOf(9, asperatest.WithPageLimit(1)), "for one page", open},
		"the last minute": {asperaAt(time.Now().Add(-3 * time.Minute)), "no transfer of the sample is over", open},
	}.run(t, "aspera.stop")
}

// withoutBounds returns a service that ignores start_time and stop_time.
func withoutBounds(n int) *asperatest.Server {
	server := asperaOf(n)
	var rows []json.RawMessage
	for i := range n {
		raw, _ := json.Marshal(transferAt(i, aWednesday().Add(time.Duration(i)*time.Minute)))
		rows = append(rows, raw)
	}
	body, _ := json.Marshal(map[string]any{"transfers": rows})
	server.FailWith(func(r asperatest.Request) *asperatest.Fault {
		if strings.HasSuffix(r.Path, "/transfers") {
			return &asperatest.Fault{Body: string(body)}
		}
		return nil
	})
	return server
}

func asperaAt(start time.Time) *asperatest.Server {
	server := asperatest.NewServer()
	server.Add(transferAt(0, start.UTC().Truncate(time.Second)))
	return server
}

func TestAsperaWindow(t *testing.T) {
	const day = 24 * time.Hour
	shortened := asperaOf(0)
	shortened.FailWith(asperaAnswering(`{"transfers":[],"start_time":"2026-01-01T00:00:00.000000000Z","stop_time":"2026-01-02T00:00:00.000000000Z"}`))
	asperaAsks{
		"any":          {asperaOf(0), "4 minutes: taken; 5 minutes: taken; 6 months", settled},
		"as is said":   {asperaOf(0, asperatest.WithSpan(5*time.Minute, 190*day)), "4 minutes: refused (status 400); 5 minutes: taken; 6 months", settled},
		"7 months not": {asperaOf(0, asperatest.WithSpan(5*time.Minute, 190*day)), "days): refused (status 400) | Cut spans of more than 6 months", settled},
		"6 months not": {asperaOf(0, asperatest.WithSpan(5*time.Minute, 100*day)), "less than 6 months: 90 days", settled},
		"longer only":  {asperaOf(0, asperatest.WithSpan(time.Hour, 400*day)), "too little", settled},
		"none":         {asperaOf(0, asperatest.WithSpan(400*day, 500*day)), "no span is taken", open},
		"shortened":    {shortened, "taken, but answered for 24h", open},
	}.run(t, "aspera.window")
}

// asperaAnswering answers every request for activity with the same body.
func asperaAnswering(body string) func(asperatest.Request) *asperatest.Fault {
	return func(r asperatest.Request) *asperatest.Fault {
		if strings.HasPrefix(r.Path, "/analytics/") {
			return &asperatest.Fault{Body: body}
		}
		return nil
	}
}

func TestAsperaLimit(t *testing.T) {
	asperaAsks{
		"any":     {asperaOf(1500), "limit 1000: honoured, 1000 rows; limit 10000: taken, 1500 rows, which are all | PageSize may be as large as 1000", likely},
		"capped":  {asperaOf(1200, asperatest.WithPageLimit(200)), "limit 1000: taken, but 200 rows and a link to more; limit 10000: taken, but 200 rows", settled},
		"refused": {asperaOf(1200, asperatest.WithGreatestLimit(1000)), "limit 10000: refused (status 400) | Do not set PageSize to 10000 or more", settled},
		"low":     {asperaOf(120, asperatest.WithGreatestLimit(100)), "limit 1000: refused (status 400); limit 10000: refused (status 400) | Do not set PageSize to 1000 or more", settled},
		"few":     {asperaOf(5), "there are too few transfers to tell", open},
		"empty":   {asperaOf(0), "there are too few transfers to tell", open},
		"ignored": {withoutBounds(3), "limit 1: not honoured, 3 rows", open},
	}.run(t, "aspera.limit")
}

func TestAsperaLast(t *testing.T) {
	cases := asperaAsks{
		"empty":      {asperaOf(0), "next is missing, on a page without transfers", likely},
		"many pages": {asperaOf(400, asperatest.WithLastPage(asperatest.ObjectNext)), "next is {}", settled},
		"no end":     {asperaOf(400, asperatest.WithPageLimit(1)), "of 4 pages, each has a link", open},
	}
	for form, want := range map[asperatest.LastPage]string{
		asperatest.NoNext: "next is missing", asperatest.NullNext: "next is null", asperatest.ObjectNext: "next is {}",
		asperatest.NoHrefNext: `next is {"href": null}`, asperatest.EmptyHrefNext: `next is {"href": ""}`,
	} {
		c := cases["empty"]
		c.server, c.want, c.certainty = asperaOf(3, asperatest.WithLastPage(form)), want, settled
		cases[want] = c
	}
	for body, want := range map[string]string{
		`{"transfers":[{"uuid":"a"}],"next":false}`:              "next is of another kind: boolean | The SDK fails there",
		`{"transfers":[{"uuid":"a"}],"next":{"href":7}}`:         "href is no string | The SDK fails there",
		`{"transfers":[{"uuid":"a"}],"next":""}`:                 "next is an empty string",
		`{"transfers":[{"uuid":"a"}],"next":{"rel":"x"}}`:        "next is an object without href",
		`{"transfers":[{"uuid":"a"}],"next":{"a":{"href":"b"}}}`: "next is an object without href",
	} {
		server := asperaOf(0)
		server.FailWith(asperaAnswering(body))
		c := cases["empty"]
		c.server, c.want, c.certainty = server, want, settled
		cases[body] = c
	}
	cases.run(t, "aspera.last")
}

func TestAsperaTotal(t *testing.T) {
	left := asperaOf(3)
	left.FailWith(func(r asperatest.Request) *asperatest.Fault {
		if !strings.Contains(r.RawQuery, "next=") {
			return nil
		}
		return &asperatest.Fault{Damage: func(body []byte) []byte {
			return bytes.Replace(body, []byte(`"total_transfers":3`), []byte(`"total_transfers":2`), 1)
		}}
	})
	moving := asperaOf(3)
	moving.OnRequest(func(r asperatest.Request) {
		if strings.Contains(r.RawQuery, "limit=1&") || strings.HasSuffix(r.RawQuery, "limit=1") {
			moving.Add(transferAt(r.N+100, time.Now().Add(-time.Hour)))
		}
	})
	asperaAsks{
		"query":  {asperaOf(30), "total_transfers is 30 on a page of 30, and 30 and 30 on the first two pages of one: it counts the query", settled},
		"more":   {asperaOf(300), "total_transfers is 4 on a page of 4, and 4 and 4", settled},
		"page":   {asperaOf(30, asperatest.WithTotal(asperatest.PageTotal)), "it counts the page | Page.Total is not", settled},
		"left":   {left, "it counts what is left", settled},
		"none":   {asperaOf(30, asperatest.WithTotal(asperatest.NoTotal)), "there is no total_transfers", settled},
		"moving": {moving, "which fits neither", open},
		"one":    {asperaOf(1), "only one transfer", open},
		"empty":  {asperaOf(0), "no transfers to count", open},
		"capped": {asperaOf(30, asperatest.WithPageLimit(2)), "it counts more than the page", likely},
	}.run(t, "aspera.total")
}

func TestAsperaOrder(t *testing.T) {
	across := func(n int, opts ...asperatest.Option) *asperatest.Server {
		server := asperatest.NewServer(opts...)
		for i := range n {
			server.Add(transferAt(i, monday(aWednesday()).Add(time.Duration(i-n/2)*time.Minute)))
		}
		return server
	}
	// The first page of a hundred lies in one week.
	late := across(0, asperatest.WithOrder(asperatest.WeeksAscending))
	for i := range 300 {
		late.Add(transferAt(i, monday(aWednesday()).Add(time.Duration(i-150)*20*time.Minute)))
	}
	byUpdate := asperaOf(6)
	var rows []json.RawMessage
	for i, start := range []int{5, 1, 3, 2, 8, 4, 6} {
		item := transferAt(i, aWednesday().Add(time.Duration(start)*time.Minute))
		item.UpdatedAt = aWednesday().Add(time.Duration(-i) * time.Hour)
		raw, err := json.Marshal(item)
		require.NoError(t, err)
		rows = append(rows, raw)
	}
	body, err := json.Marshal(map[string]any{"transfers": rows})
	require.NoError(t, err)
	byUpdate.FailWith(asperaAnswering(string(body)))
	asperaAsks{
		"newest first":       {across(20), "descending by session start (20 different ones, in 2 weeks)", settled},
		"oldest first":       {across(20, asperatest.WithOrder(asperatest.OldestFirst)), "ascending by session start (20 different ones, in 2 weeks)", settled},
		"weeks":              {across(20, asperatest.WithOrder(asperatest.WeeksAscending)), "weeks ascending, and within a week descending", settled},
		"weeks, later":       {late, "weeks ascending, and within a week descending", settled},
		"one week":           {asperaOf(20), "within a week descending by session start (20 different ones, in 1 week); how weeks follow each other was not seen", likely},
		"one week, oldest":   {asperaOf(20, asperatest.WithOrder(asperatest.OldestFirst)), "within a week ascending", likely},
		"few":                {across(4), "descending by session start (4 different", likely},
		"two":                {across(2), "too few transfers", open},
		"empty":              {asperaOf(0), "too few transfers", open},
		"by another time":    {byUpdate, "in no order by session start (7 different ones, in 1 week), but descending by updated_at", likely},
		"all at one instant": {asperaAt(aWednesday()), "too few transfers", open},
	}.run(t, "aspera.order")
}

func TestAsperaTransfer(t *testing.T) {
	both := func(opts ...asperatest.Option) *asperatest.Server {
		server := asperatest.NewServer(opts...)
		other := transferAt(0, aWednesday())
		other.Direction = aspera.DirectionReceive
		server.Add(transferAt(0, aWednesday()), other)
		return server
	}
	array := both()
	array.FailWith(func(r asperatest.Request) *asperatest.Fault {
		if strings.HasSuffix(r.Path, "/canary-0") {
			return &asperatest.Fault{Body: `[{"uuid":"canary-0"},{"uuid":"canary-0"}]`}
		}
		return nil
	})
	other := asperaOf(1)
	other.FailWith(func(r asperatest.Request) *asperatest.Fault {
		if strings.HasSuffix(r.Path, "/canary-0") {
			return &asperatest.Fault{Body: `{"uuid":"canary-1"}`}
		}
		return nil
	})
	asperaAsks{
		"bare":    {asperaOf(3), "the transfer is bare |", settled},
		"wrapped": {asperaOf(3, asperatest.WithWrappedTransfer()), "wrapped in another object, as its member transfer |", settled},
		"both":    {both(), "the transfer is bare; the UUID has two directions in the list, of which one comes", settled},
		"array":   {array, "an array with 2 transfers of that UUID; the UUID has two directions in the list |", settled},
		"another": {other, "not about the transfer", open},
		"empty":   {asperaOf(0), "no transfers", open},
	}.run(t, "aspera.transfer")
}

func TestAsperaFilters(t *testing.T) {
	one := asperatest.NewServer()
	one.Add(transferAt(0, aWednesday()))
	old := asperatest.NewServer()
	for i := range 10 {
		old.Add(transferAt(i, aWednesday().AddDate(-1, 0, i)))
	}
	names := asperatest.NewServer()
	for i := range 21 {
		item := transferAt(i, aWednesday())
		item.Status = aspera.Status("canary" + strings.Repeat("x", i))
		names.Add(item)
	}
	lost := asperaOf(10)
	lost.FailWith(func(r asperatest.Request) *asperatest.Fault {
		if strings.Contains(r.RawQuery, "direction=") {
			return &asperatest.Fault{Body: `{"transfers":[]}`}
		}
		return nil
	})
	refused := asperaOf(10)
	refused.FailWith(func(r asperatest.Request) *asperatest.Fault {
		if strings.Contains(r.RawQuery, "direction=") || strings.Contains(r.RawQuery, "status=") {
			return &asperatest.Fault{Status: 422, Body: `{"code":"unpermitted_parameters"}`}
		}
		return nil
	})
	asperaAsks{
		"honoured": {asperaOf(10), "direction=receive, of the values receive, send: honoured, 5 rows; status=failed, of the values failed, completed: honoured, 2 rows", settled},
		"ignored":  {asperaOf(10, asperatest.WithIgnoredFilters()), "status=failed, of the values failed, completed: not honoured, since 8 of 10 rows have another", settled},
		"one kind": {one, "status=failed, of the values completed: nothing comes, as it should", likely},
		"lost":     {lost, "nothing comes, though there are such transfers", likely},
		"refused":  {refused, "refused (status 422)", settled},
		"old":      {old, "direction=receive, of the values receive, send: honoured, 5 rows", settled},
		"many":     {names, "status: no transfer has one that can be shown", likely},
		"empty":    {asperaOf(0), "no transfers", open},
	}.run(t, "aspera.filters")
}

func TestAsperaThroughput(t *testing.T) {
	rated := func(factor ...float64) *asperatest.Server {
		server := asperatest.NewServer()
		for i, f := range factor {
			item := transferAt(i, aWednesday().Add(time.Duration(i)*time.Minute))
			item.Throughput = f * 1e6 // times the bytes per second
			server.Add(item)
		}
		return server
	}
	asperaAsks{
		"all alike":     {rated(8, 8, 8, 8), "throughput is 8 times the bytes per second in all 4 transfers: bits |", settled},
		"bits":          {rated(8, 8.1, 7.9, 8), "throughput is 8 times the bytes per second in the middle of 4 transfers, and 7.9 to 8.1 times in all: bits | Transfer.Throughput is in bits per second, as the SDK says", settled},
		"bytes":         {rated(1, 1.1, 0.9, 1), "throughput is the bytes per second in the middle of 4 transfers, and 0.9 to 1.1 times in all: bytes | Transfer.Throughput is in bytes", settled},
		"bits, busy":    {rated(9, 12, 20, 40), "bits, where what goes by without data does not count", likely},
		"bytes, busy":   {rated(1, 2, 3, 4), "bytes, where what goes by without data does not count", likely},
		"neither":       {rated(1000, 1000, 1000), "which fits neither", open},
		"mixed":         {rated(1, 8, 1, 8, 5), "which fits neither", open},
		"two":           {rated(8, 8), "only 2 transfers", open},
		"no throughput": {rated(0, 0, 0, 0), "only 0 transfers", open},
	}.run(t, "aspera.throughput")
}

func TestAsperaDirection(t *testing.T) {
	type adding = func(*asperatest.Server, ...aspera.Throughput)
	out, in := (*asperatest.Server).AddEgressThroughputs, (*asperatest.Server).AddIngressThroughputs
	// pair has a send, and hours later a receive, with rates of the same times.
	pair := func(send, receive adding, opts ...asperatest.Option) *asperatest.Server {
		server := asperatest.NewServer(opts...)
		for i, add := range []adding{send, receive} {
			start := aWednesday().Add(time.Duration(i) * 5 * time.Hour)
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
		server.FailWith(func(r asperatest.Request) *asperatest.Fault {
			if strings.HasSuffix(r.Path, "/volume_usage") {
				return &asperatest.Fault{Status: 404}
			}
			return nil
		})
		return server
	}
	one := asperatest.NewServer()
	one.Add(transferAt(0, aWednesday()))
	many := withoutVolumes(pair(nil, nil))
	for i := range 300 {
		at := aWednesday().Add(time.Duration(i%150) * time.Second).Add(time.Duration(i/150) * 5 * time.Hour)
		many.AddIngressThroughputs(aspera.Throughput{Time: at})
		many.AddEgressThroughputs(aspera.Throughput{Time: at, Throughput: 1.07e6})
	}
	busy := withoutVolumes(pair(out, in))
	busy.AddEgressThroughputs(aspera.Throughput{Time: aWednesday().Add(-4 * time.Minute), Throughput: 5e7})
	raw := func(text string) *asperatest.Server {
		server := asperatest.NewServer()
		server.Add(transferAt(0, aWednesday()), transferAt(1, aWednesday().Add(2*time.Hour)))
		server.AddVolumes(aspera.Volume{Raw: json.RawMessage(text)})
		return server
	}
	const same, opposite = "send is a download and receive an upload", "send is an upload and receive a download"
	asperaAsks{
		"downloads by volumes": {pair(nil, nil), same + ": around the largest send: 100% of the bytes are sent, 100% downloaded by the volumes, which are as many; around", settled},
		"uploads by volumes":   {pair(nil, nil, asperatest.WithUploadsSent()), opposite, settled},
		"only sent":            {one, same, settled},
		"in and out":           {raw(`{"bytes_in":20000000,"bytes_out":20000000}`), "50% downloaded", open},
		"downloads by rates":   {withoutVolumes(pair(out, in)), same + ": around the largest send: there are no volumes to compare, 100% of the bytes are sent, 100% downloaded by the rates, which are 0.94", settled},
		"uploads by rates":     {withoutVolumes(pair(in, out)), opposite, settled},
		"one by rates":         {withoutVolumes(pair(out, nil)), same, likely},
		"one by rates, other":  {withoutVolumes(pair(nil, out)), opposite, likely},
		"both alike":           {withoutVolumes(pair(out, out)), "by the rates", open},
		"others at that time":  {busy, "times as many", likely},
		"many rates":           {many, "there are no rates to compare", open},
		"many":                 {asperaOf(30, asperatest.WithPageLimit(2)), "too many transfers", open},
		"empty":                {asperaOf(0), "no transfer of the sample is a send", open},
	}.run(t, "aspera.direction")
}

// Rates that cannot be read say nothing.
func TestIntegral(t *testing.T) {
	start, stop := aWednesday(), aWednesday().Add(time.Hour)
	row := func(text string, minute int) aspera.Throughput {
		at := aWednesday().Add(time.Duration(minute) * time.Minute).Format(time.RFC3339)
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
		got, ok := integral(c.items, start, stop)
		assert.Equal(t, c.ok, ok, name)
		if ok {
			assert.Equal(t, c.want, got, name)
		}
	}
}

// What the fake invents is told apart, too.
func TestAsperaDirectionOfInventedRows(t *testing.T) {
	for want, opt := range map[string]asperatest.Option{
		"send is a download": asperatest.WithSeed(1), "send is an upload": asperatest.WithUploadsSent(),
	} {
		server := asperatest.NewServer(asperatest.WithRows(2500), asperatest.WithNewest(aWednesday()), opt)
		got := answer(t, fakeAsperaOf(server), "aspera.direction")
		assert.Contains(t, got.answer, want)
		assert.Equal(t, settled, got.certainty)
	}
}

func TestAsperaErrors(t *testing.T) {
	bare := asperaOf(1)
	bare.FailWith(func(r asperatest.Request) *asperatest.Fault {
		switch {
		case strings.HasSuffix(r.Path, "/probe"):
			return &asperatest.Fault{Status: 400, Body: `{"odd":{"Canary 7":1},"code":"Canary of acme"}`}
		case strings.Contains(r.RawQuery, "limit=x"):
			return &asperatest.Fault{Status: 503}
		}
		return nil
	})
	coded := asperaOf(1)
	coded.FailWith(func(r asperatest.Request) *asperatest.Fault {
		if r.RawQuery == "limit=0" {
			return &asperatest.Fault{Status: 422, Body: `{"code":"canary_of_acme"}`}
		}
		return nil
	})
	asperaAsks{
		"strict":  {asperaOf(1), "a UUID that is none: status 404, members code, message, request_id (code is not_found); ", settled},
		"refused": {asperaOf(1), "limit x: status 400, members code, message, request_id (code is bad_request); an unknown parameter: status 400", settled},
		"lenient": {asperaOf(1, asperatest.WithLenientQuery()), "limit 0: taken (status 200); limit -1: taken (status 200); limit x: taken (status 200); an unknown parameter: taken (status 200) | A parameter of Extra that the service does not know is ignored", settled},
		"secrets": {coded, "limit 0: status 422, members code (code is another code)", settled},
		"unread":  {bare, "a UUID that is none: status 400, members code, odd (code is another code), of which the SDK reads no message; ", likely},
	}.run(t, "aspera.errors")
}

func TestAsperaSearch(t *testing.T) {
	found := func(opts ...asperatest.Option) *asperatest.Server {
		server := asperatest.NewServer(opts...)
		server.AddMatches(aspera.FileAccessMatch{File: &aspera.FileAccessFile{ID: "1", Name: "canary"}})
		return server
	}
	gone := asperaOf(0)
	gone.FailWith(func(r asperatest.Request) *asperatest.Fault {
		if strings.Contains(r.Path, "file_access") {
			return &asperatest.Fault{Status: 410}
		}
		return nil
	})
	denied := asperaOf(0)
	denied.FailWith(func(r asperatest.Request) *asperatest.Fault {
		if strings.Contains(r.Path, "file_access") {
			return &asperatest.Fault{Status: 403}
		}
		return nil
	})
	asperaAsks{
		"search":       {found(), `"search" is taken, and one that is made up is refused | FileAccessSearch.Term is sent by that name`, settled},
		"q":            {found(asperatest.WithSearchParameter("q")), `"q" is taken, and one that is made up is refused | Leave FileAccessSearch.Term empty`, settled},
		"another":      {found(asperatest.WithSearchParameter("needle")), "none of search, q", open},
		"not there":    {found(asperatest.WithoutFileAccess()), "not there any more (status 404)", settled},
		"gone":         {gone, "not there any more (status 410)", settled},
		"denied":       {denied, "the account may not read this (status 403)", open},
		"all is taken": {withAnswers(`{"users":[],"files":[]}`), "takes any parameter", open},
		"all is found": {withAnswers(`{"users":[{"id":1}],"files":[]}`), "none of search", open},
		"term":         {bySearch("term"), `"term" leaves out what does not match`, settled},
	}.run(t, "aspera.search")
}

func withAnswers(body string) *asperatest.Server {
	server := asperaOf(0)
	server.FailWith(asperaAnswering(body))
	return server
}

// bySearch returns a service that takes any parameter, and searches by this one.
func bySearch(name string) *asperatest.Server {
	server := asperaOf(0)
	server.FailWith(func(r asperatest.Request) *asperatest.Fault {
		switch {
		case !strings.HasSuffix(r.Path, "/search"):
			return nil
		case r.Query().Has(name):
			return &asperatest.Fault{Body: `{"users":[],"files":[]}`}
		default:
			return &asperatest.Fault{Body: `{"users":[{"id":1}],"files":[]}`}
		}
	})
	return server
}

func TestAsperaEvents(t *testing.T) {
	events := func(types ...string) *asperatest.Server {
		server := asperatest.NewServer()
		for i, name := range types {
			server.AddApplicationEvents(aspera.ApplicationEvent{EventID: fmt.Sprint(i), EventType: aspera.EventType(name),
				TriggeredByUserName: "canary", CreatedAt: aWednesday().Add(time.Duration(i) * time.Second)})
		}
		return server
	}
	many, texts := make([]string, 500), make([]string, 40)
	for i := range many {
		many[i] = "UserCreated"
	}
	for i := range texts {
		texts[i] = "canary" + strings.Repeat("x", i)
	}
	old := asperatest.NewServer()
	old.AddApplicationEvents(aspera.ApplicationEvent{EventID: "1", EventType: "user_created", CreatedAt: time.Now().AddDate(-1, 0, 0)})
	asperaAsks{
		"known":    {events("user_logged_in", "Package Sent", "user_logged_in"), "in 3 events, types that the SDK knows: Package Sent (1, share), user_logged_in (2, login); types that it does not know: none", likely},
		"unknown":  {events("user_logged_in", "quota_reached"), "does not know: quota_reached (1) | Types that the SDK does not know are KindOther", settled},
		"hidden":   {events("user_logged_in", "Canary Person"), "does not know: 1 other is not shown, since it does not look like a word of the service", settled},
		"texts":    {events(texts...), "does not know: 40 others are not shown", settled},
		"many":     {events(many...), "in 300 events", likely},
		"no types": {events("", ""), "none of 2 events has an event_type", likely},
		"old":      {old, "in 1 event,", likely},
		"empty":    {asperaOf(0), "there are no application events", open},
	}.run(t, "aspera.events")
}

func TestAsperaShapes(t *testing.T) {
	full := func(opts ...asperatest.Option) *asperatest.Server {
		return asperatest.NewServer(append(opts, asperatest.WithRows(50), asperatest.WithNewest(aWednesday()))...)
	}
	volumes := asperatest.NewServer()
	volumes.AddVolumes(aspera.Volume{Raw: json.RawMessage(`{"id":1,"name":"canary","bytes_in":2,"bytes_out":3.5}`)},
		aspera.Volume{Raw: json.RawMessage(`{"id":"1x","name":"canary","bytes_in":2,"bytes_out":3,"canary 7":1}`)})
	old := asperatest.NewServer()
	old.AddApplicationEvents(aspera.ApplicationEvent{EventID: "1", EventType: "user_created", CreatedAt: time.Now().AddDate(-1, 0, 0)})
	other := asperatest.NewServer()
	other.Add(aspera.Transfer{Raw: json.RawMessage(`{"uuid":"canary","session_started_at":"` + aWednesday().Format(time.RFC3339) + `"}`)})
	unfit := asperaOf(3)
	unfit.Add(aspera.Transfer{Raw: json.RawMessage(`{"uuid":"canary","file_count":"many","session_started_at":"` + aWednesday().Format(time.RFC3339) + `"}`)})
	asperaAsks{
		"as expected":  {full(), "volume_usage: 5 rows, all members as the SDK expects; file_access: 50 rows, all members as the SDK expects", settled},
		"lacking":      {full(), "Fields stay zero whose members did not come: transfers files_completed, xfer_id; one transfer files_completed, xfer_id.", settled},
		"gone":         {full(asperatest.WithoutFileAccess()), "file_access: there is nothing (status 404); file_access/search: there is nothing (status 404)", settled},
		"other names":  {volumes, "volume_usage: 2 rows, not known to the SDK: bytes_in (integer), bytes_out (integer or number), did not come: bytes_uploaded, bytes_downloaded, members that are not shown: 1", likely},
		"to adapt":     {volumes, "adapted to: volume_usage.", likely},
		"unfit":        {unfit, "do not fit their field: file_count (integer or string)", likely},
		"second names": {other, "transfers: 1 row, did not come: direction, status, session_stop_time, updated_at", likely},
		"old":          {old, "application_events: 1 row, all members as the SDK expects", likely},
		"array":        {withAnswers(`[{"uuid":"a"}]`), "application_events: 1 row, not known to the SDK: uuid (string), did not come: event_id, event_type, triggered_by_user_name, triggered_by_user_email, created_at, the array stands alone", likely},
		"renamed":      {withAnswers(`{"rows":[{"uuid":"a"}]}`), "the array is called rows", likely},
		"no objects":   {withAnswers(`{"rows":[1,2]}`), "no object in 2 rows", open},
		"empty":        {asperaOf(0), "no endpoint has rows to compare", open},
	}.run(t, "aspera.shapes")
}

// Where /api/v1/organization has no answer, the id comes from /api/v1/self.
func TestAsperaOrganizationBySelf(t *testing.T) {
	server := asperaOf(3)
	server.FailWith(func(r asperatest.Request) *asperatest.Fault {
		if r.Path == "/api/v1/organization" {
			return &asperatest.Fault{Status: 404}
		}
		return nil
	})
	got := answer(t, fakeAsperaOf(server), "aspera.shapes")
	assert.Contains(t, got.answer, "id came from /api/v1/self")
	assert.Contains(t, got.follows, "OwnOrganization does not work here")
}

func TestAsperaAccountThatDoesNotWork(t *testing.T) {
	for body, status := range map[string]int{`{"error":"invalid_client"}`: 401, `<html>`: 500} {
		server := asperaOf(3)
		server.FailWith(nil)
		server.Fail(asperatest.Fault{Token: true, Status: status, Body: body}, asperatest.Fault{Token: true, Status: status, Body: body})
		s := fakeAsperaOf(server)
		s.user = &user{silent: true}
		report := s.probe(t.Context(), new(bytes.Buffer))
		require.Len(t, report.Checks, 1)
		assert.Equal(t, "account", report.Checks[0].What)
		for _, q := range report.Questions {
			assert.Equal(t, open, q.Certainty)
		}
		assert.LessOrEqual(t, report.Requests, s.cost())
	}
}

// hostileAspera are services whose every answer is of no use.
func hostileAspera() map[string]asperatest.Fault {
	return map[string]asperatest.Fault{
		"500":         {Status: 500, Body: `{"message":"canary"}`},
		"HTML":        {Body: `<html><body>canary</body></html>`, ContentType: "text/html"},
		"{}":          {Body: `{}`},
		"[]":          {Body: `[]`},
		"null":        {Body: `null`},
		"401":         {Status: 401, Body: `{"code":"unauthorized","message":"canary"}`},
		"403":         {Status: 403, Body: `{"message":"canary"}`},
		"429":         {Status: 429, Body: `canary`, Header: map[string][]string{"Retry-After": {"1"}}},
		"reset":       {Reset: true},
		"no rows":     {Body: `{"transfers":null,"next":null}`},
		"odd rows":    {Body: `{"transfers":[1,null,"canary",[],{}],"total_transfers":"x","next":{"href":"canary"}}`},
		"elsewhere":   {Body: `{"transfers":[{"uuid":"canary"}],"next":{"href":"https://canary.example.com/?next=1"}}`},
		"odd members": {Body: `{"transfers":[{"uuid":7,"session_start_time":"canary","direction":"canary 7","status":["canary"]}]}`},
		"cut":         {Body: `{"transfers":[{"uuid":"canary"`},
	}
}

func TestAsperaHostile(t *testing.T) {
	for name, fault := range hostileAspera() {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				server := asperaOf(20)
				server.FailWith(func(r asperatest.Request) *asperatest.Fault {
					if strings.HasPrefix(r.Path, "/analytics/") {
						return &fault
					}
					return nil
				})
				for _, q := range asperaQuestions(nil) {
					f := answer(t, fakeAsperaOf(server), q.id)
					assert.NotContains(t, strings.ToLower(f.answer+f.follows), "canary", q.id)
					switch {
					case fault.Status == 0 && (q.id == "aspera.window" || q.id == "aspera.errors"): // what is readable was taken
					case name == "odd members": // is an answer, if only the SDK reads it
					default:
						assert.NotEqual(t, settled, f.certainty, "%s: %s", q.id, f.answer)
					}
				}
				var out bytes.Buffer
				s := fakeAsperaOf(server)
				s.user = &user{out: &out, silent: true}
				report := s.probe(t.Context(), &out)
				text, err := json.Marshal(report)
				require.NoError(t, err)
				assert.NotContains(t, strings.ToLower(out.String()+string(text)), "canary")
				assert.LessOrEqual(t, report.Requests, s.cost())
			})
		})
	}
}

// An account without any activity leaves open what cannot be seen.
func TestAsperaEmpty(t *testing.T) {
	told := map[string]certainty{"aspera.window": settled, "aspera.errors": settled, "aspera.last": likely, "aspera.search": settled}
	for _, q := range asperaQuestions(nil) {
		want := told[q.id]
		if want == "" {
			want = open
		}
		assert.Equal(t, want, answer(t, fakeAsperaOf(asperatest.NewServer()), q.id).certainty, q.id)
	}
}

// Rows that arrive with every request make answers open at worst.
func TestAsperaMoving(t *testing.T) {
	want := map[string]string{
		"aspera.start": "compared with the session start, and that very instant is included",
		"aspera.stop":  "compared with the session start, and that very instant is included",
		"aspera.last":  "next is missing", "aspera.total": "it counts the query",
		"aspera.order": "descending by session start", "aspera.filters": "status=failed, of the values failed, completed: honoured",
		"aspera.transfer": "the transfer is bare", "aspera.throughput": "bits", "aspera.direction": "send is a download",
	}
	for id, text := range want {
		server := asperaOf(60)
		server.OnRequest(func(r asperatest.Request) {
			item := transferAt(1000+r.N, aWednesday().Add(time.Duration(r.N)*time.Second))
			late := transferAt(2000+r.N, time.Now().Add(-time.Minute))
			server.Add(item, late)
		})
		got := answer(t, fakeAsperaOf(server), id)
		if got.certainty != open {
			assert.Contains(t, got.answer, text, id)
		}
	}
}

// Where there is no transfer, none is asked for, and the account works all the same.
func TestAsperaChecksOfAnEmptyAccount(t *testing.T) {
	s := fakeAsperaOf(asperatest.NewServer())
	require.NoError(t, s.prepare(t.Context()))
	checks, works := s.check(t.Context())
	assert.True(t, works)
	results := map[string]string{}
	for _, c := range checks {
		results[c.What] = c.Result
	}
	assert.Equal(t, "not asked: the account shows no transfers", results["one transfer"])
	assert.Equal(t, "not asked: the account shows no transfers", results["files of a transfer"])
	assert.Equal(t, ok, results["volume_usage"])
}

// An endpoint that refuses the token is not asked again and again.
func TestAsperaEndpointOfNoPermission(t *testing.T) {
	server := asperaOf(20)
	server.FailWith(func(r asperatest.Request) *asperatest.Fault {
		if strings.HasPrefix(r.Path, "/analytics/") && !strings.HasSuffix(r.Path, "/transfers") {
			return &asperatest.Fault{Status: 401, Body: `{"code":"unauthorized"}`}
		}
		return nil
	})
	s := fakeAsperaOf(server)
	s.user = &user{silent: true}
	report := s.probe(t.Context(), new(bytes.Buffer))
	assert.LessOrEqual(t, report.Requests, s.cost())
	times := map[string]int{}
	for _, r := range server.Requests() {
		if r.Status == 401 {
			times[r.Path]++
		}
	}
	for path, n := range times {
		assert.LessOrEqual(t, n, 2, path)
	}
	assert.NotEmpty(t, times)
}

func TestConnectAspera(t *testing.T) {
	key := filepath.Join(t.TempDir(), "key.pem")
	require.NoError(t, os.WriteFile(key, asperatest.NewServer().JWTConfig().PrivateKey, 0o600))
	all := map[string]string{"ASPERA_ORGANIZATION": "acme", "ASPERA_CLIENT_ID": "id", "ASPERA_USER": "ada@example.com", "ASPERA_PRIVATE_KEY_FILE": key}
	connect := func(changed map[string]string) (*service, error) {
		env := maps.Clone(all)
		maps.Copy(env, changed)
		return connectAspera(func(name string) string { return env[name] })
	}
	s, err := connectAspera(func(string) string { return "" })
	require.NoError(t, err)
	assert.Nil(t, s, "not configured")
	s, err = connect(nil)
	require.NoError(t, err)
	assert.False(t, s.fake)
	assert.Equal(t, "acme", s.where)
	assert.Zero(t, s.wire.sent(), "making a client sends nothing")
	for name, value := range map[string]string{"ASPERA_USER": "", "ASPERA_PRIVATE_KEY_FILE": key + ".not", "ASPERA_BASE_URL": "http://example.com"} {
		_, err = connect(map[string]string{name: value})
		assert.Error(t, err, name)
	}
}

func TestFakeAsperaAnswersEverything(t *testing.T) {
	var out bytes.Buffer
	s := fakeAspera()
	s.user = &user{out: &out, silent: true}
	report := s.probe(t.Context(), &out)
	for _, c := range report.Checks {
		assert.Equal(t, ok, c.Result, c.What)
	}
	for _, q := range report.Questions {
		assert.NotEqual(t, open, q.Certainty, "%s: %s", q.ID, q.Answer)
	}
	assert.LessOrEqual(t, report.Requests, s.cost())
}
