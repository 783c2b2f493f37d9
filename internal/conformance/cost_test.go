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

// What an answer may cost, in all, for each byte that WithMaxResponseBytes allows: of memory, and
// of time compared with a good answer of the same length.
const (
	mostMemory = 25
	mostTime   = 100
)

// mostOfError is what the making of an error may take in memory beside that, whatever the bound.
const mostOfError = 8 << 20

// raced reports whether the race detector is at work, under which a pool drops what it is given,
// and nothing costs what it does otherwise.
var raced bool

// exchange is what a service answers with a hostile body.
type exchange struct {
	name   string
	token  bool // the request for a token; else that for a page
	status int
}

var exchanges = []exchange{
	{"a page", false, 200}, {"a refusal", false, 400}, {"a token", true, 200}, {"a refused token", true, 400},
}

// cost is what a call came to.
type cost struct {
	memory uint64 // bytes allocated in all: never more were in use, whenever garbage is collected
	time   time.Duration
}

// cost measures a call for a page.
func (x exchange) cost(t testing.TB, a *adapter, l login, body []byte, bound int64) cost {
	t.Helper()
	service := tripper(func(req *http.Request) (*http.Response, error) {
		switch {
		case isTokenForm(req) == x.token:
			return &http.Response{StatusCode: x.status, Header: http.Header{"Content-Type": {"application/json; charset=windows-1252"}},
				Body: io.NopCloser(bytes.NewReader(body)), ContentLength: int64(len(body))}, nil
		case x.token:
			return reply(200, "application/json", a.answer(false))
		default:
			return grants(req, "")
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

// load reads the first page, and adapts nothing.
func (l vendorList[T]) load(ctx context.Context) { _, _ = l.list.Page(ctx, "") }

// least is the least of several measurements, of which a busy machine spoils some.
func least(measure func() cost) cost {
	best := measure()
	for range 4 {
		c := measure()
		best = cost{min(best.memory, c.memory), min(best.time, c.time)}
	}
	return best
}

// What an answer takes in memory and time is bounded with its bytes, whatever it is: a page, a
// refusal, a token.
func TestCost(t *testing.T) {
	if raced {
		return // nothing costs what it does otherwise
	}
	const bound = 1 << 20
	s := newSecrets(t)
	vendors := map[string]bool{}
	for _, a := range adapters {
		l := a.logins(s)[0]
		good := benign.body(a, bound)
		usual := least(func() cost { return exchanges[0].cost(t, a, l, good, bound) }).time
		for _, x := range exchanges {
			if !l.asks && x.token || x.name != "a page" && vendors[a.vendor] {
				continue // the vendor's lists are alike in this
			}
			for name, h := range hostiles {
				t.Run(a.String()+", "+x.name+", "+name, func(t *testing.T) {
					body := h.body(a, bound)
					within := func(c cost) bool { return c.memory <= mostMemory*bound && c.time <= mostTime*usual }
					c := x.cost(t, a, l, body, bound)
					if !within(c) {
						c = least(func() cost { return x.cost(t, a, l, body, bound) })
					}
					assert.True(t, within(c), "%d bytes and %v; a good answer takes %v", c.memory, c.time, usual)
					worst.note(float64(c.memory)/bound, c.time.Seconds()/usual.Seconds(), t.Name())
				})
			}
		}
		vendors[a.vendor] = true
	}
	worst.log(t)
}

// The bound leaves room for the records of a real page that is nearly as large as the bound.
func TestRealPagesFitTheirBound(t *testing.T) {
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
