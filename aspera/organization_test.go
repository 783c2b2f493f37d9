package aspera_test

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/oauth2"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/aspera"
	"github.com/activity-sdk/activity/aspera/asperatest"
	"github.com/activity-sdk/activity/internal/followtest"
)

func TestOrganizationIDAndSelf(t *testing.T) {
	s := asperatest.NewServer()
	c := s.Client()
	id, err := c.OrganizationID(t.Context())
	require.NoError(t, err)
	assert.Equal(t, "1023", id)
	self, err := c.Self(t.Context())
	require.NoError(t, err)
	assert.Equal(t, "40417", self.ID)
	assert.Equal(t, "1023", self.OrganizationID)
	assert.Contains(t, string(self.Raw), "ada.okafor@example.com")
	assert.Equal(t, []string{"GET /api/v1/organization", "GET /api/v1/self"}, apiLines(s))
	for _, r := range apiRequests(s) {
		assert.Equal(t, "api.ibmaspera.com", r.Host)
		assert.Contains(t, r.Header.Get("Authorization"), "Bearer fake-token-1-")
	}

	for body, want := range map[string]string{
		`{"id":9007199254740993}`:              "9007199254740993",
		`{"id":"abc","subdomain_name":"acme"}`: "abc",
	} {
		answer(s, body)
		id, err := c.OrganizationID(t.Context())
		require.NoError(t, err)
		assert.Equal(t, want, id)
		self, err := c.Self(t.Context())
		require.NoError(t, err)
		assert.Equal(t, want, self.ID)
		assert.Equal(t, body, string(self.Raw))
	}
	for _, body := range []string{`{}`, `{"id":null}`, `{"id":""}`, `{"id":{}}`, `[]`, `{"id":1}x`} {
		answer(s, body)
		id, err := c.OrganizationID(t.Context())
		require.ErrorIs(t, err, activity.ErrMalformed, body)
		assert.Empty(t, id)
		self, err := c.Self(t.Context())
		require.ErrorIs(t, err, activity.ErrMalformed, body)
		assert.Zero(t, self)
	}
	s.FailWith(func(asperatest.Request) *asperatest.Fault {
		return &asperatest.Fault{Status: 403, Body: `{"message":"no"}`}
	})
	_, err = c.OrganizationID(t.Context())
	require.ErrorIs(t, err, activity.ErrForbidden)
	assert.Equal(t, "aspera: acme: get organization: GET /api/v1/organization: 403 Forbidden: access denied: no", err.Error())
}

const (
	lookupPath = "/api/v1/organization"
	lookupLine = "GET " + lookupPath
	ownLine    = "GET /analytics/v2/organizations/1023/"
)

// countLookups returns the number of requests for the id of the organization.
func countLookups(s *asperatest.Server) (n int) {
	for _, line := range apiLines(s) {
		if line == lookupLine {
			n++
		}
	}
	return n
}

// failLookup answers requests for the organization's id with a fault.
func failLookup(s *asperatest.Server, f asperatest.Fault) {
	s.FailWith(func(r asperatest.Request) *asperatest.Fault {
		if r.Path == lookupPath {
			return &f
		}
		return nil
	})
}

// TestOwnOrganization checks that the first read of any kind looks up the id, once for the client.
func TestOwnOrganization(t *testing.T) {
	for name, c := range map[string]struct {
		read reader
		want string
	}{
		"transfers": {transfers(aspera.TransferQuery{PageSize: 2}), "transfers?limit=2"},
		"transfer":  {transfer("100"), "transfers/100"},
		"files":     {files("one", aspera.FileQuery{}), "transfers/one/files"},
		"events":    {events(aspera.EventQuery{}), "application_events"},
		"egress":    {egress(aspera.ThroughputQuery{}), "egress_throughputs"},
		"ingress":   {ingress(aspera.ThroughputQuery{}), "ingress_throughputs"},
		"access":    {access(aspera.FileAccessQuery{}), "file_access"},
		"search":    {search(aspera.FileAccessSearch{Term: "reel"}), "file_access/search?search=reel"},
		"volume":    {volume(aspera.VolumeQuery{}), "volume_usage"},
	} {
		t.Run(name, func(t *testing.T) {
			s := filled()
			client := s.Client()
			r := client.OwnOrganization()
			assert.Empty(t, s.Requests())
			for _, r := range []aspera.Resource{r, r, client.OwnOrganization()} {
				require.NoError(t, c.read(t.Context(), r))
			}
			assert.Equal(t, []string{lookupLine, ownLine + c.want, ownLine + c.want, ownLine + c.want}, apiLines(s))
		})
	}
}

