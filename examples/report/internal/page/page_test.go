package page_test

import (
	"encoding/json"
	"errors"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/examples/report/internal/page"
)

var noon = time.Date(2026, time.May, 8, 12, 0, 0, 0, time.UTC)

func written(t *testing.T, p page.Page) string {
	t.Helper()
	var out strings.Builder
	require.NoError(t, p.Write(&out))
	return out.String()
}

var embedded = regexp.MustCompile(`<script type="application/json" id="data">([^<]*)</script>`)

func TestEvents(t *testing.T) {
	html := written(t, page.Page{Events: []page.Event{
		{Who: "ada@example.com", Event: activity.Event{Vendor: "sdelements", Tenant: "acme", Key: "1", Time: noon, Action: "LoggedInActivity", Kind: activity.KindLogin,
			Outcome: activity.OutcomeSuccess, Actor: activity.Actor{ID: "7", Address: "192.0.2.1"}, Target: activity.Target{Name: "Ledger", ID: "3"},
			Message: "a message", Raw: json.RawMessage(`{"id":1}`)}},
		{Who: "ada@example.com", Event: activity.Event{Vendor: "sdelements", Actor: activity.Actor{Email: "ada@example.com"}}},
	}, All: 2})
	var data struct {
		Strings []string
		Events  [][]any
	}
	require.NoError(t, json.Unmarshal([]byte(embedded.FindStringSubmatch(html)[1]), &data))
	assert.Equal(t, []string{"sdelements", "ada@example.com", "login", "success", "LoggedInActivity", "Ledger", "192.0.2.1", "acme", "7", ""}, data.Strings)
	assert.Equal(t, [][]any{
		{float64(noon.UnixMilli()), 0., 1., 2., 3., 4., 5., 6., 7., 8., "a message", "1", `{"id":1}`},
		{nil, 0., 1., 9., 9., 9., 9., 9., 9., 9., "", "", ""},
	}, data.Events)
}

func TestPage(t *testing.T) {
	at := func(d time.Duration) page.Event { return page.Event{Event: activity.Event{Time: noon.Add(d)}} }
	html := written(t, page.Page{Where: "a & b.db", Made: noon.Add(time.Hour), Events: []page.Event{at(0), at(-24 * time.Hour), {}}, All: 3})
	assert.Contains(t, html, "<bdi>a &amp; b.db</bdi> · 2026-05-07 12:00 to 2026-05-08 12:00 UTC · made 2026-05-08 13:00 UTC<")
	assert.NotContains(t, html, `class="banner"`)
	assert.NotContains(t, html, "This page has the newest")
	assert.NotRegexp(t, `(?i)https?:|src=|url\(|@import`, html, "the page refers to nothing outside")

	html = written(t, page.Page{Mark: "invented data from a fake", Events: []page.Event{at(0)}, All: 500_000})
	assert.Contains(t, html, "<title>Activity report (invented data from a fake)</title>")
	assert.Contains(t, html, `<p class="banner" role="note"><strong>This is invented data from a fake.</strong>`)
	assert.Contains(t, html, "This page has the newest 1 of 500000 events.")

	assert.Contains(t, written(t, page.Page{}), "· no events ·")
}

func TestHostileData(t *testing.T) {
	const hostile = "</script><script>alert(1)</script><!--<script>\u2028\u2029&lt;\x00\xff"
	html := written(t, page.Page{Where: hostile, Events: []page.Event{{Who: hostile, Event: activity.Event{Vendor: hostile, Message: hostile, Key: hostile,
		Raw: json.RawMessage(hostile)}}}, All: 1})
	assert.Equal(t, 2, strings.Count(html, "<script"), "the data and the script")
	assert.Equal(t, 2, strings.Count(html, "</script>"))
	assert.NotContains(t, html, "<!--")
	data := embedded.FindStringSubmatch(html)[1]
	assert.NotContains(t, data, "&")
	assert.NotContains(t, data, "\u2028")
	assert.NotContains(t, data, "\u2029")
	var read struct{ Events [][]any }
	require.NoError(t, json.Unmarshal([]byte(data), &read))
	assert.Equal(t, strings.ToValidUTF8(hostile, "\ufffd"), read.Events[0][10], "the record is shown as it was sent")
}

type full struct{}

func (full) Write([]byte) (int, error) { return 0, errors.New("disk full") }

func TestWriteError(t *testing.T) {
	require.ErrorContains(t, page.Page{}.Write(full{}), "disk full")
}
