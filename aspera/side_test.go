package aspera_test

import (
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/aspera"
	"github.com/activity-sdk/activity/aspera/asperatest"
	"github.com/activity-sdk/activity/internal/followtest"
)

// twoSides is a fake with a session whose sending side runs, while the receiving side is over. The
// path of the single transfer returns the receiving side, which began last.
type twoSides struct {
	*asperatest.Server
	began time.Time
	send  aspera.Transfer
	log   strings.Builder
	kept  *followtest.Store
}

func newTwoSides(opts ...asperatest.Option) *twoSides {
	s := &twoSides{Server: asperatest.NewServer(opts...), began: time.Now().Add(-10*time.Minute + 300*time.Microsecond), kept: followtest.NewStore()}
	s.send = runningTransfer("a", s.began)
	s.addSides()
	return s
}

func (s *twoSides) addSides() {
	began := s.began.Add(time.Millisecond)
	s.Add(s.send, aspera.Transfer{UUID: "a", Direction: "receive", SessionStart: began, SessionStop: began.Add(time.Minute), UpdatedAt: began.Add(time.Minute)})
}

// end ends the sending side now.
func (s *twoSides) end() {
	s.send.SessionStop, s.send.UpdatedAt = time.Now(), time.Now()
	s.Delete("a")
	s.addSides()
}

// run follows the feed to the present. It returns the states that it delivered and the number of
// requests.
func (s *twoSides) run(t *testing.T, q aspera.TransferQuery) (states []string, requests int) {
	t.Helper()
	s.ResetRequests()
	feed := organization(s.Server, activity.WithLogger(slog.New(slog.NewTextHandler(&s.log, nil)))).TransferFeed(q)
	for _, b := range followtest.CatchUp(t, s.kept, feed, activity.FollowOptions{Since: s.began.Add(-time.Hour)}) {
		for _, r := range b.Records {
			states = append(states, fmt.Sprint(r.Item.Direction, " ", r.Item.Done()))
		}
	}
	return states, len(apiLines(s.Server))
}

// TestOtherSideIsOver checks that the end of a transfer is delivered if the service returns the
// other side of the session for its UUID, which is over.
func TestOtherSideIsOver(t *testing.T) {
	for name, opts := range map[string][]asperatest.Option{
		"inclusive bounds": {asperatest.WithSpan(5*time.Minute, 180*days)},
		"exclusive bounds": {asperatest.WithSpan(5*time.Minute, 180*days), asperatest.WithExclusiveBounds()},
		"oldest first":     {asperatest.WithOrder(asperatest.OldestFirst)},
		"wrapped":          {asperatest.WithWrappedTransfer()},
	} {
		for _, q := range []aspera.TransferQuery{{}, {Direction: aspera.DirectionSend}, {PageSize: 1, Direction: aspera.DirectionSend}} {
			t.Run(fmt.Sprint(name, " ", q.Direction, q.PageSize), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					s := newTwoSides(opts...)
					states, _ := s.run(t, q)
					if q.Direction == "" {
						assert.ElementsMatch(t, []string{"send false", "receive true"}, states)
					} else {
						assert.Equal(t, []string{"send false"}, states)
					}
					pass(26 * time.Hour)
					s.run(t, q) // whose lookback reaches back to the first one
					for range 3 {
						pass(12 * time.Hour)
						states, requests := s.run(t, q)
						assert.Empty(t, states)
						assert.Equal(t, 3, requests, "the new ones, the UUID, and those that began with it")
					}
					s.end()
					states, _ = s.run(t, q)
					assert.Equal(t, []string{"send true"}, states)
					pass(12 * time.Hour)
					states, requests := s.run(t, q)
					assert.Empty(t, states)
					assert.Equal(t, 1, requests)
					assert.Empty(t, s.log.String())
				})
			})
		}
	}
}

// TestOtherSideInABusyList checks that a transfer is not given up if the page that would have it
// has others only.
func TestOtherSideInABusyList(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newTwoSides(asperatest.WithOrder(asperatest.OldestFirst))
		for i := range 4 {
			at := s.began.Add(-time.Minute)
			s.Add(aspera.Transfer{UUID: fmt.Sprint("other", i), SessionStart: at, SessionStop: at})
		}
		s.run(t, aspera.TransferQuery{})
		pass(26 * time.Hour)
		s.run(t, aspera.TransferQuery{})
		for n := range 3 {
			pass(12 * time.Hour)
			states, requests := s.run(t, aspera.TransferQuery{PageSize: 3})
			assert.Empty(t, states)
			assert.Equal(t, 3, requests)
			assert.Equal(t, n+1, strings.Count(s.log.String(), "set a larger PageSize"))
		}
		s.end()
		states, _ := s.run(t, aspera.TransferQuery{PageSize: 10})
		assert.Equal(t, []string{"send true"}, states)
	})
}

