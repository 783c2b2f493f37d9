package aspera_test

import (
	"net/url"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/aspera"
	"github.com/activity-sdk/activity/aspera/asperatest"
)

func TestRequestLines(t *testing.T) {
	extra := url.Values{"tag": {"a", "b c"}}
	for name, c := range map[string]struct {
		read reader
		want string // after the path of the organization
	}{
		"transfers":           {transfers(aspera.TransferQuery{}), "transfers"},
		"transfers start":     {transfers(aspera.TransferQuery{Start: begin}), "transfers?start_time=2024-03-01T08%3A00%3A00Z"},
		"transfers stop":      {transfers(aspera.TransferQuery{Stop: end}), "transfers?stop_time=2024-03-31T21%3A59%3A59Z"},
		"transfers status":    {transfers(aspera.TransferQuery{Status: aspera.StatusCompleted}), "transfers?status=completed"},
		"transfers direction": {transfers(aspera.TransferQuery{Direction: aspera.DirectionSend}), "transfers?direction=send"},
		"transfers page size": {transfers(aspera.TransferQuery{PageSize: 7}), "transfers?limit=7"},
		"transfers extra":     {transfers(aspera.TransferQuery{Extra: extra}), "transfers?tag=a&tag=b%20c"},
		"transfers all": {
			transfers(aspera.TransferQuery{Start: begin, Stop: end, Status: aspera.StatusFailed, Direction: aspera.DirectionReceive, PageSize: 5, Extra: extra}),
			"transfers?direction=receive&limit=5&" + "start_time=2024-03-01T08%3A00%3A00Z&status=failed&stop_time=2024-03-31T21%3A59%3A59Z&tag=a&tag=b%20c",
		},
		"an instant": {transfers(aspera.TransferQuery{Start: begin, Stop: begin}),
			"transfers?start_time=2024-03-01T08%3A00%3A00Z&stop_time=2024-03-01T08%3A00%3A00Z"},
		"milliseconds": {transfers(aspera.TransferQuery{Start: begin.Add(120 * time.Millisecond), Stop: begin.Add(5 * time.Second)}),
			"transfers?start_time=2024-03-01T08%3A00%3A00.120Z&stop_time=2024-03-01T08%3A00%3A05Z"},
		"finer bounds grow": {transfers(aspera.TransferQuery{Start: begin.Add(1999 * time.Microsecond), Stop: begin.Add(2001 * time.Microsecond)}),
			"transfers?start_time=2024-03-01T08%3A00%3A00.001Z&stop_time=2024-03-01T08%3A00%3A00.003Z"},
		"a start before the second, a stop after it": {transfers(aspera.TransferQuery{Start: begin.Add(time.Nanosecond), Stop: begin.Add(time.Second - 1)}),
			"transfers?start_time=2024-03-01T08%3A00%3A00Z&stop_time=2024-03-01T08%3A00%3A01Z"},
		"before 1970": {transfers(aspera.TransferQuery{Start: time.Date(1969, 12, 31, 23, 59, 59, 999_999, time.UTC)}),
			"transfers?start_time=1969-12-31T23%3A59%3A59Z"},
		"the zero time to the millisecond": {transfers(aspera.TransferQuery{Start: time.Time{}.Add(time.Microsecond)}), "transfers"},
		"a transfer":                       {transfer("4e1a"), "transfers/4e1a"},
		"an escaped uuid":                  {transfer("a/b ?c"), "transfers/a%2Fb%20%3Fc"},
		"files":                            {files("4e1a", aspera.FileQuery{}), "transfers/4e1a/files"},
		"files all":                        {files("4e1a", aspera.FileQuery{Start: begin, Stop: end, PageSize: 3, Extra: extra}), "transfers/4e1a/files?limit=3&" + span + "&tag=a&tag=b%20c"},
		"events":                           {events(aspera.EventQuery{}), "application_events"},
		"events all":                       {events(aspera.EventQuery{Start: begin, Stop: end, PageSize: 3, Extra: extra}), "application_events?limit=3&" + span + "&tag=a&tag=b%20c"},
		"egress":                           {egress(aspera.ThroughputQuery{}), "egress_throughputs"},
		"egress all":                       {egress(aspera.ThroughputQuery{Start: begin, Stop: end, PageSize: 3, Extra: extra}), "egress_throughputs?limit=3&" + span + "&tag=a&tag=b%20c"},
		"ingress":                          {ingress(aspera.ThroughputQuery{}), "ingress_throughputs"},
		"ingress all":                      {ingress(aspera.ThroughputQuery{Start: begin, Stop: end, PageSize: 3, Extra: extra}), "ingress_throughputs?limit=3&" + span + "&tag=a&tag=b%20c"},
		"access":                           {access(aspera.FileAccessQuery{}), "file_access"},
		"access all":                       {access(aspera.FileAccessQuery{Start: begin, Stop: end, PageSize: 3, Extra: extra}), "file_access?limit=3&" + span + "&tag=a&tag=b%20c"},
		"search":                           {search(aspera.FileAccessSearch{}), "file_access/search"},
		"search term":                      {search(aspera.FileAccessSearch{Term: "rep ort&"}), "file_access/search?search=rep%20ort%26"},
		"search all":                       {search(aspera.FileAccessSearch{Term: "x", Start: begin, Stop: end, PageSize: 3, Extra: extra}), "file_access/search?limit=3&search=x&" + span + "&tag=a&tag=b%20c"},
		"search, other name":               {search(aspera.FileAccessSearch{Extra: url.Values{"q": {"x"}}}), "file_access/search?q=x"},
		"volume":                           {volume(aspera.VolumeQuery{}), "volume_usage"},
		"volume all":                       {volume(aspera.VolumeQuery{Start: begin, Stop: end, Extra: extra}), "volume_usage?" + span + "&tag=a&tag=b%20c"},
	} {
		t.Run(name, func(t *testing.T) {
			s := asperatest.NewServer()
			answer(s, `[]`)
			_ = c.read(t.Context(), organization(s)) // only the request matters
			assert.Equal(t, []string{"GET /analytics/v2/organizations/1023/" + c.want}, apiLines(s))
		})
	}
}