// TestListOfOwnOrganization checks that a list is the same as with the id, with and without
// prefetching, and that making it sends nothing.
func TestListOfOwnOrganization(t *testing.T) {
	for _, prefetch := range []int{0, 1} {
		s := filled()
		client := s.Client(activity.WithPrefetch(prefetch))
		want, err := client.Organization(asperatest.OrganizationID).Transfers(aspera.TransferQuery{PageSize: 3}).Collect(t.Context(), 0)
		require.NoError(t, err)
		lines := apiLines(s)
		s.ResetRequests()
		list := client.OwnOrganization().Transfers(aspera.TransferQuery{PageSize: 3})
		client.OwnOrganization().TransferFeed(aspera.TransferQuery{})
		assert.Empty(t, s.Requests())
		got, err := list.Collect(t.Context(), 0)
		require.NoError(t, err)
		assert.Equal(t, texts(t, want), texts(t, got))
		assert.Equal(t, append([]string{lookupLine}, lines...), apiLines(s))
	}
}

// TestOwnOrganizationWithInvalidQueries checks that invalid queries are refused before the lookup.
func TestOwnOrganizationWithInvalidQueries(t *testing.T) {
	s := asperatest.NewServer()
	r := s.Client().OwnOrganization()
	for message, read := range map[string]reader{
		"PageSize is outside":    transfers(aspera.TransferQuery{PageSize: -1}),
		"Stop is before Start":   volume(aspera.VolumeQuery{Start: end, Stop: begin}),
		"uuid is empty":          transfer(""),
		"uuid must not be or ho": files("..", aspera.FileQuery{}),
	} {
		err := read(t.Context(), r)
		require.ErrorIs(t, err, activity.ErrInvalid)
		assert.Contains(t, failure(t, err).Message, message)
	}
	_, err := r.Transfers(aspera.TransferQuery{}).Page(t.Context(), goldenCursor)
	require.ErrorIs(t, err, activity.ErrCursorMismatch)
	assert.Empty(t, s.Requests())
}

// TestCursorOfOwnOrganization checks that a cursor resumes the list in another client, which looks
// up the id first.
func TestCursorOfOwnOrganization(t *testing.T) {
	s := filled()
	q := aspera.TransferQuery{PageSize: 3}
	head, err := s.Client().OwnOrganization().Transfers(q).Page(t.Context(), "")
	require.NoError(t, err)
	require.NotEmpty(t, head.Next)
	s.ResetRequests()
	rest, err := s.Client().OwnOrganization().Transfers(q).From(head.Next).Collect(t.Context(), 0)
	require.NoError(t, err)
	assert.Len(t, append(head.Items, rest...), 7)
	lines := apiLines(s)
	require.Len(t, lines, 3)
	assert.Equal(t, lookupLine, lines[0])
	assert.True(t, strings.HasPrefix(lines[1], ownLine+"transfers?limit=3&next="), lines[1])

	s.ResetRequests()
	for _, r := range []aspera.Resource{s.Client().Organization(asperatest.OrganizationID), s.Client().Organization("{own}"), s.Client().Organization("own")} {
		_, err = r.Transfers(q).Page(t.Context(), head.Next)
		require.ErrorIs(t, err, activity.ErrCursorMismatch)
	}
	assert.Empty(t, s.Requests())
}

// TestLinksOfOwnOrganization checks that a link must lead to the organization's id, and not to the
// path in cursors.
func TestLinksOfOwnOrganization(t *testing.T) {
	s := asperatest.NewServer()
	link := ""
	s.FailWith(func(r asperatest.Request) *asperatest.Fault {
		if r.Path == lookupPath {
			return nil
		}
		return &asperatest.Fault{Body: fmt.Sprintf(`{"transfers":[],"next":{"href":%q}}`, link)}
	})
	list := s.Client().OwnOrganization().Transfers(aspera.TransferQuery{})
	link = origin + "/analytics/v2/organizations/1023/transfers?next=cGFnZS0y"
	p, err := list.Page(t.Context(), "")
	require.NoError(t, err)
	assert.NotEmpty(t, p.Next)
	for _, link = range []string{
		origin + "/analytics/v2/organizations/1024/transfers?next=cGFnZS0y",
		origin + "/analytics/v2/organizations/%7Bown%7D/transfers?next=cGFnZS0y",
	} {
		_, err = list.Page(t.Context(), "")
		require.ErrorIs(t, err, activity.ErrMalformed)
	}
}

