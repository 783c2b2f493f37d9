package asperatest

import (
	"hash/crc32"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/activity-sdk/activity/aspera"
	"github.com/activity-sdk/activity/internal/fake"
)

// workspaces are those among which the transfers are divided.
var workspaces = []string{"Dailies", "Editorial", "Finishing", "Distribution", "Archive"}

// serveVolumes answers with all volumes on one page.
func (s *Server) serveVolumes(w http.ResponseWriter, _ *http.Request, query url.Values) {
	if s.settings.lenient {
		query = s.known(volumes, query)
	}
	if err := s.params(volumes).Verify(query); err != nil {
		s.badRequest(w, err)
		return
	}
	start, stop, err := s.span(query)
	if err != nil {
		s.badRequest(w, err)
		return
	}
	rows := s.tables[volumes].Select(nil)
	if len(rows) == 0 {
		rows = s.sums(start, stop)
	}
	s.settings.ties.Reorder(rows)
	members := append(s.heading(start, stop), pair{volumes, array(rows, nil)})
	fake.WriteRaw(w, http.StatusOK, "application/json", render(members))
}

// sums adds up the bytes of the transfers in a span by workspace: those of one that has any
// transfer at all. What a node receives is an upload, except under WithUploadsSent. Nobody says of
// a transfer to which workspace it belongs, so that its UUID decides.
func (s *Server) sums(start, stop time.Time) []fake.Row {
	volumes := make([]aspera.Volume, len(workspaces))
	used := make([]bool, len(workspaces))
	for _, row := range s.tables[transfers].Select(nil) {
		t := row.Value.(traits)
		i := int64(crc32.ChecksumIEEE([]byte(t.uuid))) % int64(len(workspaces))
		used[i] = true
		switch {
		case !s.settings.inSpan(row, start, stop):
		case t.direction == string(s.settings.uploads()):
			volumes[i].BytesUploaded += t.bytes
		default:
			volumes[i].BytesDownloaded += t.bytes
		}
	}
	var rows []fake.Row
	for i, v := range volumes {
		if used[i] {
			v.ID, v.Name = strconv.Itoa(501+i), workspaces[i]
			rows = append(rows, fake.Row{Raw: render(volumeForm(v))})
		}
	}
	return rows
}
