package snaplogic_test

import (
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/snaplogic"
)

var (
	randomLists = flag.Uint64("lists", 1500, "the number of lists in TestRandomLists")
	firstList   = flag.Uint64("list", 0, "the number of the first list")
)

// randomList is a service whose list changes at random between two requests: rows of one instant
// change places, rows come in and vanish.
type randomList struct {
	*rand.Rand
	rows        []snaplogic.Activity
	requests    int
	oldestFirst bool
	shuffled    bool
	uncounted   bool
	limit       int     // of the rows in a response; 0: none
	change      float64 // the probability of a change before a request
	deleted     int     // the most rows that a change deletes
}

func newRandomList(seed uint64) *randomList {
	random := rand.New(rand.NewPCG(seed, 77))
	s := &randomList{
		Rand:        random,
		oldestFirst: random.IntN(2) == 0,
		uncounted:   random.IntN(3) == 0,
		change:      []float64{0, 0.1, 0.5}[random.IntN(3)],
		deleted:     []int{0, 1, 3, 10}[random.IntN(4)],
	}
	// What is not certain for other lists, the documentation of the package says.
	s.shuffled = !s.oldestFirst && random.IntN(2) == 0
	if random.IntN(4) == 0 {
		s.limit = 1 + random.IntN(20)
	}
	ties := []int{1, 2, 5, 18, 40}[random.IntN(5)]
	at := time.Now().Add(-time.Hour)
	for n := 1 + random.IntN(60); len(s.rows) < n; {
		at = at.Add(-time.Second)
		for range 1 + random.IntN(ties) {
			s.add(at)
		}
	}
	return s
}

func (s *randomList) add(at time.Time) {
	s.rows = append(s.rows, snaplogic.Activity{ID: fmt.Sprint(s.requests, "/", len(s.rows)), CreateTime: at})
}

func (s *randomList) RoundTrip(req *http.Request) (*http.Response, error) {
	s.requests++
	// A list that grows faster than it is read has no end.
	if s.requests > 1 && s.requests < 200 && s.Float64() < s.change {
		for range s.IntN(4) {
			s.add(time.Now())
		}
		for range min(s.IntN(1+s.deleted), len(s.rows)) {
			i := s.IntN(len(s.rows))
			s.rows = slices.Delete(s.rows, i, i+1)
		}
	}
	if s.shuffled {
		s.Shuffle(len(s.rows), func(i, j int) { s.rows[i], s.rows[j] = s.rows[j], s.rows[i] })
	}
	slices.SortStableFunc(s.rows, func(a, b snaplogic.Activity) int {
		if s.oldestFirst {
			a, b = b, a
		}
		return b.CreateTime.Compare(a.CreateTime)
	})
	return serving(http.StatusOK, "application/json", s.page(req.URL.Query()))(req)
}

// page returns the body of the response to a query.
func (s *randomList) page(query url.Values) string {
	number := func(name string) int {
		n, err := strconv.Atoi(query.Get(name))
		if err != nil || n < 0 {
			panic(name + "=" + query.Get(name))
		}
		return n
	}
	rows := slices.DeleteFunc(slices.Clone(s.rows), func(a snaplogic.Activity) bool {
		return query.Has("end") && a.CreateTime.UnixMilli() >= int64(number("end"))
	})
	offset, limit, total := number("offset"), number("limit"), len(rows)
	if s.limit > 0 {
		limit = min(limit, s.limit)
	}
	var entries []string
	for _, a := range rows[min(offset, total):min(offset+limit, total)] {
		entries = append(entries, fmt.Sprintf(`{"_id":%q,"create_time":%q}`, a.ID, a.CreateTime.UTC().Format("2006-01-02T15:04:05.000000Z07:00")))
	}
	body := wrapped(total, entries...)
	if s.uncounted {
		body = strings.Replace(body, fmt.Sprintf(`"total":%d,`, total), "", 1)
	}
	return body
}

// read reads the list, and resumes it from a cursor after some of the pages.
func (s *randomList) read(t *testing.T, list activity.List[snaplogic.Activity]) (ids []string, err error) {
	t.Helper()
	resume := []float64{0, 0.2, 1}[s.IntN(3)]
	for at, resumed := activity.Cursor(""), true; resumed; {
		resumed = false
		for page, err := range list.From(at).Pages(t.Context()) {
			if err != nil {
				return ids, err
			}
			ids = append(ids, idsOf(page.Items)...)
			if at = page.Next; at != "" && s.Float64() < resume {
				resumed = true
				break
			}
		}
	}
	return ids, nil
}

// Whatever the order of a list, and whatever changes while it is read: each row that is there from
// the first request to the last is delivered once, or the list ends with ErrListChanged.
func TestRandomLists(t *testing.T) {
	changed := 0
	for seed := *firstList; seed < *firstList+*randomLists; seed++ {
		s := newRandomList(seed)
		before := idsOf(s.rows)
		list := newClient(t, s).Activities(snaplogic.ActivityQuery{PageSize: 1 + s.IntN(12)})
		got, err := s.read(t, list)
		slices.Sort(got)
		assert.Equal(t, slices.Compact(slices.Clone(got)), got, "list %d repeats rows", seed)
		if errors.Is(err, activity.ErrListChanged) {
			changed++
			continue
		}
		assert.NoError(t, err, "list %d", seed)
		for _, id := range before {
			if slices.Contains(idsOf(s.rows), id) {
				assert.Contains(t, got, id, "list %d lost a row", seed)
			}
		}
	}
	t.Log(*randomLists, "lists,", changed, "ended with ErrListChanged")
	assert.Less(t, changed, int(*randomLists)/2)
}
