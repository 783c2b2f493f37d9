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
	"strings"
	"time"

	"github.com/activity-sdk/activity/internal/fake"
)

// listTraits are what tells one list from another.
type listTraits struct {
	size  int  // of a page, where no limit is asked for
	total bool // the envelope has it
}

var lists = map[string]listTraits{
	applicationEvents: {size: 50},
	egress:            {size: 60},
	ingress:           {size: 60},
	fileAccess:        {size: 20},
	matches:           {size: 10},
	transfers:         {size: 25, total: true},
	transferFiles:     {size: 100},
}

var checkTime = fake.Layout("2006-01-02T15:04:05Z", "2006-01-02T15:04:05.000Z")

func (s *Server) params(name string) fake.Params {
	p := fake.Params{"start_time": checkTime, "stop_time": checkTime}
	if name == volumes {
		return p
	}
	p["limit"] = fake.Int(1, int64(s.settings.greatestLimit))
	p["next"] = nil
	switch name {
	case transfers:
		p["status"] = s.checkStatus
		p["direction"] = fake.OneOf("send", "receive")
	case matches:
		p[s.settings.searchBy] = nil
	}
	return p
}

// checkStatus takes the statuses that are known of the service and those that some row has.
func (s *Server) checkStatus(value string) error {
	taken := []string{"completed", "failed", "running"}
	s.tables[transfers].Select(func(r fake.Row) bool {
		taken = append(taken, r.Value.(traits).status)
		return false
	})
	slices.Sort(taken)
	return fake.OneOf(slices.Compact(taken)...)(value)
}

// ask is what a query asks of a list, checked.
type ask struct {
	name        string
	uuid        string // of the transfer whose files these are
	filters     url.Values
	start, stop time.Time
	limit       int
	at          place
}

// place is where a page begins. It travels in the parameter next, unreadable for clients.
type place struct {
	fake.Place
	List string `json:"l"` // and its filters, as a hash
	Bare bool   `json:"b"` // the empty page in front of this one was served
}

func (s *Server) list(name, uuid string) handler {
	return func(w http.ResponseWriter, r *http.Request, query url.Values) {
		a, err := s.ask(name, uuid, r.URL.EscapedPath(), query)
		if err != nil {
			s.badRequest(w, err)
			return
		}
		fake.WriteRaw(w, http.StatusOK, "application/json", s.page(a, r))
	}
}

func (s *Server) ask(name, uuid, path string, query url.Values) (ask, error) {
	if s.settings.lenient {
		query = s.known(name, query)
	}
	if err := s.params(name).Verify(query); err != nil {
		return ask{}, err
	}
	if name == matches && !query.Has(s.settings.searchBy) {
		return ask{}, fmt.Errorf("parameter %q is missing", s.settings.searchBy)
	}
	a := ask{name: name, uuid: uuid, filters: maps.Clone(query), limit: lists[name].size}
	delete(a.filters, "limit")
	delete(a.filters, "next")
	var err error
	if a.start, a.stop, err = s.span(query); err != nil {
		return ask{}, err
	}
	if n := query.Get("limit"); n != "" {
		a.limit, _ = strconv.Atoi(n) // was checked
	}
	if most := s.settings.pageLimit; most > 0 {
		a.limit = min(a.limit, most)
	}
	sum := sha256.Sum256([]byte(path + "?" + a.filters.Encode()))
	list := base64.RawURLEncoding.EncodeToString(sum[:9])
	if next := query.Get("next"); next != "" && (!fake.ReadCursor(next, &a.at) || a.at.List != list) {
		return ask{}, errors.New(`parameter "next" does not come from this list with these filters`)
	}
	a.at.List = list
	return a, nil
}

func (s *Server) span(query url.Values) (start, stop time.Time, err error) {
	if text := query.Get("start_time"); text != "" {
		start, _ = time.Parse(time.RFC3339, text) // was checked
	}
	if text := query.Get("stop_time"); text != "" {
		stop, _ = time.Parse(time.RFC3339, text)
	}
	if start.IsZero() || stop.IsZero() {
		return start, stop, nil
	}
	switch width := stop.Sub(start); {
	case width < 0:
		err = errors.New(`parameter "stop_time" is before "start_time"`)
	case width < s.settings.least, s.settings.widest > 0 && width > s.settings.widest:
		err = fmt.Errorf(`parameters "start_time" and "stop_time" are %v apart: want %v to %v`, width, s.settings.least, s.settings.widest)
	}
	return start, stop, err
}