// TestFeedOfOwnOrganization checks that another client resumes the feed from a checkpoint, which
// does not contain the id, and reads unfinished transfers again.
func TestFeedOfOwnOrganization(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, kept := asperatest.NewServer(), followtest.NewStore()
		begin := time.Now()
		at := begin.Add(-10 * time.Minute)
		s.Add(runningTransfer("a", at))
		options := activity.FollowOptions{Since: begin.Add(-time.Hour), Lookback: -1}
		run := func() []string {
			s.ResetRequests()
			followtest.CatchUp(t, kept, s.Client().OwnOrganization().TransferFeed(aspera.TransferQuery{}), options)
			return apiLines(s)
		}
		assert.Equal(t, []string{lookupLine, ownLine + "transfers?start_time=1999-12-31T22%3A59%3A59.999Z&stop_time=1999-12-31T23%3A59%3A00.001Z"}, run())
		assert.Equal(t, []string{lookupLine, ownLine + "transfers/a"}, run(), "no time has passed")
		pass(time.Hour)
		s.Delete("a")
		s.Add(aspera.Transfer{UUID: "a", Direction: "send", SessionStart: at, SessionStop: begin, UpdatedAt: begin})
		assert.Equal(t, []string{
			lookupLine,
			ownLine + "transfers?start_time=1999-12-31T23%3A58%3A59.999Z&stop_time=2000-01-01T00%3A59%3A00.001Z",
			ownLine + "transfers/a",
		}, run())
		assert.Len(t, kept.Keys, 2)

		for b, err := range s.Client().Organization(asperatest.OrganizationID).TransferFeed(aspera.TransferQuery{}).CatchUp(t.Context(), kept.Checkpoint(t), options) {
			require.ErrorIs(t, err, activity.ErrCheckpointMismatch)
			assert.Empty(t, b.Records)
		}
	})
}

// TestRevisitWithoutTheOrganization checks that after a failed lookup an unfinished transfer is
// still read again.
func TestRevisitWithoutTheOrganization(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, kept := asperatest.NewServer(), followtest.NewStore()
		at := time.Now().Add(-10 * time.Minute)
		s.Add(runningTransfer("a", at), runningTransfer("b", at))
		options := activity.FollowOptions{Since: at.Add(-time.Hour), Lookback: -1}
		feed := func() activity.Feed[aspera.Transfer] {
			return s.Client().OwnOrganization().TransferFeed(aspera.TransferQuery{})
		}
		followtest.CatchUp(t, kept, feed(), options)
		for _, status := range []int{404, 403, 401, 400, 501} {
			s.ResetRequests()
			failLookup(s, asperatest.Fault{Status: status})
			var failed error
			for b, err := range feed().CatchUp(t.Context(), kept.Checkpoint(t), options) {
				failed = err
				followtest.Put(t, kept, b)
			}
			e := failure(t, failed)
			assert.Equal(t, status, e.StatusCode)
			assert.Equal(t, lookupPath, e.Path)
			for _, line := range apiLines(s) {
				assert.Equal(t, lookupLine, line)
			}
			assert.LessOrEqual(t, countLookups(s), 2, "one, and one with another token")
		}
		s.FailWith(nil)
		s.ResetRequests()
		followtest.CatchUp(t, kept, feed(), options)
		assert.ElementsMatch(t, []string{lookupLine, ownLine + "transfers/a", ownLine + "transfers/b"}, apiLines(s))
	})
}

