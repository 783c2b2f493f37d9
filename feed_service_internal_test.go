package activity

import (
	"context"
	"encoding/json"
	"iter"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// event is a record of a service that lists it some time after it happened.
type event struct {
	id     string
	at     time.Time
	listed time.Time
	blank  bool // its time cannot be read
	open   bool
}

type span struct{ from, to time.Time }

// service is a source over events, newest first.
type service struct {
	info     FeedInfo
	events   []event
	pageSize int
	clock    func() time.Time // the service's
	undated  bool
	totals   bool
	claimed  int // as the total, whatever is asked for
	times    int // the total is multiplied by this; 0 means 1
	most     int // pages that begin behind this number of events are refused; 0 refuses none
	requests int
	refusals int
	asked    []span // the first ones
	fail     func(request int) error
}

func (s *service) Feed() FeedInfo { return s.info }

func (s *service) Between(ctx context.Context, from, to time.Time) iter.Seq2[Page[Record[event]], error] {
	return func(yield func(Page[Record[event]], error) bool) {
		if len(s.asked) < 1000 {
			s.asked = append(s.asked, span{from, to})
		}
		var found []Record[event]
		for _, e := range s.events {
			if !e.listed.After(s.clock()) && !e.at.Before(from.Add(-s.info.Margin)) && !e.at.After(to.Add(s.info.Margin)) {
				r := Record[event]{Key: e.id, Item: e, Time: e.at}
				if e.blank {
					r.Time = time.Time{}
				}
				found = append(found, r)
			}
		}
		slices.SortStableFunc(found, func(a, b Record[event]) int { return b.Item.at.Compare(a.Item.at) })
		for offset := 0; ; offset += s.pageSize {
			s.requests++
			if s.fail != nil {
				if err := s.fail(s.requests); err != nil {
					yield(Page[Record[event]]{}, err)
					return
				}
			}
			if err := ctx.Err(); err != nil {
				yield(Page[Record[event]]{}, &Error{Err: err})
				return
			}
			if s.most > 0 && offset > s.most {
				s.refusals++
				yield(Page[Record[event]]{}, &Error{Kind: ErrInvalid, StatusCode: 400})
				return
			}
			page := Page[Record[event]]{Total: -1}
			if s.totals {
				page.Total = max(len(found)*max(s.times, 1), s.claimed)
			}
			if !s.undated {
				page.Date = s.clock().Truncate(time.Second)
			}
			end := min(offset+s.pageSize, len(found))
			page.Items = found[min(offset, len(found)):end]
			if end < len(found) {
				page.Next = Cursor(strconv.Itoa(end))
			}
			if !yield(page, nil) || page.Next == "" {
				return
			}
		}
	}
}

func newService(pageSize int) *service {
	return &service{info: FeedInfo{Vendor: "test", Name: "events", Query: "q", Lookback: time.Hour, Settle: time.Minute},
		pageSize: pageSize, clock: time.Now, totals: true}
}

// store is what a user has: records and a checkpoint, both changed by one transaction.
type store struct {
	t          testing.TB
	keys       map[string]int
	checkpoint []byte
	batches    int
}

func newStore(t testing.TB) *store { return &store{t: t, keys: map[string]int{}} }

func (s *store) put(b Batch[event]) {
	s.t.Helper()
	for _, r := range b.Records {
		s.keys[r.Key]++
	}
	text, err := json.Marshal(b.Checkpoint)
	require.NoError(s.t, err)
	require.Less(s.t, len(text), MaxCheckpoint)
	s.checkpoint = text
	s.batches++
}

func (s *store) load() Checkpoint {
	s.t.Helper()
	var c Checkpoint
	if s.checkpoint != nil {
		require.NoError(s.t, json.Unmarshal(s.checkpoint, &c))
	}
	return c
}

// missing and repeated are what a store should have none of.
func (s *store) compare(events []event) (missing, repeated int) {
	for _, e := range events {
		switch n := s.keys[e.id]; {
		case n == 0:
			missing++
		case n > 1:
			repeated++
		}
	}
	return missing, repeated
}

// rest lets virtual time pass.
func rest(t *testing.T, d time.Duration) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), d)
	defer cancel()
	<-ctx.Done()
}
