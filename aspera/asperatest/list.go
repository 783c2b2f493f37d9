package asperatest

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"

	"github.com/activity-sdk/activity/internal/fake"
)

// pageSizes are the sizes of pages without a limit, by the name of the list.
var pageSizes = map[string]int{
	applicationEvents: 50,
	egress:            60,
	ingress:           60,
	fileAccess:        20,
	matches:           10,
	transfers:         25,
	transferFiles:     100,
}

// listRequest is a request for a page of a list.
type listRequest struct {
	name        string
	uuid        string // the transfer, if the list is that of its files
	filters     url.Values
	start, stop time.Time
	limit       int
	cursor      cursor
}

// cursor is where a page begins. The parameter next contains it, as opaque text.
type cursor struct {
	fake.Position
	List        string `json:"l"` // a hash of the list and its filters
	EmptyServed bool   `json:"b"` // whether the empty page before this one was served
}

func (s *Server) list(name, uuid string) handler {
	return func(w http.ResponseWriter, r *http.Request, query url.Values) {
		list, err := s.readList(name, uuid, r.URL.EscapedPath(), query)
		if err != nil {
			s.badRequest(w, err)
			return
		}
		fake.WriteRaw(w, http.StatusOK, "application/json", s.page(list, r))
	}
}

// readList parses the query of a list.
func (s *Server) readList(name, uuid, path string, query url.Values) (listRequest, error) {
	query, err := s.verify(name, query)
	if err != nil {
		return listRequest{}, err
	}
	if name == matches && !query.Has(s.config.searchBy) {
		return listRequest{}, fmt.Errorf("parameter %q is missing", s.config.searchBy)
	}
	r := listRequest{name: name, uuid: uuid, filters: maps.Clone(query), limit: pageSizes[name]}
	delete(r.filters, "limit")
	delete(r.filters, "next")
	if r.start, r.stop, err = s.span(query); err != nil {
		return listRequest{}, err
	}
	if n := query.Get("limit"); n != "" {
		r.limit, _ = strconv.Atoi(n) // verified above
	}
	if most := s.config.pageLimit; most > 0 {
		r.limit = min(r.limit, most)
	}
	sum := sha256.Sum256([]byte(path + "?" + r.filters.Encode()))
	list := base64.RawURLEncoding.EncodeToString(sum[:9])
	if next := query.Get("next"); next != "" && (!fake.ReadCursor(next, &r.cursor) || r.cursor.List != list) {
		return listRequest{}, errors.New(`parameter "next" does not come from this list with these filters`)
	}
	r.cursor.List = list
	return r, nil
}

// page returns the body of one page.
func (s *Server) page(list listRequest, r *http.Request) []byte {
	rows := s.tables[list.name].Select(func(row fake.Row) bool { return list.includes(row, &s.config) })
	if s.config.order != NewestFirst {
		slices.SortStableFunc(rows, s.config.compare(list.name))
	}
	total := len(rows)
	next := list.cursor
	if s.config.emptyPages && next.Seq > 0 && !next.EmptyServed {
		next.EmptyServed = true
		return s.envelope(list, r, nil, total, &next)
	}
	rows = next.RestBy(rows, s.config.compare(list.name))
	size := s.config.pageSizes.Of(next.Page+1, list.limit)
	if len(rows) <= size {
		s.config.ties.Reorder(rows)
		return s.envelope(list, r, rows, total, nil)
	}
	rows = rows[:size]
	next.Position, next.EmptyServed = next.After(rows), false
	s.config.ties.Reorder(rows)
	return s.envelope(list, r, rows, total, &next)
}

// envelope encodes a page. A nil next makes it the last one.
func (s *Server) envelope(list listRequest, r *http.Request, rows []fake.Row, total int, next *cursor) []byte {
	members := envelopeHead(list.start, list.stop)
	switch {
	case list.name != transfers || s.config.total == NoTotal:
	case s.config.total == PageTotal:
		members = append(members, member{"total_transfers", len(rows)})
	default:
		members = append(members, member{"total_transfers", total})
	}
	if list.name == matches {
		isUser := func(row fake.Row) bool { return row.Value.(attributes).user }
		isFile := func(row fake.Row) bool { return !isUser(row) }
		members = append(members, member{"users", array(rows, isUser)}, member{"files", array(rows, isFile)})
	} else {
		members = append(members, member{list.name, array(rows, nil)})
	}
	// The link to the next page has the filters; the link to the first page does not.
	address := origin(r) + r.URL.EscapedPath()
	members = append(members, member{"first", object{{"href", address + "?limit=" + strconv.Itoa(list.limit)}}})
	if next == nil {
		return encode(append(members, s.lastPage()...))
	}
	query := maps.Clone(list.filters)
	query.Set("limit", strconv.Itoa(list.limit))
	query.Set("next", fake.Cursor(next))
	return encode(append(members, member{"next", object{{"href", address + "?" + query.Encode()}}}))
}

// envelopeHead returns the first members of every envelope.
func envelopeHead(start, stop time.Time) object {
	return object{{"organization_id", idValue(OrganizationID)}, {"start_time", timestamp(start)}, {"stop_time", timestamp(stop)}}
}

func (s *Server) lastPage() object {
	switch s.config.lastPage {
	case NullNext:
		return object{{"next", null}}
	case ObjectNext:
		return object{{"next", object{}}}
	case NoHrefNext:
		return object{{"next", object{{"href", null}}}}
	case EmptyHrefNext:
		return object{{"next", object{{"href", ""}}}}
	default:
		return nil
	}
}

// array encodes the rows for which keep returns true. A nil keep keeps all.
func array(rows []fake.Row, keep func(fake.Row) bool) rawJSON {
	var items [][]byte
	for _, row := range rows {
		if keep == nil || keep(row) {
			items = append(items, row.Raw)
		}
	}
	return slices.Concat([]byte{'['}, bytes.Join(items, []byte{','}), []byte{']'})
}

// origin returns the scheme and host to which a request was sent.
func origin(r *http.Request) string {
	if r.TLS != nil {
		return "https://" + r.Host
	}
	return "http://" + r.Host
}

// oneTransfer answers with the newest transfer with that UUID.
func (s *Server) oneTransfer(uuid string) handler {
	return func(w http.ResponseWriter, _ *http.Request, query url.Values) {
		if err := (fake.Params{}).Verify(query); err != nil {
			s.badRequest(w, err)
			return
		}
		found := s.tables[transfers].Select(func(row fake.Row) bool { return row.Value.(attributes).uuid == uuid })
		if len(found) == 0 {
			s.notFound(w, "no such transfer")
			return
		}
		body := found[0].Raw
		if s.config.wrapped {
			body = encode(object{{"organization_id", idValue(OrganizationID)}, {"transfer", rawJSON(body)}})
		}
		fake.WriteRaw(w, http.StatusOK, "application/json", body)
	}
}
