package tally

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/aspera"
)

type transfer = aspera.Transfer

func TestBandwidth(t *testing.T) {
	const send, receive = aspera.DirectionSend, aspera.DirectionReceive
	span := Span{at(10, 0), at(13, 0)} // in steps of a minute
	b, err := BandwidthOf(t.Context(), activity.ListOf(
		// 60 bytes in two minutes, from the middle of one step to the middle of another.
		transfer{UUID: "1", Direction: send, UserEmail: "ada", SessionStart: at(10, 0).Add(30 * time.Second),
			SessionStop: at(10, 2).Add(30 * time.Second), TransferredBytes: 60},
		// The other side of the session.
		transfer{UUID: "1", Direction: receive, UserEmail: "bob", SessionStart: at(10, 0).Add(30 * time.Second),
			SessionStop: at(10, 2).Add(30 * time.Second), TransferredBytes: 60},
		// A running session, a later state of it, and the first state again.
		transfer{UUID: "2", Direction: send, UserEmail: "ada", SessionStart: at(12, 58), UpdatedAt: at(12, 59), TransferredBytes: 60},
		transfer{UUID: "2", Direction: send, UserEmail: "ada", SessionStart: at(12, 58), UpdatedAt: at(13, 2), TransferredBytes: 240},
		transfer{UUID: "2", Direction: send, UserEmail: "ada", SessionStart: at(12, 58), UpdatedAt: at(12, 59), TransferredBytes: 60},
		// A failed session without a user, in an unknown direction, which began before the span.
		transfer{UUID: "3", Direction: "sideways", ClientIPAddress: "192.0.2.7", Status: aspera.StatusFailed, SessionStart: at(9, 59),
			SessionStop: at(10, 1), TransferredBytes: 30},
		// A session without duration, at the end of a step.
		transfer{UUID: "4", Direction: receive, UserEmail: "bob", SessionStart: at(11, 1).Add(-time.Second / 2),
			SessionStop: at(11, 1).Add(-time.Second / 2), TransferredBytes: 15},
		// A session without times, user and address.
		transfer{UUID: "5", Direction: receive, TransferredBytes: 7},
	), span)
	require.NoError(t, err)
	assert.Equal(t, at(10, 0), b.Begin)
	assert.Equal(t, time.Minute, b.Step)
	assert.Equal(t, 180, b.Steps)
	assert.Equal(t, 6, b.Transfers)
	assert.Equal(t, 1, b.Untimed)

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
	assert.Equal(t, []Excess{
		{User: "ada", From: at(10, 1), Until: at(10, 2), Mean: 4, Peak: 4},
		{User: "bob", From: at(10, 1), Until: at(10, 2), Mean: 4, Peak: 4},
		{User: "ada", From: at(12, 58), Until: at(13, 0), Mean: 8, Peak: 8},
	}, b.Excesses(3))
	assert.Equal(t, 2*time.Minute, b.Excesses(3)[2].Duration())
	assert.Empty(t, b.Excesses(8), "a rate at the limit is not above it")
}

func TestBandwidthWithoutTransfers(t *testing.T) {
	b, err := BandwidthOf(t.Context(), activity.ListOf[transfer](), Span{at(10, 0), at(10, 1)})
	require.NoError(t, err)
	assert.Equal(t, Bandwidth{Begin: at(10, 0), Step: time.Minute, Steps: 1}, b)
}
