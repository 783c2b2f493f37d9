package activity_test

import (
	"context"
	"encoding/json"
	"errors"
	"iter"
	"strings"
	"testing"
	"testing/synctest"
	"time"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/activity-sdk/activity"
)

// brewed is a record that is an Eventer.
type brewed struct {
	id  string
	at  time.Time
	raw json.RawMessage
}

func (b brewed) Event() activity.Event {
	return activity.Event{Time: b.at, Action: "brewed", Kind: activity.KindCreate, Target: activity.Target{Type: "pot", ID: b.id}, Raw: b.raw}
}

// kitchen is a source of two records of one time. With a failure, it fails after the first.
type kitchen struct {
	at      time.Time
	failure error
}

func (kitchen) Feed() activity.FeedInfo {
	return activity.FeedInfo{Vendor: "kitchen", Name: "pots", Tenant: "home"}
}

func (k kitchen) Between(_ context.Context, from, to time.Time) iter.Seq2[activity.Page[activity.Record[brewed]], error] {
	return func(yield func(activity.Page[activity.Record[brewed]], error) bool) {
		record := func(id string) activity.Record[brewed] {
			b := brewed{id, k.at, json.RawMessage(`{"id":"` + id + `"}`)}
			return activity.Record[brewed]{Key: "pot-" + id, Item: b, Time: k.at}
		}
		if k.failure != nil {
			_ = yield(activity.Page[activity.Record[brewed]]{Items: []activity.Record[brewed]{record("1")}, Next: "2"}, nil) &&
				yield(activity.Page[activity.Record[brewed]]{}, k.failure)
			return
		}
		var items []activity.Record[brewed]
		if !k.at.Before(from) && !k.at.After(to) {
			items = []activity.Record[brewed]{record("1"), record("2")}
		}
		yield(activity.Page[activity.Record[brewed]]{Items: items}, nil)
	}
}

// An event without Raw, or whose Raw was never JSON, is JSON all the same.
func TestEventAsJSON(t *testing.T) {
	at := time.Date(2026, 1, 2, 3, 4, 5, 6, time.UTC)
	tooDeep := strings.Repeat("[", 10_000) + strings.Repeat("]", 10_000) // with the event around it
	for raw, want := range map[string]string{
		"":                        "",
		`{"a":1.50e+1,"a":"<"}`:   `,"raw":{"a":1.50e+1,"a":"<"}`,
		" [ 1 , \"\\u0061/\" ]\n": `,"raw":[1,"\u0061/"]`,
		"null":                    `,"raw":null`,
		"{\"a\":\"\t\xfc\\x\"}":   `,"raw":"{\"a\":\"\t` + "\ufffd" + `\\x\"}"`,
		"oops <\xff\x00":          `,"raw":"oops <` + "\ufffd" + `\u0000"`,
		" ":                       `,"raw":" "`,
		"{} {}":                   `,"raw":"{} {}"`,
		tooDeep:                   `,"raw":"` + tooDeep + `"`,
	} {
		e := activity.Event{Key: "k\xff", Time: at, Kind: activity.KindLogin, Actor: activity.Actor{Name: "<Ada>"}, Raw: []byte(raw)}
		got, err := e.MarshalJSON()
		require.NoError(t, err)
		assert.Equal(t, `{"key":"k`+"\ufffd"+`","time":"2026-01-02T03:04:05.000000006Z","kind":"login","actor":{"name":"<Ada>"}`+want+`}`, string(got))
		assert.Equal(t, raw, string(e.Raw))
	}
	empty, err := json.Marshal([]any{activity.Event{}, &activity.Event{}})
	require.NoError(t, err)
	assert.Equal(t, "[{},{}]", string(empty))
	_, err = json.Marshal(activity.Event{Time: at.AddDate(10_000, 0, 0)})
	require.Error(t, err, "JSON has no form for this year")
}

func FuzzEventAsJSON(f *testing.F) {
	for _, seed := range []string{`{"a":1}`, "{\"a\":\"\t\xfc\\\xfc\"}", `["\ud800\ud800\udc00"]`, "oops\xff", "\"\x00"} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		text, err := json.Marshal(activity.Event{Raw: raw})
		require.NoError(t, err)
		require.True(t, utf8.Valid(text))
		var again activity.Event
		require.NoError(t, json.Unmarshal(text, &again))
		require.Equal(t, len(raw) > 0, len(again.Raw) > 0)
	})
}

