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

// workspaces are the names of the workspaces of transfers.
var workspaces = []string{"Dailies", "Editorial", "Finishing", "Distribution", "Archive"}

// serveVolumes answers with all volumes on one page.
func (s *Server) serveVolumes(w http.ResponseWriter, _ *http.Request, query url.Values) {
	query, err := s.verify(volumes, query)
	if err != nil {
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
	s.config.ties.Reorder(rows)
	members := append(envelopeHead(start, stop), member{volumes, array(rows, nil)})
	fake.WriteRaw(w, http.StatusOK, "application/json", encode(members))
}

// sums returns the sums of the bytes of the transfers in a span, for each workspace with any
// transfer. What a node receives is an upload, except with WithUploadsSent. A transfer has no
// member for its workspace, so that a hash of its UUID decides.
func (s *Server) sums(start, stop time.Time) []fake.Row {
	volumes := make([]aspera.Volume, len(workspaces))
	used := make([]bool, len(workspaces))
	for _, row := range s.tables[transfers].Select(nil) {
		a := row.Value.(attributes)
		i := int64(crc32.ChecksumIEEE([]byte(a.uuid))) % int64(len(workspaces))
		used[i] = true
		switch {
		case !s.config.inSpan(row, start, stop):
		case a.direction == string(s.config.uploadDirection()):
			volumes[i].BytesUploaded += a.bytes
		default:
			volumes[i].BytesDownloaded += a.bytes
		}
	}
	var rows []fake.Row
	for i, v := range volumes {
		if used[i] {
			v.ID, v.Name = strconv.Itoa(501+i), workspaces[i]
			rows = append(rows, fake.Row{Raw: encode(volumeObject(v))})
		}
	}
	return rows
}
