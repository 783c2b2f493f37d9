package activity

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"math"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// refusing is a service that fails to show some of its unfinished records.
type refusing struct {
	*service
	fails map[string]error
	asked []string
}

func (r *refusing) Unfinished(e event) (string, bool) { return e.id, e.open }

func (r *refusing) Revisit(_ context.Context, ref string) ([]Record[event], error) {
	r.asked = append(r.asked, ref)
	if err := r.fails[ref]; err != nil {
		return nil, err
	}
	return []Record[event]{{Key: ref + " final", Item: event{id: ref}, Time: time.Now()}}, nil
}

// newRefusing has three unfinished records, the first of which cannot be read again, and a
// checkpoint that has them. Their times lie before the lookback.
func newRefusing(t *testing.T, failure error) (*refusing, *store) {
	t.Helper()
	s, kept := &refusing{service: newService(10), fails: map[string]error{"a": failure}}, newStore(t)
	began := time.Now()
	for _, id := range []string{"a", "b", "c"} {
		s.events = append(s.events, event{id: id, at: began.Add(-time.Minute), open: true})
	}
	for b, err := range NewFeed(s).CatchUp(t.Context(), Checkpoint{}, FollowOptions{Since: began.Add(-time.Hour), Settle: -1}) {
		require.NoError(t, err)
		kept.put(b)
	}
	rest(t, 5*time.Hour)
	for b, err := range NewFeed(s).CatchUp(t.Context(), kept.load(), FollowOptions{Settle: -1}) {
		require.NoError(t, err)
		kept.put(b)
	}
	s.asked = nil
	rest(t, 5*time.Hour)
	return s, kept
}

// A record that can never be read again costs neither the feed, nor the other records; it is asked
// for again, since nothing may be lost.
func TestRevisitOfAnOddRecord(t *testing.T) {
	for name, failure := range map[string]error{
		"refused before it is sent": &Error{Kind: ErrInvalid},
		"forbidden":                 &Error{Kind: ErrForbidden, StatusCode: 403},
		"malformed":                 &Error{Kind: ErrMalformed, StatusCode: 200},
		"too large":                 &Error{Kind: ErrResponseTooLarge, StatusCode: 200},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s, kept := newRefusing(t, failure)
				var log bytes.Buffer
				s.info.Logger = slog.New(slog.NewTextHandler(&log, nil))
				for range 2 {
					s.asked = nil
					for b, err := range NewFeed(s).CatchUp(t.Context(), kept.load(), FollowOptions{Settle: -1}) {
						require.NoError(t, err)
						kept.put(b)
					}
				}
				assert.Equal(t, 1, kept.keys["b final"])
				assert.Equal(t, 1, kept.keys["c final"])
				assert.Equal(t, []string{"a"}, s.asked, "it is tried again")
				assert.Equal(t, 2, strings.Count(log.String(), "could not be read again"))
			})
		})
	}
}

// A record whose reading fails each time for a reason that may pass ends the round, and lets the
// others go first in the next.
func TestRevisitOfAFailingRecord(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, kept := newRefusing(t, &Error{Kind: ErrServer, StatusCode: 500})
		ctx, cancel := context.WithTimeout(t.Context(), 90*time.Second)
		defer cancel()
		failures := 0
		o := FollowOptions{Settle: -1, OnRetry: func(error, time.Duration) { failures++ }}
		for b, err := range NewFeed(s).Follow(ctx, kept.load(), o) {
			if err != nil {
				require.ErrorIs(t, err, context.DeadlineExceeded)
			}
			kept.put(b)
		}
		assert.Equal(t, []string{"a", "b", "c", "a"}, s.asked)
		assert.Equal(t, 2, failures)
		assert.Equal(t, 1, kept.keys["c final"])
	})
}

func TestRevisitEndsTheFeed(t *testing.T) {
	for name, failure := range map[string]error{
		"credentials": &Error{Kind: ErrUnauthorized, StatusCode: 401},
		"temporary":   &Error{Kind: ErrServer, StatusCode: 503},
		"context":     &Error{Kind: ErrRateLimited, Err: context.DeadlineExceeded},
		"plain":       errors.New("of the source"),
		"of no kind":  &Error{StatusCode: 418},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s, kept := newRefusing(t, failure)
				var last error
				for _, err := range NewFeed(s).CatchUp(t.Context(), kept.load(), FollowOptions{Settle: -1}) {
					last = err
				}
				require.ErrorIs(t, last, failure)
			})
		})
	}
}