// A feed of events is the feed of its records: the same checkpoints, errors and end.
func TestEvents(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		began := time.Now()
		at := began.Add(-30 * time.Minute).UTC()
		feed := activity.NewFeed(kitchen{at: at})
		events := activity.Events(feed)
		assert.Equal(t, "kitchen/pots", events.Name())
		var got []activity.Record[activity.Event]
		var stored activity.Checkpoint
		for b, err := range events.CatchUp(t.Context(), activity.Checkpoint{}, activity.FollowOptions{Since: began.Add(-time.Hour)}) {
			require.NoError(t, err)
			got, stored = append(got, b.Records...), b.Checkpoint
		}
		require.Len(t, got, 2)
		assert.Equal(t, activity.Record[activity.Event]{Key: "pot-2", Time: at, Item: activity.Event{
			Vendor: "kitchen", Feed: "pots", Tenant: "home", Key: "pot-2", Time: at, Action: "brewed", Kind: activity.KindCreate,
			Target: activity.Target{Type: "pot", ID: "2"}, Raw: json.RawMessage(`{"id":"2"}`),
		}}, got[1])

		for b, err := range feed.CatchUp(t.Context(), stored, activity.FollowOptions{}) {
			require.NoError(t, err)
			assert.Empty(t, b.Records, "the records' own feed goes on where the events' ended")
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Hour)
		defer cancel()
		var last error
		for b, err := range events.Follow(ctx, stored, activity.FollowOptions{}) {
			assert.Empty(t, b.Records)
			last = err
		}
		require.ErrorIs(t, last, context.DeadlineExceeded)

		broken := errors.New("no water")
		for b, err := range activity.Events(activity.NewFeed(kitchen{failure: broken})).CatchUp(t.Context(), activity.Checkpoint{}, activity.FollowOptions{Since: began}) {
			if err != nil {
				require.ErrorIs(t, err, broken)
				assert.False(t, b.Checkpoint.IsZero())
				assert.Empty(t, b.Records)
			}
		}
		for _, err := range events.CatchUp(t.Context(), activity.Checkpoint{}, activity.FollowOptions{Since: began}) {
			require.NoError(t, err)
			break // which ends it
		}
	})
}

// Events of a zero Feed fails as the zero Feed does.
func TestEventsOfZeroFeed(t *testing.T) {
	events := activity.Events(activity.Feed[brewed]{})
	assert.Empty(t, events.Name())
	for _, err := range events.CatchUp(t.Context(), activity.Checkpoint{}, activity.FollowOptions{Since: time.Now()}) {
		require.ErrorIs(t, err, activity.ErrInvalid)
	}
	for _, err := range events.Follow(t.Context(), activity.Checkpoint{}, activity.FollowOptions{Since: time.Now()}) {
		require.ErrorIs(t, err, activity.ErrInvalid)
	}
}

// The three lines of the documentation remove all personal data.
func TestEventWithoutPersonalData(t *testing.T) {
	e := activity.Event{
		Vendor: "kitchen", Feed: "pots", Tenant: "home", Key: "pot-1", Action: "brewed", Kind: activity.KindCreate, Outcome: activity.OutcomeSuccess,
		Actor:   activity.Actor{ID: "canary", Name: "canary", Email: "canary", Address: "canary"},
		Target:  activity.Target{Type: "pot", ID: "canary", Name: "canary", Path: "canary"},
		Message: "canary", Raw: json.RawMessage(`{"by":"canary"}`),
	}
	e.Actor = activity.Actor{}
	e.Target.ID, e.Target.Name, e.Target.Path = "", "", ""
	e.Message, e.Raw = "", nil
	text, err := json.Marshal(e)
	require.NoError(t, err)
	assert.JSONEq(t, `{"vendor":"kitchen","feed":"pots","tenant":"home","key":"pot-1","action":"brewed","kind":"create","outcome":"success","target":{"type":"pot"}}`,
		string(text))
	text, err = e.OCSF()
	require.NoError(t, err)
	assert.NotContains(t, string(text), "canary")
}