// has reports whether a row belongs to what is asked for.
func (a ask) has(row fake.Row, settings *settings) bool {
	t := row.Value.(traits)
	is := func(name, value string) bool {
		return settings.filtersIgnored || !a.filters.Has(name) || a.filters.Get(name) == value
	}
	switch {
	case !settings.inSpan(row, a.start, a.stop):
		return false
	case a.name == transferFiles:
		return t.uuid == a.uuid
	case a.name == transfers:
		return is("status", t.status) && is("direction", t.direction)
	case a.name == matches:
		return strings.Contains(t.text, strings.ToLower(a.filters.Get(settings.searchBy)))
	}
	return true
}

// page returns the body of one page.
func (s *Server) page(a ask, r *http.Request) []byte {
	rows := s.tables[a.name].Select(func(row fake.Row) bool { return a.has(row, &s.settings) })
	if s.settings.order != NewestFirst {
		slices.SortStableFunc(rows, s.settings.compare(a.name))
	}
	total := len(rows)
	next := a.at
	if s.settings.emptyPages && a.at.Seq > 0 && !a.at.Bare {
		next.Bare = true
		return s.envelope(a, r, nil, total, &next)
	}
	rows = a.at.RestBy(rows, s.settings.compare(a.name))
	onward := (*place)(nil)
	if size := s.settings.pageSizes.Of(a.at.Page+1, a.limit); len(rows) > size {
		rows = rows[:size]
		next.Place, next.Bare, onward = a.at.Behind(rows), false, &next
	}
	s.settings.ties.Reorder(rows)
	return s.envelope(a, r, rows, total, onward)
}

// envelope writes a page; without a next place it is the last one.
func (s *Server) envelope(a ask, r *http.Request, rows []fake.Row, total int, next *place) []byte {
	members := s.heading(a.start, a.stop)
	switch {
	case !lists[a.name].total || s.settings.total == NoTotal:
	case s.settings.total == PageTotal:
		members = append(members, pair{"total_" + a.name, len(rows)})
	default:
		members = append(members, pair{"total_" + a.name, total})
	}
	if a.name == matches {
		isUser := func(row fake.Row) bool { return row.Value.(traits).user }
		members = append(members, pair{"users", array(rows, isUser)}, pair{"files", array(rows, func(row fake.Row) bool { return !isUser(row) })})
	} else {
		members = append(members, pair{a.name, array(rows, nil)})
	}
	// The filters stand in the link to the next page, but not in the one to the first.
	address := origin(r) + r.URL.EscapedPath()
	members = append(members, pair{"first", form{{"href", address + "?limit=" + strconv.Itoa(a.limit)}}})
	if next == nil {
		return render(append(members, s.lastPage()...))
	}
	query := maps.Clone(a.filters)
	query.Set("limit", strconv.Itoa(a.limit))
	query.Set("next", fake.Cursor(next))
	return render(append(members, pair{"next", form{{"href", address + "?" + query.Encode()}}}))
}

// heading is what all envelopes begin with.
func (s *Server) heading(start, stop time.Time) form {
	return form{{"organization_id", numeral(OrganizationID)}, {"start_time", nanos(start)}, {"stop_time", nanos(stop)}}
}

func (s *Server) lastPage() form {
	switch s.settings.lastPage {
	case NullNext:
		return form{{"next", null}}
	case ObjectNext:
		return form{{"next", form{}}}
	case NoHrefNext:
		return form{{"next", form{{"href", null}}}}
	case EmptyHrefNext:
		return form{{"next", form{{"href", ""}}}}
	default:
		return nil
	}
}

// array writes the rows for which keep is true, byte for byte.
func array(rows []fake.Row, keep func(fake.Row) bool) verbatim {
	var items [][]byte
	for _, row := range rows {
		if keep == nil || keep(row) {
			items = append(items, row.Raw)
		}
	}
	return slices.Concat([]byte{'['}, bytes.Join(items, []byte{','}), []byte{']'})
}

// origin is where the request came to.
func origin(r *http.Request) string {
	if r.TLS != nil {
		return "https://" + r.Host
	}
	return "http://" + r.Host
}
