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

// Transfers returns the transfers that began between two times. A transfer that was collected in
// several states appears once in each, the last state last. Its UUID begins with the tenant, so
// that transfers of two tenants are never states of the same one.
func (f *File) Transfers(from, until time.Time) activity.List[aspera.Transfer] {
	return list(f, filter{vendor: "aspera", feed: "transfers", from: from, until: until}, func(t *aspera.Transfer, tenant string, _ time.Time) {
		if t.UUID != "" {
			t.UUID = tenant + "/" + t.UUID
		}
	})
}

// ApplicationEvents returns Aspera's application events between two times.
func (f *File) ApplicationEvents(from, until time.Time) activity.List[aspera.ApplicationEvent] {
	return list[aspera.ApplicationEvent](f, filter{vendor: "aspera", feed: "application_events", from: from, until: until}, nil)
}

// SnapLogic returns the activities of some types between two times.
func (f *File) SnapLogic(from, until time.Time, types []snaplogic.EventType) activity.List[snaplogic.Activity] {
	actions := make([]string, len(types))
	for i, t := range types {
		actions[i] = string(t)
	}
	return list[snaplogic.Activity](f, filter{vendor: "snaplogic", feed: "activities", actions: actions, from: from, until: until}, nil)
}

// OPSWAT returns the accesses between two times. The times in the records have no zone, so they are
// replaced with those of the file: the collector knew the zone.
func (f *File) OPSWAT(from, until time.Time) activity.List[opswat.Activity] {
	return list(f, filter{vendor: "opswat", feed: "activities", from: from, until: until},
		func(a *opswat.Activity, _ string, at time.Time) { a.Timestamp = at })
}

// SDElements returns the activities between two times.
func (f *File) SDElements(from, until time.Time) activity.List[sdelements.Activity] {
	return list[sdelements.Activity](f, filter{vendor: "sdelements", feed: "activities", from: from, until: until}, nil)
}

// pageSize is the number of records in memory at a time.
const pageSize = 500

// list returns the selected records in the order in which they were stored. If amend is not nil, it
// calls it for each record, with the tenant and the time in the file.
func list[T any](f *File, by filter, amend func(record *T, tenant string, at time.Time)) activity.List[T] {
	return activity.NewList(func(ctx context.Context, from activity.Cursor) iter.Seq2[activity.Page[T], error] {
		return func(yield func(activity.Page[T], error) bool) {
			end := func(err error) {
				yield(activity.Page[T]{Total: -1}, fmt.Errorf("read the collector's records: %w", err))
			}
			if from != "" {
				end(errors.New("a list from a file cannot be resumed"))
				return
			}
			where, args := f.where(by)
			query := "SELECT tenant, time, raw FROM records" + where + " ORDER BY rowid" //nolint:gosec // the condition has placeholders for values
			rows, err := f.tx.QueryContext(ctx, query, args...)
			if err != nil {
				end(err)
				return
			}
			defer func() { _ = rows.Close() }() // Err returns the error
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
					page.Next = activity.Cursor(strconv.Itoa(number)) // not empty, so that this is not the last page
				}
				if !yield(page, nil) || page.Next == "" {
					return
				}
			}
		}
	})
}

// scan reads a record. If its bytes are not JSON, it returns a record without fields, as the list
// of the service does.
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
