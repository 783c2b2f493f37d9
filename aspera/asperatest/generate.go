package asperatest

import (
	"math"
	"strconv"
	"time"

	"github.com/activity-sdk/activity/aspera"
	"github.com/activity-sdk/activity/internal/fake"
)

// defaultNewest is the time before which all generated records begin, unless WithNewest changes it.
var defaultNewest = time.Date(2025, time.November, 14, 17, 30, 0, 0, time.UTC)

// generate fills every list. A seed generates the same records only if the order of calls stays.
func (s *Server) generate(n int) {
	g := fake.NewGenerator(s.config.seed, s.config.newest)
	items := s.generateTransfers(g, n)
	s.generateEvents(g, n)
	s.AddEgressThroughputs(throughputs(items, s.config.downloadDirection(), s.config.newest)...)
	s.AddIngressThroughputs(throughputs(items, s.config.uploadDirection(), s.config.newest)...)
	s.generateAccess(g, n)
}

func (s *Server) generateTransfers(g *fake.Generator, n int) []aspera.Transfer {
	items := make([]aspera.Transfer, n)
	files := make([]fake.Row, n)
	for i, at := range g.Times(n) {
		t := transferAt(g, at)
		if i > 0 && g.Chance(0.05) { // the other side of the session before
			last := items[i-1]
			t.UUID, t.Content, t.PackageID, t.FileID = last.UUID, last.Content, last.PackageID, last.FileID
			t.Direction = aspera.DirectionSend
			if last.Direction == aspera.DirectionSend {
				t.Direction = aspera.DirectionReceive
			}
		}
		items[i] = t
		files[i] = s.fileRow(t.UUID, aspera.TransferFile{ID: t.FileID, Path: "/" + t.Content, Size: t.TransferredBytes, Status: t.Status})
	}
	s.Add(items...)
	s.tables[transferFiles].Add(files...)
	return items
}

func transferAt(g *fake.Generator, at time.Time) aspera.Transfer {
	user := g.User()
	size := g.Bytes()
	t := aspera.Transfer{
		UUID:             g.Hex(8) + "-" + g.Hex(4) + "-4" + g.Hex(3) + "-a" + g.Hex(3) + "-" + g.Hex(12),
		Direction:        aspera.Direction(g.Pick(fake.Weighted{Value: "send", Weight: 3}, fake.Weighted{Value: "receive", Weight: 2})),
		Status:           aspera.StatusCompleted,
		SessionStart:     at,
		TransferredBytes: size,
		ExpectedBytes:    size,
		FileCount:        1,
		NumSourcePaths:   1,
		FolderCount:      g.Between(0, 3),
		ClientIPAddress:  g.IP(),
		ServerIPAddress:  g.IP(),
		Content:          g.File(),
		PackageID:        "non_package",
		FileID:           strconv.FormatInt(g.Between(10_000, 9_999_999), 10),
		UserEmail:        user.Email,
	}
	if g.Chance(0.4) {
		t.PackageID = g.Hex(22)
	}
	rate := float64(g.Between(20, 900)) * 1e6
	took := min(time.Duration(float64(size*8)/rate*float64(time.Second))+time.Second, 6*time.Hour)
	switch {
	case g.Chance(0.03): // still running
		t.Status = "running"
		t.TransferredBytes = size / g.Between(2, 9)
		t.UpdatedAt = at.Add(took / 2)
		t.Throughput = rate
		return t
	case g.Chance(0.05):
		t.Status = aspera.StatusFailed
		t.TransferredBytes = size / g.Between(2, 9)
		t.ErrorCode, t.ErrorMessage = 14, "Data transfer timeout"
		if g.Chance(0.5) {
			t.ErrorCode, t.ErrorMessage = aspera.ErrorCodeUserAbort, "Session aborted by user"
		}
	}
	t.SessionStop = at.Add(took)
	t.UpdatedAt = t.SessionStop.Add(time.Duration(g.Between(1, 90)) * time.Second)
	t.Throughput = float64(t.TransferredBytes*8) / took.Seconds()
	return t
}