// However many unfinished records there are, one warning in a round says that some are forgotten.
func TestCrowdedWithUnfinishedRecords(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &refusing{service: newService(20_000)}
		var log bytes.Buffer
		s.info.Logger = slog.New(slog.NewTextHandler(&log, nil))
		since := time.Now().Add(-time.Hour)
		for i := range 12_000 {
			s.events = append(s.events, event{id: strconv.Itoa(i), at: since.Add(time.Minute), open: true})
		}
		for _, err := range NewFeed(s).CatchUp(t.Context(), Checkpoint{}, FollowOptions{Since: since, Settle: -1}) {
			require.NoError(t, err)
		}
		assert.Equal(t, 1, strings.Count(log.String(), "too many unfinished records"))
	})
}

// The warning comes in each round in which there are too many.
func TestCrowdedAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &refusing{service: newService(20_000)}
		var log bytes.Buffer
		s.info.Logger = slog.New(slog.NewTextHandler(&log, nil))
		since := time.Now().Add(-time.Hour)
		rounds := 0
		for _, err := range NewFeed(s).Follow(t.Context(), Checkpoint{}, FollowOptions{Since: since, Every: time.Minute, Settle: -1}) {
			require.NoError(t, err)
			if rounds++; rounds == 3 {
				break
			}
			for i := range 12_000 {
				s.events = append(s.events, event{id: strconv.Itoa(rounds) + "/" + strconv.Itoa(i), at: time.Now(), open: true})
			}
		}
		assert.Equal(t, 2, strings.Count(log.String(), "too many unfinished records"))
	})
}

// leaving is a service whose records do not belong to the feed any more when they are read again.
type leaving struct{ refusing }

func (l *leaving) Revisit(_ context.Context, ref string) ([]Record[event], error) {
	l.asked = append(l.asked, ref)
	return nil, nil
}

// A hundred records are read again in a round. What does not belong to the feed any more is not
// read a second time.
func TestRevisitOfManyThatLeft(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, kept := &leaving{refusing{service: newService(1000)}}, newStore(t)
		at := time.Now()
		for i := range 250 {
			s.events = append(s.events, event{id: strconv.Itoa(i), at: at.Add(-time.Minute), open: true})
		}
		for _, want := range []int{0, 100, 100, 50, 0} {
			s.asked = nil
			for b, err := range NewFeed(s).CatchUp(t.Context(), kept.load(), FollowOptions{Since: at.Add(-time.Hour), Lookback: -1, Settle: -1}) {
				require.NoError(t, err)
				kept.put(b)
			}
			assert.Len(t, s.asked, want)
			rest(t, time.Hour)
		}
	})
}

// A record that was read again and claims a time far ahead must not take the room of others for
// good.
func TestRevisitDatedAhead(t *testing.T) {
	w := follower[event]{progress: newProgress(identity{Feed: "f"}, time.Now())}
	source := &refusing{service: newService(1)}
	require.True(t, w.changed(source, Record[event]{Key: "k", Time: time.Now().AddDate(5000, 0, 0)}))
	w.forget(w.watermark.Add(40*24*time.Hour), 0)
	assert.Zero(t, w.seen())
}

// A count that is not the span's, as of a service that counts without its filters, costs no request
// while there is no second page.
func TestCountOfSomethingElse(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, kept := newService(10), newStore(t)
		since := time.Now().AddDate(0, 0, -90)
		for i := range 90 {
			at := since.AddDate(0, 0, i)
			s.events = append(s.events, event{id: strconv.Itoa(i), at: at, listed: at})
		}
		s.claimed = math.MaxInt
		for b, err := range NewFeed(s).CatchUp(t.Context(), Checkpoint{}, FollowOptions{Since: since, Settle: -1}) {
			require.NoError(t, err)
			kept.put(b)
			require.Less(t, s.requests, 1000)
			if b.Checkpoint.Watermark().After(since.AddDate(0, 0, 3)) {
				break
			}
		}
		assert.LessOrEqual(t, s.requests, 4)
	})
}

// Sightings that break off are no sightings.
func TestSightingsBreakOff(t *testing.T) {
	packed := packSightings([]sighting{{minute: 1, hash: 1}, {minute: 1, hash: 2}, {minute: 2, hash: 3}}, nil)
	for n := range packed {
		all, ok := unpackSightings(packed[:n])
		if whole := n == 0 || n == 2+2*sightingSize; whole {
			assert.True(t, ok)
			continue
		}
		assert.False(t, ok, "%d bytes", n)
		assert.Empty(t, all)
	}
}
