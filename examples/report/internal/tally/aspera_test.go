package tally

import (
	"encoding/json"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/aspera"
)

type (
	transfer = aspera.Transfer
	match    = aspera.FileAccessMatch
	file     = aspera.FileAccessFile
	person   = aspera.FileAccessUser
	access   = aspera.FileAccess
	event    = aspera.ApplicationEvent
)

func TestBandwidth(t *testing.T) {
	const send, receive = aspera.DirectionSend, aspera.DirectionReceive
	span := Span{at(10, 0), at(13, 0)} // in steps of a minute
	b, err := BandwidthOf(t.Context(), activity.ListOf(
		// 60 bytes in two minutes, from the middle of one step to the middle of another.
		transfer{UUID: "1", Direction: send, UserEmail: "ada", SessionStart: at(10, 0).Add(30 * time.Second),
			SessionStop: at(10, 2).Add(30 * time.Second), TransferredBytes: 60},
		// The other side of the same session.
		transfer{UUID: "1", Direction: receive, UserEmail: "bob", SessionStart: at(10, 0).Add(30 * time.Second),
			SessionStop: at(10, 2).Add(30 * time.Second), TransferredBytes: 60},
		// One that runs, and then the same further on, and again as it was.
		transfer{UUID: "2", Direction: send, UserEmail: "ada", SessionStart: at(12, 58), UpdatedAt: at(12, 59), TransferredBytes: 60},
		transfer{UUID: "2", Direction: send, UserEmail: "ada", SessionStart: at(12, 58), UpdatedAt: at(13, 2), TransferredBytes: 240},
		transfer{UUID: "2", Direction: send, UserEmail: "ada", SessionStart: at(12, 58), UpdatedAt: at(12, 59), TransferredBytes: 60},
		// Begun before the span, failed, without a user, in a direction of its own.
		transfer{UUID: "3", Direction: "sideways", ClientIPAddress: "192.0.2.7", Status: aspera.StatusFailed, SessionStart: at(9, 59),
			SessionStop: at(10, 1), TransferredBytes: 30},
		// Without length, at the end of a step.
		transfer{UUID: "4", Direction: receive, UserEmail: "bob", SessionStart: at(11, 1).Add(-time.Second / 2),
			SessionStop: at(11, 1).Add(-time.Second / 2), TransferredBytes: 15},
		// Without times, user or address.
		transfer{UUID: "5", Direction: receive, TransferredBytes: 7},
	), span)
	require.NoError(t, err)
	assert.Equal(t, at(10, 0), b.Begin)
	assert.Equal(t, time.Minute, b.Step)
	assert.Equal(t, 180, b.Steps)
	assert.Equal(t, 6, b.Transfers)
	assert.Equal(t, 1, b.Unplaced)

	rates := func(set map[int]float64) []float64 {
		all := make([]float64, 180)
		for step, rate := range set {
			all[step] = rate
		}
		return all
	}
	want := []UserTransfer{
		{User: "ada", Transfers: 2, Sent: 300, Bytes: 300, Rates: rates(map[int]float64{0: 2, 1: 4, 2: 2, 178: 8, 179: 8})},
		{User: "bob", Transfers: 2, Received: 75, Bytes: 75, Rates: rates(map[int]float64{0: 2, 1: 4, 2: 2, 60: 2})},
		{User: "192.0.2.7", Transfers: 1, Failed: 1, Bytes: 30, Rates: rates(map[int]float64{0: 2})},
		{User: "(not named)", Transfers: 1, Received: 7, Bytes: 7, Rates: rates(nil)},
	}
	require.Len(t, b.Users, len(want))
	for i, user := range want {
		assert.InDeltaSlice(t, user.Rates, b.Users[i].Rates, 1e-9, user.User)
		b.Users[i].Rates = user.Rates
	}
	assert.Equal(t, want, b.Users)
	assert.Equal(t, 8.0, b.Users[0].Peak())
	assert.Equal(t, 0.0, UserTransfer{}.Peak())
	assert.Equal(t, rates(map[int]float64{0: 4, 1: 4, 2: 2, 60: 2}), b.Others(1))
	assert.Nil(t, b.Others(4))
	assert.Equal(t, []Over{
		{User: "ada", From: at(10, 1), Until: at(10, 2), Mean: 4, Peak: 4},
		{User: "bob", From: at(10, 1), Until: at(10, 2), Mean: 4, Peak: 4},
		{User: "ada", From: at(12, 58), Until: at(13, 0), Mean: 8, Peak: 8},
	}, b.Over(3))
	assert.Equal(t, 2*time.Minute, b.Over(3)[2].Long())
	assert.Empty(t, b.Over(8), "the limit itself is not above it")
}

func TestLastStateCounts(t *testing.T) {
	state := func(uuid string, direction aspera.Direction, stop time.Time, bytes int64) transfer {
		return transfer{UUID: uuid, Direction: direction, UserEmail: "ada", SessionStart: at(10, 0), SessionStop: stop, TransferredBytes: bytes,
			ServerIPAddress: "192.0.2.1"}
	}
	const send, receive = aspera.DirectionSend, aspera.DirectionReceive
	other := state("3", receive, at(10, 5), 1)
	other.ServerIPAddress = ""
	states := activity.ListOf(state("1", send, time.Time{}, 10), state("1", receive, time.Time{}, 20), state("1", send, at(10, 2), 40),
		state("", send, at(10, 1), 5), state("", send, at(10, 1), 5), other)
	b, err := BandwidthOf(t.Context(), states, Span{at(10, 0), at(11, 0)})
	require.NoError(t, err)
	assert.Equal(t, 5, b.Transfers)
	assert.Equal(t, int64(71), b.Users[0].Bytes)
	volumes, err := ServerVolumesOf(t.Context(), states)
	require.NoError(t, err)
	assert.Equal(t, []aspera.Volume{
		{Name: "192.0.2.1", BytesUploaded: 20, BytesDownloaded: 50}, {Name: "(not named)", BytesUploaded: 1},
	}, volumes)
}

