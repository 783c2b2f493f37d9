package tally

import (
	"context"
	"errors"
	"iter"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/activity-sdk/activity"
)

var errList = errors.New("broken")

// failingList returns a list that fails.
func failingList[T any]() activity.List[T] {
	return activity.NewList(func(context.Context, activity.Cursor) iter.Seq2[activity.Page[T], error] {
		return func(yield func(activity.Page[T], error) bool) { yield(activity.Page[T]{}, errList) }
	})
}

// at returns a time on the day that all tests use, a Friday.
func at(hour, minute int) time.Time {
	return time.Date(2026, time.May, 8, hour, minute, 0, 0, time.UTC)
}

func TestSpan(t *testing.T) {
	zone := time.FixedZone("", -3*3600)
	span := Span{at(23, 30).In(zone), at(23, 30).Add(24 * time.Hour)}
	assert.Equal(t, []time.Time{at(0, 0), at(0, 0).AddDate(0, 0, 1)}, span.Days())
	assert.Equal(t, Span{at(0, 0), at(0, 0).AddDate(0, 0, 2)}, span.WholeDays())
	assert.Equal(t, Span{at(0, 0), at(0, 0).AddDate(0, 0, 1)}, Span{at(0, 0), at(0, 0).AddDate(0, 0, 1)}.WholeDays())
}

func TestGrid(t *testing.T) {
	var g Grid
	assert.Equal(t, Ranking{Values: [][]float64{}}, g.Top(3, 3))
	g.Add("b", "x", 2)
	g.Add("a", "x", 1)
	g.Add("a", "y", 1)
	g.Add("c", "z", 1)
	g.Add("d", "y", 1)
	assert.Equal(t, Ranking{
		Rows: []string{"a", "b", "c", "d"}, Columns: []string{"x", "y", "z"},
		Values: [][]float64{{1, 2, 0, 0}, {1, 0, 0, 1}, {0, 0, 1, 0}},
	}, g.Top(4, 3))
	assert.Equal(t, Ranking{
		Rows: []string{"a", "b", "2 others"}, Columns: []string{"x", "2 others"},
		Values: [][]float64{{1, 2, 0}, {1, 0, 2}},
	}, g.Top(3, 2))
	assert.Equal(t, Ranking{Rows: []string{"4 others"}, Columns: []string{"3 others"}, Values: [][]float64{{6}}}, g.Top(1, 1))
}

func TestStepFor(t *testing.T) {
	for _, test := range []struct{ span, step time.Duration }{
		{0, time.Minute}, {200 * time.Minute, time.Minute}, {201 * time.Minute, 5 * time.Minute}, {24 * time.Hour, 15 * time.Minute},
		{7 * 24 * time.Hour, time.Hour}, {28 * 24 * time.Hour, 6 * time.Hour}, {200 * 24 * time.Hour, 24 * time.Hour},
		{201 * 24 * time.Hour, 48 * time.Hour},
	} {
		assert.Equal(t, test.step, stepFor(test.span), test.span)
	}
}

func TestListErrors(t *testing.T) {
	span := Span{at(0, 0), at(1, 0)}
	for name, read := range map[string]func(context.Context) error{
		"bandwidth": func(ctx context.Context) error { _, err := BandwidthOf(ctx, failingList[transfer](), span); return err },
		"servers":   func(ctx context.Context) error { _, err := ServerVolumesOf(ctx, failingList[transfer]()); return err },
		"search": func(ctx context.Context) error {
			_, _, err := AccessOf(ctx, failingList[match](), activity.ListOf[access]())
			return err
		},
		"access": func(ctx context.Context) error {
			_, _, err := AccessOf(ctx, activity.ListOf(match{File: &file{ID: "1"}}), failingList[access]())
			return err
		},
		"logins":   func(ctx context.Context) error { _, err := LoginsOf(ctx, failingList[event](), span); return err },
		"changes":  func(ctx context.Context) error { _, err := ChangesOf(ctx, failingList[entry]()); return err },
		"failures": func(ctx context.Context) error { _, err := FailuresOf(ctx, failingList[entry]()); return err },
		"blocked":  func(ctx context.Context) error { _, err := BlockedOf(ctx, failingList[device]()); return err },
		"projects": func(ctx context.Context) error { _, err := ProjectActivitiesOf(ctx, failingList[work]()); return err },
	} {
		require.ErrorIs(t, read(t.Context()), errList, name)
	}
}
