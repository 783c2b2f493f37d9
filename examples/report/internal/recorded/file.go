// Package recorded reads what the collector stored in its SQLite file: the records of each feed as
// the lists that the services return, and the events of all.
package recorded

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"slices"
	"strings"
	"time"

	_ "modernc.org/sqlite" // the driver
)

// File is a collector's file, or what it has of one tenant. Everything that is read from it is of
// the moment at which it was opened, whatever a collector writes meanwhile.
type File struct {
	db     *sql.DB
	tx     *sql.Tx
	tenant string // "": all
}

// Open opens a file for reading alone. A tenant, unless it is "", must be in it.
func Open(ctx context.Context, path, tenant string) (*File, error) {
	if _, err := os.Stat(path); err != nil {
		return nil, fmt.Errorf("open the collector's file: %w", err)
	}
	name := url.URL{Scheme: "file", Opaque: (&url.URL{Path: path}).EscapedPath(),
		RawQuery: url.Values{"mode": {"ro"}, "_pragma": {"busy_timeout(10000)"}}.Encode()}
	db, err := sql.Open("sqlite", name.String())
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", path, err)
	}
	db.SetMaxOpenConns(1) // a transaction has one
	f := &File{db: db, tenant: tenant}
	if err := f.begin(ctx, path); err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return f, nil
}

func (f *File) begin(ctx context.Context, path string) (err error) {
	if f.tx, err = f.db.BeginTx(ctx, nil); err != nil {
		return fmt.Errorf("open %s: %w", path, err)
	}
	if err := inspect(ctx, f.tx, path); err != nil {
		return err
	}
	if f.tenant == "" {
		return nil
	}
	tenants, err := f.tenants(ctx)
	if err == nil && !slices.Contains(tenants, f.tenant) {
		err = fmt.Errorf("%s has no records of a tenant %q; it has %s", path, f.tenant, strings.Join(tenants, ", "))
	}
	return err
}

// Close releases the file.
func (f *File) Close() error {
	if f.tx != nil {
		_ = f.tx.Rollback() // nothing was written
	}
	return f.db.Close()
}

func (f *File) tenants(ctx context.Context) ([]string, error) {
	rows, err := f.tx.QueryContext(ctx, "SELECT DISTINCT tenant FROM records ORDER BY tenant")
	if err != nil {
		return nil, fmt.Errorf("read tenants: %w", err)
	}
	defer func() { _ = rows.Close() }() // Err has what went wrong
	var tenants []string
	for rows.Next() {
		var tenant string
		if err := rows.Scan(&tenant); err != nil {
			return nil, fmt.Errorf("read tenants: %w", err)
		}
		tenants = append(tenants, tenant)
	}
	return tenants, rows.Err()
}

// Contents is what there is of one vendor, or of all.
type Contents struct {
	Tenants []string
	Records int
	Undated int       // records without a time that could be read; no report has them
	Newest  time.Time // of the records; zero: none has one
}

// Contents counts the records of a vendor, or of all if it is "".
func (f *File) Contents(ctx context.Context, vendor string) (Contents, error) {
	where, args := f.where(filter{vendor: vendor})
	query := "SELECT tenant, count(*), count(*) - count(time), max(time) FROM records" + where + " GROUP BY tenant ORDER BY tenant" //nolint:gosec // the condition has marks in place of values
	rows, err := f.tx.QueryContext(ctx, query, args...)
	if err != nil {
		return Contents{}, fmt.Errorf("count the records: %w", err)
	}
	defer func() { _ = rows.Close() }() // Err has what went wrong
	var c Contents
	for rows.Next() {
		var tenant string
		var records, undated int
		var newest sql.NullString
		if err := rows.Scan(&tenant, &records, &undated, &newest); err != nil {
			return Contents{}, fmt.Errorf("count the records: %w", err)
		}
		c.Tenants = append(c.Tenants, tenant)
		c.Records += records
		c.Undated += undated
		if at := moment(newest); at.After(c.Newest) {
			c.Newest = at
		}
	}
	return c, rows.Err()
}

// filter chooses records. What is zero does not count.
type filter struct {
	vendor, feed string
	actions      []string
	from, until  time.Time
}

// where returns the condition of a query, with marks in place of values, and the values.
func (f *File) where(by filter) (string, []any) {
	var conditions []string
	var args []any
	add := func(condition string, values ...any) {
		conditions = append(conditions, condition)
		args = append(args, values...)
	}
	for column, value := range map[string]string{"tenant": f.tenant, "vendor": by.vendor, "feed": by.feed} {
		if value != "" {
			add(column+" = ?", value)
		}
	}
	if len(by.actions) > 0 {
		values := make([]any, len(by.actions))
		for i, action := range by.actions {
			values[i] = action
		}
		add("action IN (?"+strings.Repeat(", ?", len(values)-1)+")", values...)
	}
	if !by.from.IsZero() {
		add("time >= ?", by.from.UTC().Format(layout))
	}
	if !by.until.IsZero() {
		add("time < ?", by.until.UTC().Format(layout))
	}
	if len(conditions) == 0 {
		return "", nil
	}
	return " WHERE " + strings.Join(conditions, " AND "), args
}

// layout is how the file writes times, so that the order of the texts is that of the times.
const layout = "2006-01-02T15:04:05.000000000Z"

// moment reads a time of the file; zero if there is none.
func moment(column sql.NullString) time.Time {
	at, err := time.Parse(layout, column.String)
	if err != nil {
		return time.Time{}
	}
	return at
}
