// Package followtest is for the tests of feeds: a program that follows a feed, stores what it
// reads, and crashes now and then.
package followtest

import (
	"context"
	"encoding/json"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/activity-sdk/activity"
)

// Store is what the program stores: the keys of records and the checkpoint, in one transaction.
type Store struct {
	Keys       map[string]int // how often each was stored
	Batches    int            // how many were stored
	checkpoint []byte
}

// NewStore returns an empty store.
func NewStore() *Store { return &Store{Keys: map[string]int{}} }

// Checkpoint returns the one that was stored last.
func (s *Store) Checkpoint(t testing.TB) activity.Checkpoint {
	t.Helper()
	var c activity.Checkpoint
	if s.checkpoint != nil {
		require.NoError(t, json.Unmarshal(s.checkpoint, &c))
	}
	return c
}

// Put stores a batch.
func Put[T any](t testing.TB, s *Store, b activity.Batch[T]) {
	t.Helper()
	for _, r := range b.Records {
		s.Keys[r.Key]++
	}
	text, err := json.Marshal(b.Checkpoint)
	require.NoError(t, err)
	require.Less(t, len(text), activity.MaxCheckpoint)
	s.checkpoint = text
	s.Batches++
}

// CatchUp follows a feed to the present and returns the batches that it stored. It fails the test
// for an error, and if the watermark falls.
func CatchUp[T any](t testing.TB, s *Store, feed activity.Feed[T], o activity.FollowOptions) (batches []activity.Batch[T]) {
	t.Helper()
	before := s.Checkpoint(t).Watermark()
	for b, err := range feed.CatchUp(t.Context(), s.Checkpoint(t), o) {
		require.NoError(t, err)
		require.False(t, b.Checkpoint.Watermark().Before(before))
		before = b.Checkpoint.Watermark()
		Put(t, s, b)
		batches = append(batches, b)
	}
	return batches
}

// Crash follows a feed for some virtual time. The program ends at random: before a batch is stored,
// after that, or between two requests. It begins again at once, or after hours. Any error except
// the context's fails the test.
func Crash[T any](t testing.TB, s *Store, feed func() activity.Feed[T], o activity.FollowOptions, random *rand.Rand, d time.Duration) {
	t.Helper()
	for end := time.Now().Add(d); time.Now().Before(end); {
		ctx, cancel := context.WithTimeout(t.Context(), time.Duration(1+random.IntN(240))*time.Minute)
		for b, err := range feed().Follow(ctx, s.Checkpoint(t), o) {
			if err != nil {
				require.Error(t, ctx.Err(), "%v", err)
			}
			if random.IntN(12) == 0 {
				break
			}
			Put(t, s, b)
			if random.IntN(12) == 0 {
				break
			}
		}
		cancel()
		if random.IntN(6) == 0 {
			Pass(time.Duration(random.IntN(30)) * time.Hour)
		}
	}
}

// Pass lets virtual time go by.
func Pass(d time.Duration) { <-time.After(d) }