// TestOtherSideWithoutAStart checks that a transfer without a start is not given up either, that no
// list is read for it, and that it may get a start later.
func TestOtherSideWithoutAStart(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newTwoSides()
		list, one := `{"transfers":[{"uuid":"a","direction":"send"}]}`, `{"uuid":"a","direction":"receive"}`
		s.FailWith(func(r asperatest.Request) *asperatest.Fault {
			if strings.HasSuffix(r.Path, "/a") {
				return &asperatest.Fault{Body: one}
			}
			return &asperatest.Fault{Body: list}
		})
		states, _ := s.run(t, aspera.TransferQuery{})
		assert.Equal(t, []string{"send false"}, states)
		list = `{"transfers":[]}`
		for n := range 3 {
			pass(12 * time.Hour)
			states, requests := s.run(t, aspera.TransferQuery{})
			assert.Empty(t, states)
			assert.Equal(t, 2, requests)
			assert.Equal(t, n+1, strings.Count(s.log.String(), "could not be read again"))
		}
		one = `{"uuid":"a","direction":"send","session_start_time":"1999-12-31T23:00:00Z"}`
		for _, want := range [][]string{{"send false"}, nil} {
			states, requests := s.run(t, aspera.TransferQuery{})
			assert.Equal(t, want, states)
			assert.Equal(t, 2, requests, "it has one reference")
		}
		one = `{"uuid":"a","direction":"send","session_start_time":"1999-12-31T23:00:00Z","session_stop_time":"2000-01-03T23:00:00Z"}`
		states, _ = s.run(t, aspera.TransferQuery{})
		assert.Equal(t, []string{"send true"}, states)
		states, requests := s.run(t, aspera.TransferQuery{})
		assert.Empty(t, states)
		assert.Equal(t, 1, requests)
	})
}

// TestSideIsGone checks that a transfer which neither its UUID nor the list returns is given up,
// with a warning.
func TestSideIsGone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newTwoSides()
		s.run(t, aspera.TransferQuery{})
		pass(26 * time.Hour)
		s.run(t, aspera.TransferQuery{})
		s.Delete("a")
		began := s.began.Add(time.Millisecond)
		s.Add(aspera.Transfer{UUID: "a", Direction: "receive", SessionStart: began, SessionStop: began.Add(time.Minute), UpdatedAt: began.Add(time.Minute)})
		for _, want := range []int{3, 1, 1} {
			pass(12 * time.Hour)
			states, requests := s.run(t, aspera.TransferQuery{})
			assert.Empty(t, states)
			assert.Equal(t, want, requests)
			assert.Equal(t, 1, strings.Count(s.log.String(), "it is not read again"))
			assert.Contains(t, s.log.String(), "feed=transfers uuid=a direction=send")
		}
	})
}

// TestListOfASideFails checks that a transfer is read again after the list that should have it
// failed.
func TestListOfASideFails(t *testing.T) {
	for _, status := range []int{400, 403, 404, 501} {
		t.Run(fmt.Sprint(status), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := newTwoSides()
				for _, d := range []time.Duration{26 * time.Hour, 12 * time.Hour} {
					s.run(t, aspera.TransferQuery{})
					pass(d)
				}
				n := 0
				s.FailWith(func(r asperatest.Request) *asperatest.Fault {
					if !strings.HasSuffix(r.Path, "/transfers") {
						return nil
					}
					if n++; n == 2 {
						return &asperatest.Fault{Status: status}
					}
					return nil
				})
				for b, err := range organization(s.Server).TransferFeed(aspera.TransferQuery{}).CatchUp(t.Context(), s.kept.Checkpoint(t), activity.FollowOptions{}) {
					if err != nil {
						assert.Equal(t, status, failure(t, err).StatusCode)
						require.NotErrorIs(t, err, activity.ErrNotFound, "which would end Follow")
					}
					followtest.Put(t, s.kept, b)
				}
				require.Equal(t, 2, n)
				s.end()
				states, _ := s.run(t, aspera.TransferQuery{})
				assert.Equal(t, []string{"send true"}, states)
			})
		})
	}
}