// TestLookupFails checks that the next read repeats a failed lookup, and that the error names the
// operation of the read.
func TestLookupFails(t *testing.T) {
	for name, c := range map[string]struct {
		fault   asperatest.Fault
		kind    error
		message string
	}{
		"not found":         {asperatest.Fault{Status: 404}, activity.ErrNotFound, ""},
		"forbidden":         {asperatest.Fault{Status: 403}, activity.ErrForbidden, ""},
		"no id":             {asperatest.Fault{Body: `{"name":"Acme"}`}, activity.ErrMalformed, ""},
		"dots":              {asperatest.Fault{Body: `{"id":".."}`}, activity.ErrMalformed, "the organization's id cannot be part of a path"},
		"a secret":          {asperatest.Fault{Body: `{"id":"fake-client-secret"}`}, activity.ErrMalformed, "the organization's id cannot be part of a path"},
		"control character": {asperatest.Fault{Body: `{"id":"a\n"}`}, activity.ErrMalformed, "the organization's id cannot be part of a path"},
	} {
		t.Run(name, func(t *testing.T) {
			s := filled()
			r := s.Client().OwnOrganization()
			failLookup(s, c.fault)
			for op, read := range map[string]reader{
				"list transfers":   transfers(aspera.TransferQuery{}),
				"get volume usage": volume(aspera.VolumeQuery{}),
				"get transfer":     transfer("100"),
			} {
				s.ResetRequests()
				err := read(t.Context(), r)
				require.ErrorIs(t, err, c.kind)
				e := failure(t, err)
				assert.Equal(t, op, e.Op)
				assert.Equal(t, http.MethodGet, e.Method)
				assert.Equal(t, lookupPath, e.Path)
				assert.Contains(t, e.Message, c.message)
				assert.Equal(t, []string{lookupLine}, apiLines(s))
			}
			s.FailWith(nil)
			s.ResetRequests()
			require.NoError(t, transfer("100")(t.Context(), r))
			assert.Equal(t, []string{lookupLine, ownLine + "transfers/100"}, apiLines(s))
		})
	}
}

// readConcurrently reads a transfer in a goroutine for each context, started in order, and returns
// their errors.
func readConcurrently(t *testing.T, r aspera.Resource, contexts ...context.Context) []error {
	t.Helper()
	errs := make([]error, len(contexts))
	var all sync.WaitGroup
	for i, ctx := range contexts {
		all.Go(func() {
			defer func() {
				if v := recover(); v != nil {
					errs[i] = fmt.Errorf("panic: %v", v)
				}
			}()
			errs[i] = transfer("100")(ctx, r)
		})
		synctest.Wait()
	}
	all.Wait()
	return errs
}

// contexts returns the test's context n times.
func contexts(t *testing.T, n int) []context.Context {
	t.Helper()
	return slices.Repeat([]context.Context{t.Context()}, n)
}

// TestConcurrentLookups checks that concurrent reads share one lookup, and its failure.
func TestConcurrentLookups(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := filled()
		client := s.Client()
		failLookup(s, asperatest.Fault{Delay: time.Second})
		for _, err := range readConcurrently(t, client.OwnOrganization(), contexts(t, 20)...) {
			require.NoError(t, err)
		}
		assert.Equal(t, 1, countLookups(s))
		assert.Len(t, apiLines(s), 21)
	})
	synctest.Test(t, func(t *testing.T) {
		s := filled()
		failLookup(s, asperatest.Fault{Delay: time.Second, Status: 403, Body: `{"message":"no member of the app"}`})
		errs := readConcurrently(t, s.Client().OwnOrganization(), contexts(t, 20)...)
		for _, err := range errs {
			require.ErrorIs(t, err, activity.ErrForbidden)
			assert.Equal(t, "no member of the app", failure(t, err).Message)
			assert.Equal(t, "get transfer", failure(t, err).Op)
		}
		assert.NotSame(t, failure(t, errs[0]), failure(t, errs[1]))
		assert.Equal(t, []string{lookupLine}, apiLines(s))
	})
}

