package asperatest

import (
	"strconv"
	"strings"
	"time"

	"github.com/activity-sdk/activity/aspera"
	"github.com/activity-sdk/activity/internal/fake"
)

// The lists, as they are called in paths and envelopes.
const (
	applicationEvents = "application_events"
	egress            = "egress_throughputs"
	ingress           = "ingress_throughputs"
	fileAccess        = "file_access"
	matches           = "file_access/search"
	transfers         = "transfers"
	transferFiles     = "files"
	volumes           = "volume_usage"
)

// traits are what the fake knows of a row beside its bytes and its time.
type traits struct {
	uuid      string // of a transfer, or of the one that a file belongs to
	status    string
	direction string
	bytes     int64 // that were transferred
	transfer  bool
	stopped   time.Time // of a transfer
	updated   time.Time
	text      string // what a search looks through, in lower case
	user      bool   // of what a search finds: a user, not a file
}

// row makes a row of a record. Raw, if there is any, is served byte for byte.
func (s *Server) row(key string, at time.Time, raw []byte, form form, t traits) fake.Row {
	s.made.Add(1)
	if len(raw) == 0 {
		raw = render(form)
	}
	return fake.Row{Key: key, Time: at, Raw: raw, Value: t}
}

// add puts records into a list, all at once: each time costs as much as the list is long.
func add[T any](s *Server, table string, items []T, row func(item T) fake.Row) {
	rows := make([]fake.Row, len(items))
	for i, item := range items {
		rows[i] = row(item)
	}
	s.tables[table].Add(rows...)
}

// known gives the record that stands in raw, by which it is filtered, or the record itself where
// there is no raw or it is not JSON.
func known[T any, P interface {
	*T
	UnmarshalJSON(data []byte) error
}](record T, raw []byte) T {
	var sent T
	if len(raw) > 0 && P(&sent).UnmarshalJSON(raw) == nil {
		return sent
	}
	return record
}

// Add adds transfers. As with all methods that add, one with Raw is served with exactly these bytes
// and filtered by what they say; of another, the fake writes what the service would.
//
// Ids are not checked: of several transfers with one UUID, the lists serve all, and the path of a
// single one serves the newest. Raw need not be JSON either, such as one with a raw tab in a
// string: then the other fields are what it is found by.
func (s *Server) Add(items ...aspera.Transfer) {
	add(s, transfers, items, func(item aspera.Transfer) fake.Row {
		t := known(item, item.Raw)
		return s.row(t.UUID, t.SessionStart, item.Raw, s.transferForm(t),
			traits{transfer: true, uuid: t.UUID, status: string(t.Status), direction: string(t.Direction), bytes: t.TransferredBytes,
				stopped: t.SessionStop, updated: t.UpdatedAt})
	})
}

// AddFiles adds files of the transfer with this UUID.
func (s *Server) AddFiles(uuid string, items ...aspera.TransferFile) {
	add(s, transferFiles, items, func(item aspera.TransferFile) fake.Row { return s.fileRow(uuid, item) })
}

func (s *Server) fileRow(uuid string, item aspera.TransferFile) fake.Row {
	f := known(item, item.Raw)
	return s.row(f.ID, time.Time{}, item.Raw, fileForm(f), traits{uuid: uuid})
}

// AddApplicationEvents adds application events.
func (s *Server) AddApplicationEvents(items ...aspera.ApplicationEvent) {
	add(s, applicationEvents, items, func(item aspera.ApplicationEvent) fake.Row {
		e := known(item, item.Raw)
		return s.row(e.EventID, e.CreatedAt, item.Raw, eventForm(e), traits{})
	})
}

// AddEgressThroughputs adds rates of downloads.
func (s *Server) AddEgressThroughputs(items ...aspera.Throughput) {
	add(s, egress, items, s.throughputRow)
}

// AddIngressThroughputs adds rates of uploads.
func (s *Server) AddIngressThroughputs(items ...aspera.Throughput) {
	add(s, ingress, items, s.throughputRow)
}

func (s *Server) throughputRow(item aspera.Throughput) fake.Row {
	t := known(item, item.Raw)
	return s.row("", t.Time, item.Raw, throughputForm(t), traits{})
}

// AddFileAccess adds accesses. They have no time, so that Start and Stop leave them all.
func (s *Server) AddFileAccess(items ...aspera.FileAccess) {
	add(s, fileAccess, items, func(item aspera.FileAccess) fake.Row {
		a := known(item, item.Raw)
		return s.row(a.FileID, time.Time{}, item.Raw, accessForm(a), traits{})
	})
}

// AddMatches adds users and files that a search may find: by a part of the name, the address or the
// path, in either case, or of Raw where there is one. One without User is a file.
func (s *Server) AddMatches(items ...aspera.FileAccessMatch) {
	add(s, matches, items, func(item aspera.FileAccessMatch) fake.Row {
		var user aspera.FileAccessUser
		var file aspera.FileAccessFile
		isUser := item.User != nil
		form := matchedFileForm(file)
		switch {
		case isUser:
			user = *item.User
			form = personForm(user)
		case item.File != nil:
			file = *item.File
			form = matchedFileForm(file)
		}
		text := strings.Join([]string{user.Name, user.Email, file.Name, file.Path, string(item.Raw)}, "\n")
		return s.row(user.ID+file.ID, time.Time{}, item.Raw, form, traits{user: isUser, text: strings.ToLower(text)})
	})
}

// AddVolumes adds to what a volume report lists in place of the sums that the fake makes itself of
// its transfers: these volumes are the same whatever Start and Stop are.
func (s *Server) AddVolumes(items ...aspera.Volume) {
	add(s, volumes, items, func(item aspera.Volume) fake.Row {
		v := known(item, item.Raw)
		return s.row(v.ID, time.Time{}, item.Raw, volumeForm(v), traits{})
	})
}

// Delete removes the transfers with these UUIDs, both directions, and returns how many rows there
// were.
func (s *Server) Delete(uuids ...string) int { return s.tables[transfers].Delete(uuids...) }

// DeleteApplicationEvents removes the events with these ids and returns how many there were.
func (s *Server) DeleteApplicationEvents(ids ...string) int {
	return s.tables[applicationEvents].Delete(ids...)
}

// Len is the number of transfers.
func (s *Server) Len() int { return s.tables[transfers].Len() }

// stopForm is what the service may send in place of the stop time of a transfer that runs: null, an
// empty text, or nothing.
func (s *Server) stopForm(stop time.Time) any {
	if !stop.IsZero() {
		return nanos(stop)
	}
	switch s.made.Load() % 3 {
	case 0:
		return null
	case 1:
		return ""
	default:
		return nil
	}
}

// numeral writes an id as the number that the service sends, if it is one.
func numeral(id string) any {
	if n, err := strconv.ParseInt(id, 10, 64); err == nil && strconv.FormatInt(n, 10) == id {
		return n
	}
	if id == "" {
		return nil
	}
	return id
}
