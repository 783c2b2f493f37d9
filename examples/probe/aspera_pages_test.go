package main

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/activity-sdk/activity/aspera/asperatest"
)

func TestAsperaLimit(t *testing.T) {
	asperaCases{
		"any":     {asperaOf(1500), "limit 1000: obeyed, 1000 rows; limit 10000: accepted, 1500 rows, which are all | PageSize may be up to 1000", likely},
		"capped":  {asperaOf(1200, asperatest.WithPageLimit(200)), "limit 1000: accepted, but 200 rows and a link to more; limit 10000: accepted, but 200 rows", settled},
		"refused": {asperaOf(1200, asperatest.WithGreatestLimit(1000)), "limit 10000: refused (status 400) | Do not set PageSize to 10000 or more", settled},
		"low":     {asperaOf(120, asperatest.WithGreatestLimit(100)), "limit 1000: refused (status 400); limit 10000: refused (status 400) | Do not set PageSize to 1000 or more", settled},
		"few":     {asperaOf(5), "there are too few transfers to show it", open},
		"empty":   {asperaOf(0), "there are too few transfers to show it", open},
		"ignored": {withoutBounds(3), "limit 1: ignored, 3 rows", open},
	}.run(t, "aspera.limit")
}

func TestAsperaLast(t *testing.T) {
	cases := asperaCases{
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
		`{"transfers":[{"uuid":"a"}],"next":false}`:              "next is of another kind: boolean | The SDK returns activity.ErrMalformed there",
		`{"transfers":[{"uuid":"a"}],"next":{"href":7}}`:         "href is no string | The SDK returns activity.ErrMalformed there",
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
	asperaCases{
		"query":  {asperaOf(30), "total_transfers is 30 on a page of 30, and 30 and 30 on the first two pages of one row each: it counts the query", settled},
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
			server.Add(transferAt(i, monday(midweek()).Add(time.Duration(i-n/2)*time.Minute)))
		}
		return server
	}
	// The first page of a hundred is within one week.
	late := across(0, asperatest.WithOrder(asperatest.WeeksAscending))
	for i := range 300 {
		late.Add(transferAt(i, monday(midweek()).Add(time.Duration(i-150)*20*time.Minute)))
	}
	byUpdate := asperaOf(6)
	var rows []json.RawMessage
	for i, start := range []int{5, 1, 3, 2, 8, 4, 6} {
		item := transferAt(i, midweek().Add(time.Duration(start)*time.Minute))
		item.UpdatedAt = midweek().Add(time.Duration(-i) * time.Hour)
		raw, err := json.Marshal(item)
		require.NoError(t, err)
		rows = append(rows, raw)
	}
	body, err := json.Marshal(map[string]any{"transfers": rows})
	require.NoError(t, err)
	byUpdate.FailWith(asperaAnswering(string(body)))
	asperaCases{
		"newest first":       {across(20), "descending by session start (20 different ones, in 2 weeks)", settled},
		"oldest first":       {across(20, asperatest.WithOrder(asperatest.OldestFirst)), "ascending by session start (20 different ones, in 2 weeks)", settled},
		"weeks":              {across(20, asperatest.WithOrder(asperatest.WeeksAscending)), "weeks ascending, and within a week descending", settled},
		"weeks, later":       {late, "weeks ascending, and within a week descending", settled},
		"one week":           {asperaOf(20), "within a week descending by session start (20 different ones, in 1 week); the order of weeks is open", likely},
		"one week, oldest":   {asperaOf(20, asperatest.WithOrder(asperatest.OldestFirst)), "within a week ascending", likely},
		"few":                {across(4), "descending by session start (4 different", likely},
		"two":                {across(2), "too few transfers", open},
		"empty":              {asperaOf(0), "too few transfers", open},
		"by another time":    {byUpdate, "in no order by session start (7 different ones, in 1 week), but descending by updated_at", likely},
		"all at one instant": {asperaAt(midweek()), "too few transfers", open},
	}.run(t, "aspera.order")
}
