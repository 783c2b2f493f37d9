package conformance_test

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"runtime"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/aspera"
	"github.com/activity-sdk/activity/aspera/asperatest"
	"github.com/activity-sdk/activity/opswat"
	"github.com/activity-sdk/activity/opswat/opswattest"
	"github.com/activity-sdk/activity/sdelements"
	"github.com/activity-sdk/activity/sdelements/sdelementstest"
	"github.com/activity-sdk/activity/snaplogic"
	"github.com/activity-sdk/activity/snaplogic/snaplogictest"
)

// The cost of a response is limited: the bytes allocated for each byte that WithMaxResponseBytes
// allows, and the time as a multiple of that for a usual response of the same length.
const (
	maxMemory = 25
	maxTime   = 100
)

// maxErrorMemory is the memory that making an error may take in addition, whatever the limit is.
const maxErrorMemory = 8 << 20

// raceDetector reports whether the race detector is on. Memory and time cannot be compared under
// it: a sync.Pool drops a part of what it is given.
var raceDetector bool

// exchange is the request that the service answers with a costly body.
type exchange struct {
	name   string
	token  bool // for a token, or else for a page
	status int
}

var exchanges = []exchange{
	{"a page", false, 200}, {"a refusal", false, 400}, {"a token", true, 200}, {"a refused token", true, 400},
}

// cost is what a call cost.
type cost struct {
	memory uint64 // bytes allocated in all, so that never more were in use
	time   time.Duration
}

// cost measures a call for one page.
func (x exchange) cost(t testing.TB, a *adapter, l login, body []byte, bound int64) cost {
	t.Helper()
	service := roundTripper(func(req *http.Request) (*http.Response, error) {
		switch {
		case isTokenForm(req) == x.token:
			return &http.Response{StatusCode: x.status, Header: http.Header{"Content-Type": {"application/json; charset=windows-1252"}},
				Body: io.NopCloser(bytes.NewReader(body)), ContentLength: int64(len(body))}, nil
		case x.token:
			return response(200, "application/json", a.answer(false))
		default:
			return grantToken(req, "")
		}
	})
	c, err := a.newClient(l.credentials(), activity.WithTransport(service), activity.WithMaxResponseBytes(bound),
		activity.WithRetry(activity.RetryPolicy{MaxAttempts: 1}))
	require.NoError(t, err)
	list := c.list(query{}).(interface{ load(ctx context.Context) })
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	begun := time.Now()
	list.load(t.Context())
	took := time.Since(begun)
	runtime.ReadMemStats(&after)
	return cost{after.TotalAlloc - before.TotalAlloc, took}
}

// load reads the first page without adapting it.
func (l vendorList[T]) load(ctx context.Context) { _, _ = l.list.Page(ctx, "") }

// least returns the least of several measurements of each call, taken in turns. A busy machine
// spoils some of them, and slows down all calls alike.
func least(measure ...func() cost) []cost {
	best := make([]cost, len(measure))
	for round := range 5 {
		for i, m := range measure {
			c := m()
			if round > 0 {
				c = cost{min(best[i].memory, c.memory), min(best[i].time, c.time)}
			}
			best[i] = c
		}
	}
	return best
}

// TestCost checks that the memory and the time for a response are limited with its bytes, whatever
// its body is: a page, an error, a token.
func TestCost(t *testing.T) {
	if raceDetector {
		return
	}
	const bound = 1 << 20
	s := newSecrets(t)
	vendors := map[string]bool{}
	for _, a := range adapters {
		l := a.logins(s)[0]
		good := usualBody.body(a, bound)
		measureGood := func() cost { return exchanges[0].cost(t, a, l, good, bound) }
		usual := least(measureGood)[0].time
		for _, x := range exchanges {
			if !l.fetchesToken && x.token || x.name != "a page" && vendors[a.vendor] {
				continue // all lists of a vendor share this
			}
			for name, h := range costlyBodies {
				t.Run(a.String()+", "+x.name+", "+name, func(t *testing.T) {
					body := h.body(a, bound)
					within := func(c cost, usual time.Duration) bool { return c.memory <= maxMemory*bound && c.time <= maxTime*usual }
					measure := func() cost { return x.cost(t, a, l, body, bound) }
					c, usual := measure(), usual
					if !within(c, usual) { // perhaps the machine is busier than before
						both := least(measure, measureGood)
						c, usual = both[0], both[1].time
					}
					assert.True(t, within(c, usual), "%d bytes and %v; a usual response takes %v", c.memory, c.time, usual)
					worst.note(float64(c.memory)/bound, c.time.Seconds()/usual.Seconds(), t.Name())
				})
			}
		}
		vendors[a.vendor] = true
	}
	worst.log(t)
}

// TestRealPagesFitTheLimit checks that a real page which is as large as WithMaxResponseBytes allows
// is read, with all its records.
func TestRealPagesFitTheLimit(t *testing.T) {
	const rows = 2000
	for vendor, page := range map[string]func(opts ...activity.Option) (raw []byte, records int, err error){
		"aspera": func(opts ...activity.Option) ([]byte, int, error) {
			s := asperatest.NewServer(asperatest.WithRows(rows))
			return firstPage(s.Client(opts...).Organization(asperatest.OrganizationID).Transfers(aspera.TransferQuery{PageSize: rows}))
		},
		"snaplogic": func(opts ...activity.Option) ([]byte, int, error) {
			s := snaplogictest.NewServer(snaplogictest.WithRows(rows))
			return firstPage(s.Client(opts...).Activities(snaplogic.ActivityQuery{PageSize: rows}))
		},
		"opswat": func(opts ...activity.Option) ([]byte, int, error) {
			s := opswattest.NewServer(opswattest.WithRows(rows))
			return firstPage(s.Client(opts...).Activities(opswat.ActivityQuery{StartDate: newest().AddDate(-10, 0, 0), EndDate: newest().AddDate(30, 0, 0)}))
		},
		"sdelements": func(opts ...activity.Option) ([]byte, int, error) {
			s := sdelementstest.NewServer(sdelementstest.WithRows(rows))
			return firstPage(s.Client(opts...).Activities(sdelements.ActivityQuery{PageSize: rows}))
		},
	} {
		t.Run(vendor, func(t *testing.T) {
			raw, records, err := page()
			require.NoError(t, err)
			require.NotZero(t, records)
			_, again, err := page(activity.WithMaxResponseBytes(int64(len(raw))))
			require.NoError(t, err, "%d records, %d bytes", records, len(raw))
			assert.Equal(t, records, again)
			_, _, err = page(activity.WithMaxResponseBytes(int64(len(raw) - 1)))
			require.ErrorIs(t, err, activity.ErrResponseTooLarge)
		})
	}
}

func firstPage[T any](l activity.List[T]) (raw []byte, records int, err error) {
	p, err := l.Page(context.Background(), "")
	return p.Raw, len(p.Items), err
}
