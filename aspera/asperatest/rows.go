package asperatest

import (
	"strconv"
	"strings"
	"time"

	"github.com/activity-sdk/activity/aspera"
	"github.com/activity-sdk/activity/internal/fake"
)

// The lists, by their names in paths and envelopes.
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

// attributes are what the filters of the fake look at, besides the time of a row.
type attributes struct {
	uuid      string // of a transfer, or of the transfer of a file
	status    string
	direction string
	bytes     int64 // transferred bytes
	transfer  bool
	stopped   time.Time // of a transfer
	updated   time.Time
	text      string // what a search compares, in lower case
	user      bool   // in a search: a user, not a file
}

// row returns a row that serves raw or, if that is empty, the object.
func (s *Server) row(key string, at time.Time, raw []byte, o object, a attributes) fake.Row {
	s.made.Add(1)
	if len(raw) == 0 {
		raw = encode(o)
	}
	return fake.Row{Key: key, Time: at, Raw: raw, Value: a}
}

// add adds records to a list, all at once, since each change copies the list.
func add[T any](s *Server, table string, items []T, row func(item T) fake.Row) {
	rows := make([]fake.Row, len(items))
	for i, item := range items {
		rows[i] = row(item)
	}
	s.tables[table].Add(rows...)
}

// served returns the record that raw contains. If raw is empty or not JSON, it returns the record
// itself.
func served[T any, P interface {
	*T
	UnmarshalJSON(data []byte) error
}](record T, raw []byte) T {
	var sent T
	if len(raw) > 0 && P(&sent).UnmarshalJSON(raw) == nil {
		return sent
	}
	return record
}

// Add adds transfers. As with all methods that add records, the fake serves a record with Raw as
// those bytes, and filters it by what they contain. It encodes any other record as the service
// does.
//
// UUIDs need not be unique: lists serve all transfers with the same UUID, and the path of a single
// transfer serves the newest. Raw need not be JSON: for example, it may have a raw tab in a string.
// Filters then use the other fields.
func (s *Server) Add(items ...aspera.Transfer) {
	add(s, transfers, items, func(item aspera.Transfer) fake.Row {
		t := served(item, item.Raw)
		return s.row(t.UUID, t.SessionStart, item.Raw, s.transferObject(t),
			attributes{transfer: true, uuid: t.UUID, status: string(t.Status), direction: string(t.Direction), bytes: t.TransferredBytes,
				stopped: t.SessionStop, updated: t.UpdatedAt})
	})
}

// AddFiles adds files of the transfer with this UUID.
func (s *Server) AddFiles(uuid string, items ...aspera.TransferFile) {
	add(s, transferFiles, items, func(item aspera.TransferFile) fake.Row { return s.fileRow(uuid, item) })
}

func (s *Server) fileRow(uuid string, item aspera.TransferFile) fake.Row {
	f := served(item, item.Raw)
	return s.row(f.ID, time.Time{}, item.Raw, fileObject(f), attributes{uuid: uuid})
}

// AddApplicationEvents adds application events.
func (s *Server) AddApplicationEvents(items ...aspera.ApplicationEvent) {
	add(s, applicationEvents, items, func(item aspera.ApplicationEvent) fake.Row {
		e := served(item, item.Raw)
		return s.row(e.EventID, e.CreatedAt, item.Raw, eventObject(e), attributes{})
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
	t := served(item, item.Raw)
	return s.row("", t.Time, item.Raw, throughputObject(t), attributes{})
}

// AddFileAccess adds accesses. They have no time, so that Start and Stop do not filter them.
func (s *Server) AddFileAccess(items ...aspera.FileAccess) {
	add(s, fileAccess, items, func(item aspera.FileAccess) fake.Row {
		a := served(item, item.Raw)
		return s.row(a.FileID, time.Time{}, item.Raw, accessObject(a), attributes{})
	})
}

// AddMatches adds users and files for searches. A search finds a part of the name, the address, the
// path or Raw, and ignores case. A match without User is a file.
func (s *Server) AddMatches(items ...aspera.FileAccessMatch) {
	add(s, matches, items, func(item aspera.FileAccessMatch) fake.Row {
		var user aspera.FileAccessUser
		var file aspera.FileAccessFile
		isUser := item.User != nil
		o := matchedFileObject(file)
		switch {
		case isUser:
			user = *item.User
			o = userObject(user)
		case item.File != nil:
			file = *item.File
			o = matchedFileObject(file)
		}
		text := strings.Join([]string{user.Name, user.Email, file.Name, file.Path, string(item.Raw)}, "\n")
		return s.row(user.ID+file.ID, time.Time{}, item.Raw, o, attributes{user: isUser, text: strings.ToLower(text)})
	})
}

// AddVolumes adds volumes. A report then lists the added volumes instead of the sums of the fake's
// transfers. They are the same whatever Start and Stop are.
func (s *Server) AddVolumes(items ...aspera.Volume) {
	add(s, volumes, items, func(item aspera.Volume) fake.Row {
		v := served(item, item.Raw)
		return s.row(v.ID, time.Time{}, item.Raw, volumeObject(v), attributes{})
	})
}

// Delete removes the transfers with these UUIDs, in both directions, and returns their number.
func (s *Server) Delete(uuids ...string) int { return s.tables[transfers].Delete(uuids...) }

// DeleteApplicationEvents removes the events with these ids and returns their number.
func (s *Server) DeleteApplicationEvents(ids ...string) int {
	return s.tables[applicationEvents].Delete(ids...)
}

// Len returns the number of transfers.
func (s *Server) Len() int { return s.tables[transfers].Len() }

// stopTime returns the stop time of a transfer. For a transfer that still runs, that is null, an
// empty string or no member, as the service may send it.
func (s *Server) stopTime(stop time.Time) any {
	if !stop.IsZero() {
		return timestamp(stop)
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

// idValue returns an id as a number, as the service sends it, if it is one.
func idValue(id string) any {
	if n, err := strconv.ParseInt(id, 10, 64); err == nil && strconv.FormatInt(n, 10) == id {
		return n
	}
	if id == "" {
		return nil
	}
	return id
}
