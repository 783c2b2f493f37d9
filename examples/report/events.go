package main

import (
	"context"
	"iter"
	"slices"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/examples/report/internal/recorded"
	"github.com/activity-sdk/activity/examples/report/internal/tally"
)

// eventSource has the events of all vendors.
type eventSource interface {
	// of returns the events of a span, in any order.
	of(ctx context.Context, span tally.Span) iter.Seq2[activity.Event, error]
	// newest returns at most most events of a span, newest first and with their Raw, and the number
	// of all events in the span.
	newest(ctx context.Context, span tally.Span, most int) (events []activity.Event, all int, err error)
}

// feedEvents has the events of services. It reads them once and keeps them, since OPSWAT allows ten
// requests per minute.
type feedEvents struct {
	feeds []activity.Feed[activity.Event]
	span  tally.Span
	read  []activity.Event
}

func (f *feedEvents) of(ctx context.Context, span tally.Span) iter.Seq2[activity.Event, error] {
	return func(yield func(activity.Event, error) bool) {
		if f.span != span {
			var read []activity.Event
			for e, err := range tally.EventsOf(ctx, f.feeds, span) {
				if err != nil {
					yield(e, err)
					return
				}
				e.Raw = slices.Clone(e.Raw) // frees the memory of the page
				read = append(read, e)
			}
			f.span, f.read = span, read
		}
		for _, e := range f.read {
			if !yield(e, nil) {
				return
			}
		}
	}
}

func (f *feedEvents) newest(ctx context.Context, span tally.Span, most int) (events []activity.Event, all int, err error) {
	for e, err := range f.of(ctx, span) {
		if err != nil {
			return nil, 0, err
		}
		events = append(events, e)
	}
	slices.SortStableFunc(events, func(a, b activity.Event) int { return b.Time.Compare(a.Time) })
	return events[:min(most, len(events))], len(events), nil
}

// fileEvents has the events in a collector's file.
type fileEvents struct{ file *recorded.File }

func (f fileEvents) of(ctx context.Context, span tally.Span) iter.Seq2[activity.Event, error] {
	return f.file.Events(ctx, span.From, span.Until)
}

func (f fileEvents) newest(ctx context.Context, span tally.Span, most int) ([]activity.Event, int, error) {
	all, err := f.file.Count(ctx, span.From)
	if err != nil {
		return nil, 0, err
	}
	events, err := f.file.Newest(ctx, span.From, most)
	return events, all, err
}
