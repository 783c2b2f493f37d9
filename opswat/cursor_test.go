package opswat_test

import (
	"encoding/base64"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/opswat"
	"github.com/activity-sdk/activity/opswat/opswattest"
)

func filtered() opswat.ActivityQuery {
	return opswat.ActivityQuery{
		StartDate: time.Date(2018, 5, 15, 0, 0, 0, 0, time.UTC),
		EndDate:   time.Date(2018, 5, 18, 0, 0, 0, 0, time.UTC),
		Actions:   []opswat.Action{opswat.ActionBlocked, opswat.ActionMonitoredBlock},
		Search:    "Salesforce",
		Extra:     map[string]any{"b": 1, "a": "x"},
	}
}

// Every later release must read the cursors of this one, so these literals never change.
func TestGoldenCursors(t *testing.T) {
	tests := []struct {
		name   string
		q      opswat.ActivityQuery
		cursor activity.Cursor
		sends  string
	}{
		{"no filter, size 50", opswat.ActivityQuery{}, goldenPlain, `{"limit":50,"page":2}`},
		{"all filters, size 20", filtered(), goldenFiltered, `{"limit":20,"page":3,"start_date":"05/15/2018","end_date":"05/18/2018",` +
			`"action":["blocked","monitored_block"],"search":"Salesforce","a":"x","b":1}`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			server := opswattest.NewServer()
			_, _ = server.Client().Activities(tt.q).Page(t.Context(), tt.cursor)
			assert.Equal(t, []string{tt.sends}, bodies(server))
		})
	}
}

const (
	goldenPlain    = "a1.eyJlIjoiYWN0aXZpdGllcyIsImYiOiJpaElMYUdJWk9pWjZmVm9YIiwicCI6eyJuIjoyLCJzIjo1MH19"
	goldenFiltered = "a1.eyJlIjoiYWN0aXZpdGllcyIsImYiOiJ1NEV2c05lLVM4dEU5Q1M5IiwicCI6eyJuIjozLCJzIjoyMH19"
)

// This release writes the golden cursors.
func TestGoldenCursorsAreWritten(t *testing.T) {
	full := "[" + strings.Repeat("{},", 49) + "{}]"
	page, err := newClient(t, serving(200, full), credentials()).Activities(opswat.ActivityQuery{}).Page(t.Context(), "")
	require.NoError(t, err)
	assert.EqualValues(t, goldenPlain, page.Next)

	full = "[" + strings.Repeat("{},", 19) + "{}]"
	q := filtered()
	q.PageSize = 20
	list := newClient(t, serving(200, full), credentials()).Activities(q)
	page, err = list.Page(t.Context(), "")
	require.NoError(t, err)
	page, err = list.Page(t.Context(), page.Next)
	require.NoError(t, err)
	assert.EqualValues(t, goldenFiltered, page.Next)
}

// A list that continues from a cursor keeps the page size of the cursor.
func TestResumeWithAnotherPageSize(t *testing.T) {
	for _, size := range []int{0, 1, 7, 10, 20, 49, 50} {
		server := opswattest.NewServer(opswattest.WithoutQuota())
		want := rows(45, time.Now())
		server.Add(want...)
		first, err := server.Client().Activities(opswat.ActivityQuery{PageSize: 10}).Page(t.Context(), "")
		require.NoError(t, err)
		server.ResetRequests()
		list := server.Client().Activities(opswat.ActivityQuery{PageSize: size})
		rest, err := list.From(first.Next).Collect(t.Context(), 0)
		require.NoError(t, err)
		assert.Equal(t, deviceIDs(want[10:]), deviceIDs(rest), "size %d", size)
		assert.Equal(t, pagesOf(10, 6)[1:], bodies(server))

		server.ResetRequests()
		for at, n := first.Next, 0; at != "" && n < 5; n++ { // each page by the cursor of the one before
			page, err := list.Page(t.Context(), at)
			require.NoError(t, err)
			at = page.Next
		}
		assert.Equal(t, pagesOf(10, 6)[1:], bodies(server), "size %d", size)
	}
}

