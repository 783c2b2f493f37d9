package opswat_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/internal/followtest"
	"github.com/activity-sdk/activity/opswat"
)

// skewedService is a service whose clock differs from the local one. It lists the newest first, and
// counts ages by its own clock.
type skewedService struct {
	ahead    time.Duration // of the local clock
	zone     *time.Location
	happened []time.Time // oldest first
	requests int
	undated  bool // no Date header
}

func (s *skewedService) now() time.Time { return time.Now().Add(s.ahead) }

func (s *skewedService) RoundTrip(req *http.Request) (*http.Response, error) {
	if isTokenRequest(req) {
		return serving(http.StatusOK, "")(req)
	}
	s.requests++
	body, err := io.ReadAll(req.Body)
	if err != nil {
		return nil, err
	}
	var asked struct {
		Limit, Page, Age int
		StartDate        string `json:"start_date"`
		EndDate          string `json:"end_date"`
	}
	if err := json.Unmarshal(body, &asked); err != nil {
		return nil, err
	}
	from, till := s.now().Add(-time.Duration(asked.Age)*time.Hour), s.now()
	if asked.Age == 0 {
		from, _ = time.Parse("01/02/2006", asked.StartDate)
		till, _ = time.Parse("01/02/2006", asked.EndDate)
	}
	rows := []map[string]string{}
	for i, at := range slices.Backward(s.happened) {
		if !at.Before(from) && !at.After(till) {
			rows = append(rows, map[string]string{"device_id": fmt.Sprint(i), "timestamp": at.In(s.zone).Format("Jan 2, 2006 3:04:05 PM")})
		}
	}
	rows = rows[min(len(rows), (asked.Page-1)*asked.Limit):min(len(rows), asked.Page*asked.Limit)]
	status := http.StatusOK
	if len(rows) == 0 {
		status = http.StatusRequestEntityTooLarge
	}
	text, err := json.Marshal(rows)
	resp := answer(req, status, string(text))
	if !s.undated {
		resp.Header.Set("Date", s.now().UTC().Format(http.TimeFormat))
	}
	return resp, err
}

// A feed loses nothing if the local clock is wrong by hours or days.
func TestFeedWithWrongClock(t *testing.T) {
	newYork, err := time.LoadLocation("America/New_York")
	require.NoError(t, err)
	for _, ahead := range []time.Duration{0, 3 * time.Hour, -3 * time.Hour, 48 * time.Hour, -48 * time.Hour, 25*time.Hour + 59*time.Minute} {
		for _, zone := range []*time.Location{time.UTC, newYork} {
			t.Run(fmt.Sprint("the service is ahead by ", ahead, ", ", zone), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					s, kept := &skewedService{ahead: ahead, zone: zone}, followtest.NewStore()
					feed := func() activity.Feed[opswat.Activity] { // each run of the program makes one
						return newClient(t, s, credentials()).ActivityFeed(opswat.ActivityQuery{Location: zone})
					}
					o := activity.FollowOptions{Since: s.now().Add(-time.Hour), Settle: -1}
					f := feed()
					for round := range 40 { // about a day, so that midnight comes on both clocks
						s.happened = append(s.happened, s.now())
						if round%10 == 0 {
							f = feed()
						}
						followtest.CatchUp(t, kept, f, o)
						<-time.After(37 * time.Minute)
					}
					<-time.After(max(ahead, -ahead) + time.Hour)
					followtest.CatchUp(t, kept, f, o)
					assert.Len(t, kept.Keys, 40)
					for key, n := range kept.Keys {
						assert.Equal(t, 1, n, key)
					}
					<-time.After(time.Minute)
					s.requests = 0
					followtest.CatchUp(t, kept, f, o)
					assert.LessOrEqual(t, s.requests, 2, "a quiet round")
				})
			})
		}
	}
}

// A feed remembers the service's clock from round to round.
func TestFeedRemembersServiceClock(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, kept := &skewedService{ahead: 3 * time.Hour, zone: time.UTC}, followtest.NewStore()
		f := newClient(t, s, credentials()).ActivityFeed(opswat.ActivityQuery{})
		o := activity.FollowOptions{Since: time.Now().Add(-time.Hour), Settle: -1}
		for _, want := range []int{2, 1, 1} {
			s.requests = 0
			followtest.CatchUp(t, kept, f, o)
			assert.Equal(t, want, s.requests)
			<-time.After(time.Minute)
		}
	})
}
