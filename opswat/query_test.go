package opswat_test

import (
	"encoding/json"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/opswat"
	"github.com/activity-sdk/activity/opswat/opswattest"
)

func TestQueryIsRefused(t *testing.T) {
	day := time.Date(2018, 5, 18, 0, 0, 0, 0, time.UTC)
	cyclic := map[string]any{}
	cyclic["self"] = cyclic
	tests := []struct {
		name string
		q    opswat.ActivityQuery
		says string
	}{
		{"page size 51", opswat.ActivityQuery{PageSize: 51}, "PageSize is outside 1 to 50"},
		{"page size -1", opswat.ActivityQuery{PageSize: -1}, "PageSize is outside 1 to 50"},
		{"end before start", opswat.ActivityQuery{StartDate: day, EndDate: day.Add(-1)}, "EndDate is not after StartDate"},
		{"end equals start", opswat.ActivityQuery{StartDate: day, EndDate: day}, "EndDate is not after StartDate"},
		{"end equals start in another zone", opswat.ActivityQuery{StartDate: day, EndDate: day.In(time.FixedZone("", 7200))},
			"EndDate is not after StartDate"},
		{"end alone", opswat.ActivityQuery{EndDate: day}, "EndDate is set without StartDate"},
		{"end alone, with an age", opswat.ActivityQuery{EndDate: day, Age: time.Hour}, "EndDate is set without StartDate"},
		{"start alone, with an age", opswat.ActivityQuery{StartDate: day, Age: time.Hour}, "StartDate and Age are both set"},
		{"start alone on the last day", opswat.ActivityQuery{StartDate: time.Date(9999, 12, 31, 0, 0, 0, 0, time.UTC)}, "outside the years 1 to 9999"},
		{"year 10000", opswat.ActivityQuery{StartDate: day.AddDate(9000, 0, 0)}, "outside the years 1 to 9999"},
		{"end rounds up to the year 10000", opswat.ActivityQuery{StartDate: day, EndDate: time.Date(9999, 12, 31, 1, 0, 0, 0, time.UTC)},
			"outside the years 1 to 9999"},
		{"before the year 1", opswat.ActivityQuery{StartDate: day.AddDate(-3000, 0, 0)}, "outside the years 1 to 9999"},
		{"negative age", opswat.ActivityQuery{Age: -1}, "Age is negative"},
		{"empty action", opswat.ActivityQuery{Actions: []opswat.Action{opswat.ActionBlocked, ""}}, "Actions holds an empty one"},
		{"blank action", opswat.ActivityQuery{Actions: []opswat.Action{" "}}, "Actions holds an empty one"},
		{"action that is no text", opswat.ActivityQuery{Actions: []opswat.Action{"\xff"}}, "Actions holds one that is not valid UTF-8"},
		{"search that is no text", opswat.ActivityQuery{Search: "a\xff"}, "Search is not valid UTF-8"},
		{"huge search", opswat.ActivityQuery{Search: strings.Repeat("a", 64<<10)}, "larger than 64 KiB"},
		{"extra owned: limit", extra("limit", 10), `"limit", which has a field of its own or belongs to paging`},
		{"extra owned: page", extra("page", 2), `"page", which has a field`},
		{"extra owned: start_date", extra("start_date", "x"), `"start_date", which has a field`},
		{"extra owned: end_date", extra("end_date", "x"), `"end_date", which has a field`},
		{"extra owned: age", extra("age", 2), `"age", which has a field`},
		{"extra owned: action", extra("action", nil), `"action", which has a field`},
		{"extra owned: search", extra("search", ""), `"search", which has a field`},
		{"extra token", extra("access_token", "x"), "tokens come from the credentials"},
		{"extra without a name", extra("", 1), "name is empty"},
		{"extra with a name that is no text", extra("\xff", 1), "not valid UTF-8"},
		{"extra func", extra("f", func() {}), `the value of "f" in Extra cannot be encoded as JSON`},
		{"extra chan", extra("f", make(chan int)), `the value of "f"`},
		{"extra NaN", extra("f", math.NaN()), `the value of "f"`},
		{"extra cycle", extra("f", cyclic), `the value of "f"`},
		{"extra broken JSON", extra("f", json.RawMessage(`{"canary`)), `the value of "f"`},
		{"extra text that is none", extra("f", "canary\xff"), `the value of "f"`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			server := opswattest.NewServer()
			list := server.Client().Activities(tt.q)
			_, err := list.Collect(t.Context(), 0)
			require.ErrorIs(t, err, activity.ErrInvalid)
			e := kindOf(t, err)
			assert.Equal(t, "opswat", e.Vendor)
			assert.Equal(t, "list activities", e.Op)
			assert.Zero(t, e.StatusCode)
			assert.Zero(t, e.Attempts)
			assert.Contains(t, e.Message, tt.says)
			assert.NotContains(t, err.Error(), "canary")

			_, again := list.Page(t.Context(), "")
			assert.Equal(t, err, again)
			assert.Empty(t, server.Requests(), "nothing may be sent")
		})
	}
}

func extra(name string, value any) opswat.ActivityQuery {
	return opswat.ActivityQuery{Extra: map[string]any{name: value}}
}

func TestQueryIsCopied(t *testing.T) {
	server := opswattest.NewServer()
	deep := []int{1}
	q := opswat.ActivityQuery{
		Actions: []opswat.Action{opswat.ActionBlocked},
		Extra:   map[string]any{"deep": deep},
	}
	list := server.Client().Activities(q)
	q.Actions[0], deep[0], q.Extra["more"] = opswat.ActionAllowed, 2, true
	_, err := list.Page(t.Context(), "")
	require.ErrorIs(t, err, activity.ErrInvalid, "the fake does not know the extra member")
	assert.Equal(t, []string{`{"limit":50,"page":1,"action":["blocked"],"deep":[1]}`}, bodies(server))
}

// One query value serves two lists.
func TestQueryIsNotChanged(t *testing.T) {
	server := opswattest.NewServer()
	client := server.Client()
	q := opswat.ActivityQuery{Age: time.Minute, Actions: []opswat.Action{opswat.ActionBlocked}}
	for range 2 {
		_, err := client.Activities(q).Collect(t.Context(), 0)
		require.NoError(t, err)
	}
	assert.Equal(t, opswat.ActivityQuery{Age: time.Minute, Actions: []opswat.Action{opswat.ActionBlocked}}, q)
	got := bodies(server)
	require.Len(t, got, 2)
	assert.Equal(t, got[0], got[1])
}
