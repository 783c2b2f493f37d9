package recorded

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"strconv"
	"time"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/aspera"
	"github.com/activity-sdk/activity/opswat"
	"github.com/activity-sdk/activity/sdelements"
	"github.com/activity-sdk/activity/snaplogic"
)

// Transfers returns the transfers that began from one time until another. One that was collected in
// several states comes once in each, the last state last. Its UUID begins with the tenant, so that
// those of two tenants are never taken for states of one.
func (f *File) Transfers(from, until time.Time) activity.List[aspera.Transfer] {
	return list(f, filter{vendor: "aspera", feed: "transfers", from: from, until: until}, func(t *aspera.Transfer, tenant string, _ time.Time) {
		if t.UUID != "" {
			t.UUID = tenant + "/" + t.UUID
		}
	})
}

// ApplicationEvents returns Aspera's application events from one time until another.
func (f *File) ApplicationEvents(from, until time.Time) activity.List[aspera.ApplicationEvent] {
	return list[aspera.ApplicationEvent](f, filter{vendor: "aspera", feed: "application_events", from: from, until: until}, nil)
}

// SnapLogic returns the activities of some types from one time until another.
func (f *File) SnapLogic(from, until time.Time, types []snaplogic.EventType) activity.List[snaplogic.Activity] {
	actions := make([]string, len(types))
	for i, t := range types {
		actions[i] = string(t)
	}
	return list[snaplogic.Activity](f, filter{vendor: "snaplogic", feed: "activities", actions: actions, from: from, until: until}, nil)
}

// OPSWAT returns the accesses from one time until another. Their own times name no zone. The
// collector knew the zone, so that the file's times are taken instead.
func (f *File) OPSWAT(from, until time.Time) activity.List[opswat.Activity] {
	return list(f, filter{vendor: "opswat", feed: "activities", from: from, until: until},
		func(a *opswat.Activity, _ string, at time.Time) { a.Timestamp = at })
}

// SDElements returns the activities from one time until another.
func (f *File) SDElements(from, until time.Time) activity.List[sdelements.Activity] {
	return list[sdelements.Activity](f, filter{vendor: "sdelements", feed: "activities", from: from, until: until}, nil)
}

// pageSize is how many records are in memory at a time.
const pageSize = 500

// list returns the chosen records in the order in which they were stored. It passes each on to a
// function, if there is one, with the tenant and the time that the file has.
func list[T any](f *File, by filter, amend func(record *T, tenant string, at time.Time)) activity.List[T] {
	return activity.NewList(func(ctx context.Context, from activity.Cursor) iter.Seq2[activity.Page[T], error] {
		return func(yield func(activity.Page[T], error) bool) {
			end := func(err error) {
				yield(activity.Page[T]{Total: -1}, fmt.Errorf("read the collector's records: %w", err))
			}
			if from != "" {
				end(errors.New("a list from a file has no place to resume at"))
				return
			}
			where, args := f.where(by)
			query := "SELECT tenant, time, raw FROM records" + where + " ORDER BY rowid" //nolint:gosec // the condition has marks in place of values
			rows, err := f.tx.QueryContext(ctx, query, args...)
			if err != nil {
				end(err)
				return
			}
			defer func() { _ = rows.Close() }() // Err has what went wrong
			for number := 1; ; number++ {
				page := activity.Page[T]{Total: -1}
				for len(page.Items) < pageSize && rows.Next() {
					item, err := scan(rows, amend)
					if err != nil {
						end(err)
						return
					}
					page.Items = append(page.Items, item)
				}
				if err := rows.Err(); err != nil {
					end(err)
					return
				}
				if len(page.Items) == pageSize {
					page.Next = activity.Cursor(strconv.Itoa(number)) // only so that it is not the last one
				}
				if !yield(page, nil) || page.Next == "" {
					return
				}
			}
		}
	})
}

// scan reads a record. One whose bytes are no JSON is a record without fields, as it is in the list
// of the service.
func scan[T any](rows *sql.Rows, amend func(*T, string, time.Time)) (item T, err error) {
	var tenant string
	var at sql.NullString
	var raw []byte
	if err := rows.Scan(&tenant, &at, &raw); err != nil {
		return item, err
	}
	if json.Unmarshal(raw, &item) != nil {
		item = *new(T)
	}
	if amend != nil {
		amend(&item, tenant, moment(at))
	}
	return item, nil
}