// generateEvents invents the names of the types too, since the vendor does not document them
// (probe: aspera.events).
func (s *Server) generateEvents(g *fake.Generator, n int) {
	items := make([]aspera.ApplicationEvent, n)
	for i, at := range g.Times(n) {
		user := g.User()
		kind := g.Pick(fake.Weighted{Value: "user_logged_in", Weight: 8}, fake.Weighted{Value: "user_logged_out", Weight: 3},
			fake.Weighted{Value: "package_sent", Weight: 5}, fake.Weighted{Value: "package_received", Weight: 5},
			fake.Weighted{Value: "file_uploaded", Weight: 6}, fake.Weighted{Value: "file_downloaded", Weight: 6},
			fake.Weighted{Value: "file_deleted", Weight: 1}, fake.Weighted{Value: "user_created", Weight: 1})
		items[i] = aspera.ApplicationEvent{EventID: strconv.Itoa(900_000 + n - i), EventType: aspera.EventType(kind),
			TriggeredByUserName: user.Name, TriggeredByUserEmail: user.Email, CreatedAt: at}
	}
	s.AddApplicationEvents(items...)
}

// throughputs returns one rate for every five minutes before newest, as many as there are
// transfers. It spreads the bytes of a transfer evenly over its session. A transfer that still runs
// ends at its last update.
func throughputs(items []aspera.Transfer, direction aspera.Direction, newest time.Time) []aspera.Throughput {
	const step = 5 * time.Minute
	rates := make([]aspera.Throughput, len(items))
	for i := range rates {
		rates[i].Time = newest.Add(-time.Duration(i+1) * step)
	}
	for _, t := range items {
		stop := t.SessionStop
		if stop.IsZero() {
			stop = t.UpdatedAt
		}
		if t.Direction != direction || !stop.After(t.SessionStart) {
			continue
		}
		bits := 8 * float64(t.TransferredBytes) / float64(stop.Sub(t.SessionStart)) // per nanosecond
		first := int((newest.Sub(t.SessionStart) - 1) / step)                       // the rate of the time when the session starts
		for i := min(first, len(rates)-1); i >= 0; i-- {
			from, to := rates[i].Time, rates[i].Time.Add(step)
			if !from.Before(stop) {
				break
			}
			if from.Before(t.SessionStart) {
				from = t.SessionStart
			}
			if to.After(stop) {
				to = stop
			}
			rates[i].Throughput += bits * float64(to.Sub(from)) / step.Seconds()
		}
	}
	for i := range rates {
		rates[i].Throughput = math.Round(rates[i].Throughput)
	}
	return rates
}

func (s *Server) generateAccess(g *fake.Generator, n int) {
	access, found := make([]aspera.FileAccess, n), make([]aspera.FileAccessMatch, 0, 2*n)
	seen := make(map[int64]bool)
	for i := range n {
		user, name := g.User(), g.File()
		id := strconv.FormatInt(g.Between(10_000, 9_999_999), 10)
		access[i] = aspera.FileAccess{UserName: user.Name, UserEmail: user.Email, FileID: id, FileName: name}
		found = append(found, aspera.FileAccessMatch{File: &aspera.FileAccessFile{ID: id, Name: name, Path: "/" + g.Project() + "/" + name}})
		if !seen[user.ID] {
			seen[user.ID] = true
			found = append(found, aspera.FileAccessMatch{User: &aspera.FileAccessUser{
				ID: strconv.FormatInt(user.ID, 10), Name: user.Name, Email: user.Email}})
		}
	}
	s.AddFileAccess(access...)
	s.AddMatches(found...)
}

func (c *config) uploadDirection() aspera.Direction {
	if c.uploadsSent {
		return aspera.DirectionSend
	}
	return aspera.DirectionReceive
}

func (c *config) downloadDirection() aspera.Direction {
	if c.uploadsSent {
		return aspera.DirectionReceive
	}
	return aspera.DirectionSend
}
