// Package recorded reads the SQLite file of the collector: the records of a feed as a list, like
// that of the service, and the events of all feeds.
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

// File is a collector's file, or the part of one tenant. It shows the state at the time of Open,
// even if a collector writes to it meanwhile.
type File struct {
	db     *sql.DB
	tx     *sql.Tx
	tenant string // "" for all
}

// Open opens a file read-only. It returns an error if tenant is not "" and has no records.
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
	db.SetMaxOpenConns(1) // a transaction needs only one
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
		_ = f.tx.Rollback() // the transaction only reads
	}
	return f.db.Close()
}

func (f *File) tenants(ctx context.Context) ([]string, error) {
	rows, err := f.tx.QueryContext(ctx, "SELECT DISTINCT tenant FROM records ORDER BY tenant")
	if err != nil {
		return nil, fmt.Errorf("read tenants: %w", err)
	}
	defer func() { _ = rows.Close() }() // Err returns the error
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

// Contents counts the records of one vendor, or of all.
type Contents struct {
	Tenants []string
	Records int
	Undated int       // records without a readable time, which no report includes
	Newest  time.Time // time of a record; zero if none has a time
}

// Contents counts the records of a vendor, or of all if it is "".
func (f *File) Contents(ctx context.Context, vendor string) (Contents, error) {
	where, args := f.where(filter{vendor: vendor})
	records := "SELECT tenant, CASE WHEN " + readable + " THEN time END AS at FROM records" + where
	query := "SELECT tenant, count(*), count(*) - count(at), max(at) FROM (" + records + ") GROUP BY tenant ORDER BY tenant" //nolint:gosec // the condition has placeholders for values
	rows, err := f.tx.QueryContext(ctx, query, args...)
	if err != nil {
		return Contents{}, fmt.Errorf("count the records: %w", err)
	}
	defer func() { _ = rows.Close() }() // Err returns the error
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

// filter selects records. Zero fields are ignored.
type filter struct {
	vendor, feed string
	actions      []string
	from, until  time.Time
}

// where returns the WHERE clause of a query with placeholders, and the values for them.
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

// layout is the format of times in the file, in which strings sort like times.
const layout = "2006-01-02T15:04:05.000000000Z"

// readable is the SQL condition for a time that moment can parse. SQLite accepts a 30 February and
// an hour 24, which the modifier turns into other times.
const readable = "time GLOB '[0-9][0-9][0-9][0-9]-??-??T??:??:??.[0-9][0-9][0-9][0-9][0-9][0-9][0-9][0-9][0-9]Z' " +
	"AND strftime('%Y-%m-%dT%H:%M:%S', substr(time, 1, 19), '+0 days') = substr(time, 1, 19)"

// moment parses a time of the file. It returns zero if there is none.
func moment(column sql.NullString) time.Time {
	at, err := time.Parse(layout, column.String)
	if err != nil {
		return time.Time{}
	}
	return at
}
