package sdelementstest

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/activity-sdk/activity/internal/fake"
)

func (s *Server) serveList(w http.ResponseWriter, path string, query url.Values, found resource) {
	keep := found.keep(query)
	size := int(number(query.Get("page_size")))
	switch {
	case size == 0:
		writePage(w, nil, s.rows.Select(keep))
		return
	case s.pageLimit > 0:
		size = min(size, s.pageLimit)
	}
	if found.stream {
		s.serveStream(w, path, query, keep, size)
		return
	}
	number := max(int(number(query.Get("page"))), 1)
	rows, total := s.rows.Page(keep, (number-1)*size, size)
	if len(rows) == 0 && number > 1 {
		refuse(w, http.StatusNotFound, "Invalid page.")
		return
	}
	next, previous := "null", "null"
	if number*size < total {
		next = s.link(path, query, "page", strconv.Itoa(number+1))
	}
	switch {
	case number > 2:
		previous = s.link(path, query, "page", strconv.Itoa(number-1))
	case number == 2:
		previous = s.link(path, query, "page", "")
	}
	writePage(w, []string{"count", strconv.Itoa(total), "next", next, "previous", previous}, rows)
}

// serveStream pages by the last row that was served, so that rows that come in above it change nothing.
func (s *Server) serveStream(w http.ResponseWriter, path string, query url.Values, keep func(fake.Row) bool, size int) {
	rows := s.rows.Select(keep)
	if query.Has("cursor") {
		at, ok := readPlace(query.Get("cursor"))
		if !ok {
			refuse(w, http.StatusNotFound, "Invalid cursor")
			return
		}
		rows = rows[at.behind(rows):]
	}
	next := "null"
	if len(rows) > size {
		rows = rows[:size]
		next = s.link(path, query, "cursor", placeOf(rows[size-1]).String())
	}
	writePage(w, []string{"next", next, "previous", "null",
		"date_from", quoteOrNull(query.Get("date_from")), "date_to", quoteOrNull(query.Get("date_to"))}, rows)
}

// writePage answers with the named members, each a name and its JSON, in front of the results.
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

// link gives the same request with one parameter replaced, or without it if the value is empty, as a JSON text.
func (s *Server) link(path string, query url.Values, name, value string) string {
	query = maps.Clone(query)
	query.Set(name, value)
	if value == "" {
		query.Del(name)
	}
	return strconv.Quote(s.linkOrigin + path + "?" + query.Encode())
}

// quoteOrNull writes a date that was checked, and so needs no escapes.
func quoteOrNull(date string) string {
	if date == "" {
		return "null"
	}
	return strconv.Quote(date)
}

// place is where a page of a stream ended.
type place struct {
	time time.Time
	key  string
}

func placeOf(row fake.Row) place { return place{row.Time, row.Key} }

func (p place) String() string {
	return base64.RawURLEncoding.EncodeToString([]byte(p.time.UTC().Format(time.RFC3339Nano) + " " + p.key))
}

func readPlace(text string) (place, bool) {
	decoded, err := base64.RawURLEncoding.DecodeString(text)
	if err != nil {
		return place{}, false
	}
	at, key, _ := strings.Cut(string(decoded), " ")
	t, err := time.Parse(time.RFC3339Nano, at)
	return place{t, key}, err == nil
}

// behind gives the index of the first row behind the place, also if the row there was deleted.
func (p place) behind(rows []fake.Row) int {
	if i := slices.IndexFunc(rows, func(row fake.Row) bool { return row.Key == p.key }); i >= 0 {
		return i + 1
	}
	if i := slices.IndexFunc(rows, func(row fake.Row) bool { return row.Time.Before(p.time) }); i >= 0 {
		return i
	}
	return len(rows)
}