// The end date in a cursor must be one that the list can have had.
func TestCursorEnd(t *testing.T) {
	full := "[" + strings.Repeat("{},", 49) + "{}]"
	q := opswat.ActivityQuery{StartDate: time.Date(2018, 5, 15, 12, 0, 0, 0, time.UTC)}
	page, err := newClient(t, serving(200, full), credentials()).Activities(q).Page(t.Context(), "")
	require.NoError(t, err)
	text, err := base64.RawURLEncoding.DecodeString(string(page.Next[3:]))
	require.NoError(t, err)
	head, _, ok := strings.Cut(string(text), `"p":`)
	require.True(t, ok)
	for end, sends := range map[string]bool{
		`,"e":"05/16/2018"`: true,
		`,"e":"12/31/9999"`: true,
		`,"e":"05/15/2018"`: false, // not after the start
		`,"e":"5/16/2018"`:  false,
		`,"e":"2018-05-16"`: false,
		`,"e":"now"`:        false,
		`,"e":""`:           false,
		``:                  false,
	} {
		server := opswattest.NewServer()
		at := "a1." + base64.RawURLEncoding.EncodeToString([]byte(head+`"p":{"n":2,"s":50`+end+`}}`))
		_, err := server.Client().Activities(q).Page(t.Context(), activity.Cursor(at))
		if sends {
			require.NoError(t, err, end)
			assert.Equal(t, []string{`{"limit":50,"page":2,"start_date":"05/15/2018","end_date":` + end[5:] + `}`}, bodies(server))
		} else {
			require.ErrorIs(t, err, activity.ErrCursorMismatch, end)
			assert.Empty(t, server.Requests())
		}
	}
}

func TestCursorOfAnotherList(t *testing.T) {
	full := "[" + strings.Repeat("{},", 49) + "{}]"
	server := newClient(t, serving(200, full), credentials())
	page, err := server.Activities(opswat.ActivityQuery{Search: "a"}).Page(t.Context(), "")
	require.NoError(t, err)
	good := string(page.Next)
	position := func(p string) string {
		text, err := base64.RawURLEncoding.DecodeString(good[3:])
		require.NoError(t, err)
		head, _, ok := strings.Cut(string(text), `"p":`)
		require.True(t, ok)
		return "a1." + base64.RawURLEncoding.EncodeToString([]byte(head+`"p":`+p+`}`))
	}
	tests := map[string]struct {
		q  opswat.ActivityQuery
		at string
	}{
		"another search":    {opswat.ActivityQuery{Search: "b"}, good},
		"no search":         {opswat.ActivityQuery{}, good},
		"a date more":       {opswat.ActivityQuery{Search: "a", StartDate: time.Unix(0, 0)}, good},
		"an age more":       {opswat.ActivityQuery{Search: "a", Age: time.Hour}, good},
		"an action more":    {opswat.ActivityQuery{Search: "a", Actions: []opswat.Action{opswat.ActionBlocked}}, good},
		"an extra more":     {opswat.ActivityQuery{Search: "a", Extra: map[string]any{"x": 1}}, good},
		"page 0":            {opswat.ActivityQuery{Search: "a"}, position(`{"n":0,"s":50}`)},
		"page below 0":      {opswat.ActivityQuery{Search: "a"}, position(`{"n":-1,"s":50}`)},
		"absurd page":       {opswat.ActivityQuery{Search: "a"}, position(`{"n":9223372036854775807,"s":50}`)},
		"page beyond int64": {opswat.ActivityQuery{Search: "a"}, position(`{"n":9223372036854775808,"s":50}`)},
		"size 0":            {opswat.ActivityQuery{Search: "a"}, position(`{"n":2,"s":0}`)},
		"size 51":           {opswat.ActivityQuery{Search: "a"}, position(`{"n":2,"s":51}`)},
		"an end":            {opswat.ActivityQuery{Search: "a"}, position(`{"n":2,"s":50,"e":"01/02/2000"}`)},
		"another position":  {opswat.ActivityQuery{Search: "a"}, position(`{"offset":2}`)},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			fake := opswattest.NewServer()
			_, err := fake.Client().Activities(tt.q).From(activity.Cursor(tt.at)).Collect(t.Context(), 0)
			require.ErrorIs(t, err, activity.ErrCursorMismatch)
			assert.Equal(t, "opswat", kindOf(t, err).Vendor)
			assert.Empty(t, fake.Requests())
		})
	}
	fake := opswattest.NewServer()
	_, err = fake.Client().Activities(opswat.ActivityQuery{Search: "a"}).From(activity.Cursor(position(`{"n":2,"s":50}`))).Collect(t.Context(), 0)
	require.NoError(t, err, "the table does not fail for another reason")
}

// Any cursor leads to a request or is refused.
func FuzzCursor(f *testing.F) {
	f.Add(goldenPlain)
	f.Add(goldenFiltered)
	f.Add("")
	f.Add("a1.")
	f.Fuzz(func(t *testing.T, at string) {
		list := newClient(t, serving(200, `[]`), credentials()).Activities(opswat.ActivityQuery{})
		if _, err := list.Page(t.Context(), activity.Cursor(at)); err != nil {
			require.ErrorIs(t, err, activity.ErrCursorMismatch)
		}
	})
}
