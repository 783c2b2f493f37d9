package recorded

import (
	"context"
	"database/sql"
	"fmt"
	"iter"
	"strings"
	"time"

	"github.com/activity-sdk/activity"
)

const eventColumns = "vendor, tenant, feed, key, time, kind, action, outcome, who, address, type, target, message"

// Events returns the events of all vendors between two times, without their Raw.
func (f *File) Events(ctx context.Context, from, until time.Time) iter.Seq2[activity.Event, error] {
	where, args := f.where(filter{from: from, until: until})
	return f.events(ctx, "SELECT "+eventColumns+", '' FROM records"+where+" ORDER BY rowid", args...)
}

// Newest returns the newest events since a time, or since ever if it is zero, with their Raw. They
// are sorted newest first, with those without a time at the end.
func (f *File) Newest(ctx context.Context, since time.Time, most int) ([]activity.Event, error) {
	where, args := f.where(filter{from: since})
	var newest []activity.Event
	for e, err := range f.events(ctx, "SELECT "+eventColumns+", raw FROM records"+where+" ORDER BY time DESC NULLS LAST, rowid DESC LIMIT ?",
		append(args, most)...) {
		if err != nil {
			return nil, err
		}
		newest = append(newest, e)
	}
	return newest, nil
}

// Count returns the number of events since a time, or since ever if it is zero.
func (f *File) Count(ctx context.Context, since time.Time) (n int, err error) {
	where, args := f.where(filter{from: since})
	if err := f.tx.QueryRowContext(ctx, "SELECT count(*) FROM records"+where, args...).Scan(&n); err != nil {
		return 0, fmt.Errorf("count the events: %w", err)
	}
	return n, nil
}

func (f *File) events(ctx context.Context, query string, args ...any) iter.Seq2[activity.Event, error] {
	return func(yield func(activity.Event, error) bool) {
		end := func(err error) { yield(activity.Event{}, fmt.Errorf("read the collector's events: %w", err)) }
		rows, err := f.tx.QueryContext(ctx, query, args...)
		if err != nil {
			end(err)
			return
		}
		defer func() { _ = rows.Close() }() // Err returns the error
		for rows.Next() {
			var e activity.Event
			var at sql.NullString
			var who string
			var raw []byte
			if err := rows.Scan(&e.Vendor, &e.Tenant, &e.Feed, &e.Key, &at, &e.Kind, &e.Action, &e.Outcome, &who, &e.Actor.Address, &e.Target.Type,
				&e.Target.Name, &e.Message, &raw); err != nil {
				end(err)
				return
			}
			e.Time = moment(at)
			name(&e.Actor, who)
			if len(raw) > 0 {
				e.Raw = raw
			}
			if !yield(e, nil) {
				return
			}
		}
		if err := rows.Err(); err != nil {
			end(err)
		}
	}
}

// name sets the field of the actor that the file has: the collector stores the e-mail address, or
// else the name, or else the id.
func name(a *activity.Actor, who string) {
	switch {
	case strings.Contains(who, "@"):
		a.Email = who
	case who != "" && strings.Trim(who, "0123456789") == "":
		a.ID = who
	default:
		a.Name = who
	}
}