// TestLookupAfterItsCallerGaveUp checks that another read looks up the id after the context of the
// first has ended.
func TestLookupAfterItsCallerGaveUp(t *testing.T) {
	for name, c := range map[string]struct {
		fault   asperatest.Fault
		context func(ctx context.Context) (context.Context, context.CancelFunc)
		want    error
	}{
		"canceled": {asperatest.Fault{Delay: time.Minute}, func(ctx context.Context) (context.Context, context.CancelFunc) {
			ctx, cancel := context.WithCancel(ctx)
			time.AfterFunc(time.Second, cancel)
			return ctx, cancel
		}, context.Canceled},
		"deadline": {asperatest.Fault{Delay: time.Minute}, func(ctx context.Context) (context.Context, context.CancelFunc) {
			return context.WithTimeout(ctx, time.Second)
		}, context.DeadlineExceeded},
		"no time left to try again": {asperatest.Fault{Status: 429, Header: http.Header{"Retry-After": {"20"}}, Delay: time.Second},
			func(ctx context.Context) (context.Context, context.CancelFunc) {
				return context.WithTimeout(ctx, 5*time.Second)
			}, activity.ErrRateLimited},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := filled()
				r := s.Client().OwnOrganization()
				var n atomic.Int32
				s.FailWith(func(r asperatest.Request) *asperatest.Fault {
					if r.Path != lookupPath || n.Add(1) > 1 {
						return nil
					}
					return &c.fault
				})
				ctx, cancel := c.context(t.Context())
				defer cancel()
				errs := readConcurrently(t, r, append([]context.Context{ctx}, contexts(t, 4)...)...)
				require.ErrorIs(t, errs[0], c.want)
				assert.Equal(t, "get transfer", failure(t, errs[0]).Op)
				for _, err := range errs[1:] {
					require.NoError(t, err)
				}
				assert.Equal(t, 2, countLookups(s))
			})
		})
	}
}

// TestWaitingForALookup checks that a waiting read ends with its own context.
func TestWaitingForALookup(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := filled()
		r := s.Client().OwnOrganization()
		failLookup(s, asperatest.Fault{Delay: 20 * time.Second})
		var other sync.WaitGroup
		other.Go(func() { assert.NoError(t, transfer("100")(t.Context(), r)) })
		synctest.Wait()
		began := time.Now()
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		err := transfers(aspera.TransferQuery{})(ctx, r)
		require.ErrorIs(t, err, context.DeadlineExceeded)
		e := failure(t, err)
		assert.Equal(t, "list transfers", e.Op)
		assert.Equal(t, lookupPath, e.Path)
		assert.NoError(t, e.Kind)
		assert.Equal(t, time.Second, time.Since(began))
		other.Wait()
		assert.Equal(t, 1, countLookups(s))
	})
}

// TestLookupPanics checks that only the read that made the lookup panics.
func TestLookupPanics(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := filled()
		var n atomic.Int32
		middleware := func(next http.RoundTripper) http.RoundTripper {
			return roundTripper(func(req *http.Request) (*http.Response, error) {
				if n.Add(1) == 1 {
					<-time.After(time.Second)
					panic("middleware")
				}
				return next.RoundTrip(req)
			})
		}
		errs := readConcurrently(t, s.Client(activity.WithMiddleware(middleware)).OwnOrganization(), contexts(t, 5)...)
		require.ErrorContains(t, errs[0], "panic: middleware")
		for _, err := range errs[1:] {
			require.NoError(t, err)
		}
		assert.Equal(t, 1, countLookups(s))
	})
}

type roundTripper func(req *http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(req *http.Request) (*http.Response, error) { return f(req) }

// TestOwnOrganizationOfABearer checks that credentials without the name of an organization work.
func TestOwnOrganizationOfABearer(t *testing.T) {
	s := filled()
	client, err := aspera.New(aspera.Bearer(oauth2.ReuseTokenSource(nil, s.TokenSource())), activity.WithTransport(s.Transport()))
	require.NoError(t, err)
	require.NoError(t, transfer("100")(t.Context(), client.OwnOrganization()))
}

// TestLookupWithinATokenSource checks that a token source cannot read its own organization's
// activity.
func TestLookupWithinATokenSource(t *testing.T) {
	s := asperatest.NewServer()
	var client *aspera.Client
	var inner error
	source := sourceFunc(func() (*oauth2.Token, error) {
		_, inner = client.OwnOrganization().Transfers(aspera.TransferQuery{}).Collect(t.Context(), 0)
		return s.TokenSource().Token()
	})
	client, err := aspera.New(aspera.Bearer(source), activity.WithTransport(s.Transport()))
	require.NoError(t, err)
	_, err = client.OwnOrganization().Transfers(aspera.TransferQuery{}).Collect(t.Context(), 0)
	require.NoError(t, err)
	require.ErrorIs(t, inner, activity.ErrInvalid)
	require.ErrorContains(t, inner, "uses a client that needs this token")
}

type sourceFunc func() (*oauth2.Token, error)

func (f sourceFunc) Token() (*oauth2.Token, error) { return f() }