func TestNoBandwidth(t *testing.T) {
	b, err := BandwidthOf(t.Context(), activity.ListOf[transfer](), Span{at(10, 0), at(10, 1)})
	require.NoError(t, err)
	assert.Equal(t, Bandwidth{Begin: at(10, 0), Step: time.Minute, Steps: 1}, b)
}

func TestVolumes(t *testing.T) {
	report := aspera.VolumeReport{Volumes: []aspera.Volume{
		{ID: "1", Name: "Small", BytesUploaded: 5, Raw: json.RawMessage(`{}`)},
		{ID: "2", Name: "Twice", BytesUploaded: 10, BytesDownloaded: 1},
		{ID: "3", Name: "Small", BytesDownloaded: 5},
		{ID: "2", Name: "Twice", BytesUploaded: 20, BytesDownloaded: 2},
	}}
	assert.Equal(t, []aspera.Volume{
		{ID: "2", Name: "Twice", BytesUploaded: 30, BytesDownloaded: 3},
		{ID: "1", Name: "Small", BytesUploaded: 5},
		{ID: "3", Name: "Small", BytesDownloaded: 5},
	}, Volumes(report))
	assert.Empty(t, Volumes(aspera.VolumeReport{}))
}

func TestAccess(t *testing.T) {
	ada, bob, zoe := person{Name: "Ada", Email: "ada@example.com"}, person{Name: "Bob", Email: "bob@example.com"}, person{ID: "9", Name: "Zoe"}
	grant := func(who person, id string) access {
		return access{UserName: who.Name, UserEmail: who.Email, FileID: id}
	}
	files, users, err := AccessOf(t.Context(),
		activity.ListOf(match{User: &zoe}, match{File: &file{ID: "2", Path: "/b"}}, match{File: &file{ID: "1", Path: "/a"}},
			match{File: &file{Name: "without an id"}}, match{File: &file{ID: "4", Path: "/c"}}),
		activity.ListOf(grant(bob, "1"), grant(ada, "1"), grant(bob, "1"), grant(ada, "2"), grant(ada, "3"), grant(bob, "")))
	require.NoError(t, err)
	assert.Equal(t, []Access{
		{File: file{Name: "without an id"}},
		{File: file{ID: "1", Path: "/a"}, Users: []person{ada, bob}},
		{File: file{ID: "2", Path: "/b"}, Users: []person{ada}},
		{File: file{ID: "4", Path: "/c"}},
	}, files)
	assert.Equal(t, []person{zoe}, users)
}

func TestAccessesAreReadForFilesOnly(t *testing.T) {
	files, users, err := AccessOf(t.Context(), activity.ListOf(match{User: &person{ID: "9"}}), brokenList[access]())
	require.NoError(t, err)
	assert.Empty(t, files)
	assert.Len(t, users, 1)
}

func TestLogins(t *testing.T) {
	login := func(user string, when time.Time) event {
		return event{EventType: "user_logged_in", TriggeredByUserEmail: user, CreatedAt: when}
	}
	span := Span{at(6, 0), at(6, 0).AddDate(0, 0, 2)}
	late := at(1, 0).AddDate(0, 0, 1).In(time.FixedZone("", -4*3600)) // the evening before, where it happened
	l, err := LoginsOf(t.Context(), activity.ListOf(
		login("ada", at(5, 59)), login("ada", at(6, 0)), login("ada", at(9, 0)), login("ada", late), login("ada", span.Until),
		login("bob", at(8, 0)), login("cyd", at(9, 0)), login("cyd", time.Time{}),
		event{EventType: "package_sent", TriggeredByUserName: "Dora", CreatedAt: at(7, 0)},
		event{EventType: "login_failed", CreatedAt: at(7, 0)},
	), span)
	require.NoError(t, err)
	assert.Equal(t, Logins{
		Days: []time.Time{at(0, 0), at(0, 0).AddDate(0, 0, 1), at(0, 0).AddDate(0, 0, 2)},
		Users: []UserLogins{
			{User: "(not named)", Days: []int{0, 0, 0}},
			{User: "Dora", Days: []int{0, 0, 0}},
			{User: "bob", Days: []int{1, 0, 0}, Total: 1, Last: at(8, 0)},
			{User: "cyd", Days: []int{1, 0, 0}, Total: 1, Last: at(9, 0)},
			{User: "ada", Days: []int{2, 1, 0}, Total: 3, Last: late},
		},
		Counted: []aspera.EventType{"user_logged_in"},
		Others:  []aspera.EventType{"login_failed", "package_sent"},
		Undated: 1,
	}, l)
	assert.Equal(t, 2, l.Users[4].Active())
}

func TestIsLogin(t *testing.T) {
	for _, kind := range []aspera.EventType{"login", "user_logged_in", "User.LoggedIn", "user login", "LOG_IN"} {
		assert.True(t, IsLogin(kind), kind)
	}
	for _, kind := range []aspera.EventType{"", "logout", "user_logged_out", "login_failed", "package_sent"} {
		assert.False(t, IsLogin(kind), kind)
	}
	assert.True(t, slices.ContainsFunc([]aspera.EventType{"logout", "login"}, IsLogin))
}