// TestInvalidQueries checks that invalid queries are refused before anything is sent, even a token
// request.
func TestInvalidQueries(t *testing.T) {
	year := func(y int) time.Time { return time.Date(y, 1, 1, 0, 0, 0, 0, time.UTC) }
	named := func(name string) url.Values { return url.Values{name: {"canary"}} }
	for name, c := range map[string]struct {
		read    reader
		message string
	}{
		"stop before start":          {transfers(aspera.TransferQuery{Start: begin, Stop: begin.Add(-1)}), "Stop is before Start"},
		"negative page size":         {transfers(aspera.TransferQuery{PageSize: -1}), "PageSize is outside 1 to 10,000"},
		"year 10000":                 {transfers(aspera.TransferQuery{Stop: year(10000)}), "years 1 to 9999"},
		"year -3":                    {transfers(aspera.TransferQuery{Start: year(-3)}), "years 1 to 9999"},
		"extra start_time":           {transfers(aspera.TransferQuery{Extra: named("start_time")}), "start_time"},
		"extra stop_time":            {transfers(aspera.TransferQuery{Extra: named("stop_time")}), "stop_time"},
		"extra limit":                {transfers(aspera.TransferQuery{Extra: named("limit")}), "limit"},
		"extra next":                 {transfers(aspera.TransferQuery{Extra: named("next")}), "next"},
		"extra status":               {transfers(aspera.TransferQuery{Extra: named("status")}), "status"},
		"extra direction":            {transfers(aspera.TransferQuery{Extra: named("direction")}), "direction"},
		"extra without name":         {transfers(aspera.TransferQuery{Extra: named("")}), "without a name"},
		"files: extra limit":         {files("u", aspera.FileQuery{Extra: named("limit")}), "limit"},
		"files: stop before start":   {files("u", aspera.FileQuery{Start: end, Stop: begin}), "Stop is before Start"},
		"files: page size":           {files("u", aspera.FileQuery{PageSize: -2}), "PageSize is outside 1 to 10,000"},
		"files: no uuid":             {files("", aspera.FileQuery{}), "uuid is empty"},
		"files: dots":                {files("..", aspera.FileQuery{}), "uuid must not be"},
		"events: extra":              {events(aspera.EventQuery{Extra: named("next")}), "next"},
		"events: page size":          {events(aspera.EventQuery{PageSize: -2}), "PageSize is outside 1 to 10,000"},
		"egress: page size":          {egress(aspera.ThroughputQuery{PageSize: -2}), "PageSize is outside 1 to 10,000"},
		"ingress: stop before start": {ingress(aspera.ThroughputQuery{Start: end, Stop: begin}), "Stop is before Start"},
		"access: page size":          {access(aspera.FileAccessQuery{PageSize: -2}), "PageSize is outside 1 to 10,000"},
		"search: extra search":       {search(aspera.FileAccessSearch{Extra: named("search")}), "search"},
		"search: page size":          {search(aspera.FileAccessSearch{PageSize: -2}), "PageSize is outside 1 to 10,000"},
		"volume: stop before start":  {volume(aspera.VolumeQuery{Start: end, Stop: begin}), "Stop is before Start"},
		"volume: extra limit":        {volume(aspera.VolumeQuery{Extra: named("limit")}), "limit"},
		"transfer: no uuid":          {transfer(" "), "uuid is empty"},
		"transfer: control":          {transfer("a\nb"), "uuid holds control characters"},
		"transfer: dots":             {transfer("a/../b"), "uuid must not be"},
	} {
		t.Run(name, func(t *testing.T) {
			s := asperatest.NewServer()
			err := c.read(t.Context(), organization(s))
			require.ErrorIs(t, err, activity.ErrInvalid)
			e := failure(t, err)
			assert.Contains(t, e.Message, c.message)
			assert.Zero(t, e.StatusCode)
			assert.NotContains(t, err.Error(), "canary")
			assert.Empty(t, s.Requests())
		})
	}
}

// TestQueryIsCopied checks that a list does not change with its query.
func TestQueryIsCopied(t *testing.T) {
	s := asperatest.NewServer()
	answer(s, `[]`)
	q := aspera.TransferQuery{Extra: url.Values{"tag": {"a"}}}
	l := organization(s).Transfers(q)
	q.Extra["tag"][0] = "changed"
	q.Extra.Set("more", "changed")
	_, err := l.Page(t.Context(), "")
	require.NoError(t, err)
	assert.Equal(t, []string{"GET /analytics/v2/organizations/1023/transfers?tag=a"}, apiLines(s))
	assert.Equal(t, url.Values{"tag": {"changed"}, "more": {"changed"}}, q.Extra)
}
