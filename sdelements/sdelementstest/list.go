package sdelementstest

import (
	"bytes"
	"fmt"
	"maps"
	"math"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"

	"github.com/activity-sdk/activity/internal/fake"
)

func (s *Server) serveList(w http.ResponseWriter, path string, query url.Values, found resource) {
	if found.stream {
		query = s.streamBounds(query)
	}
	keep := found.keep(query, s.config.exclusive)
	size := int(number(query.Get("page_size")))
	switch {
	case size == 0:
		rows, _ := s.rows.Page(keep, 0, math.MaxInt)
		writePage(w, nil, rows)
		return
	case s.config.pageLimit > 0:
		size = min(size, s.config.pageLimit)
	}
	if found.stream {
		s.serveStream(w, path, query, keep, size)
		return
	}
	number := max(int(number(query.Get("page"))), 1)
	offset := s.config.pageSizes.Before(number, size)
	if offset > s.config.maxOffset {
		refuse(w, http.StatusBadRequest, fmt.Sprintf("The page begins beyond row %d.", s.config.maxOffset))
		return
	}
	size = s.config.pageSizes.Of(number, size)
	rows, total := s.rows.Page(keep, offset, size)
	if len(rows) == 0 && number > 1 && !s.config.emptyPastEnd {
		refuse(w, http.StatusNotFound, "Invalid page.")
		return
	}
	count := total
	if s.config.unfilteredCount {
		_, count = s.rows.Page(found.keep(nil, false), 0, 0)
	}
	next, previous := "null", "null"
	if offset+size < total {
		next = s.link(path, query, "page", strconv.Itoa(number+1))
	}
	switch {
	case number > 2:
		previous = s.link(path, query, "page", strconv.Itoa(number-1))
	case number == 2:
		previous = s.link(path, query, "page", "")
	}
	writePage(w, []string{"count", strconv.Itoa(count), "next", next, "previous", previous}, rows)
}

// streamBounds returns the query with the dates that a stream covers.
func (s *Server) streamBounds(query url.Values) url.Values {
	span, now := s.config.streamSpan, time.Now().UTC()
	if span <= 0 && !query.Has("date_from") {
		span = s.config.streamDefault
	}
	if span <= 0 {
		return query
	}
	query = maps.Clone(query)
	if oldest := now.Add(-span); !query.Has("date_from") || date(query.Get("date_from")).Before(oldest) {
		query.Set("date_from", oldest.Format(dateLayout))
	}
	if !query.Has("date_to") {
		query.Set("date_to", now.Format(dateLayout))
	}
	return query
}

// dateLayout is the form of dates that the service sets.
const dateLayout = "2006-01-02T15:04:05.000000Z"

// serveStream pages by cursors. A cursor is the position of the last row, so that rows that are
// added before it change nothing.
func (s *Server) serveStream(w http.ResponseWriter, path string, query url.Values, keep func(fake.Row) bool, size int) {
	var at fake.Position
	if query.Has("cursor") && !fake.ReadCursor(query.Get("cursor"), &at) {
		refuse(w, http.StatusNotFound, "Invalid cursor")
		return
	}
	rows := at.Rest(s.rows.Select(keep))
	size = s.config.pageSizes.Of(at.Page+1, size)
	next := "null"
	if len(rows) > size {
		rows = rows[:size]
		next = s.link(path, query, "cursor", fake.Cursor(at.After(rows)))
	}
	s.rows.Ties.Reorder(rows)
	writePage(w, []string{"next", next, "previous", "null",
		"date_from", quoteOrNull(query.Get("date_from")), "date_to", quoteOrNull(query.Get("date_to"))}, rows)
}

// writePage answers with the members, which alternate names and JSON values, and the results.
func writePage(w http.ResponseWriter, members []string, rows []fake.Row) {
	var body bytes.Buffer
	body.WriteByte('{')
	for pair := range slices.Chunk(members, 2) {
		fmt.Fprintf(&body, "%q:%s,", pair[0], pair[1])
	}
	body.WriteString(`"results":[`)
	for i, row := range rows {
		if i > 0 {
			body.WriteByte(',')
		}
		body.Write(row.Raw)
	}
	body.WriteString("]}")
	fake.WriteRaw(w, http.StatusOK, "application/json", body.Bytes())
}

// link returns a link, as a JSON string, to the same request with one parameter replaced. An empty
// value removes the parameter.
func (s *Server) link(path string, query url.Values, name, value string) string {
	query = maps.Clone(query)
	query.Set(name, value)
	if value == "" {
		query.Del(name)
	}
	return strconv.Quote(s.config.linkOrigin + path + "?" + query.Encode())
}

// quoteOrNull returns a date as JSON. It was checked, and so needs no escapes.
func quoteOrNull(date string) string {
	if date == "" {
		return "null"
	}
	return strconv.Quote(date)
}
