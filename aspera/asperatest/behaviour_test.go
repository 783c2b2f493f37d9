package asperatest_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/activity-sdk/activity/aspera"
	"github.com/activity-sdk/activity/aspera/asperatest"
)

// Whichever time a bound means, the other bound and the other lists have their own.
func TestBounds(t *testing.T) {
	times := map[asperatest.TransferTime]time.Time{
		asperatest.SessionStart: noon, asperatest.SessionStop: noon.Add(time.Minute), asperatest.UpdatedAt: noon.Add(time.Hour),
	}
	for start, from := range times {
		for stop, to := range times {
			s := asperatest.NewServer(asperatest.WithBounds(start, stop))
			s.Add(aspera.Transfer{UUID: "1", SessionStart: noon, SessionStop: noon.Add(time.Minute), UpdatedAt: noon.Add(time.Hour),
				Direction: aspera.DirectionSend, TransferredBytes: 7})
			s.AddApplicationEvents(aspera.ApplicationEvent{EventID: "1", CreatedAt: noon})
			for _, c := range []struct {
				start, stop time.Time
				want        int
			}{
				{start: from, want: 1}, {start: from.Add(time.Millisecond)},
				{stop: to, want: 1}, {stop: to.Add(-time.Millisecond)},
			} {
				got, err := organization(s).Transfers(aspera.TransferQuery{Start: c.start, Stop: c.stop}).Collect(t.Context(), 0)
				require.NoError(t, err)
				assert.Len(t, got, c.want)
				_, _, down := volume(t, s, c.start, c.stop)
				assert.EqualValues(t, 7*c.want, down)
			}
			events, err := organization(s).ApplicationEvents(aspera.EventQuery{Start: noon, Stop: noon}).Collect(t.Context(), 0)
			require.NoError(t, err)
			assert.Len(t, events, 1)
		}
	}
}

// A transfer that runs has no stop time, and lies in every span that goes by it.
func TestBoundsOfATransferThatRuns(t *testing.T) {
	s := asperatest.NewServer(asperatest.WithBounds(asperatest.SessionStop, asperatest.SessionStop))
	s.Add(aspera.Transfer{UUID: "1", SessionStart: noon})
	got, err := organization(s).Transfers(aspera.TransferQuery{Start: noon.Add(time.Hour), Stop: noon.Add(2 * time.Hour)}).Collect(t.Context(), 0)
	require.NoError(t, err)
	assert.Len(t, got, 1)
}

// A page begins behind the one before, whatever the order, and if its last row is gone.
func TestOrder(t *testing.T) {
	monday := time.Date(2024, 3, 4, 0, 0, 0, 0, time.UTC)
	for order, want := range map[asperatest.Order][]string{
		asperatest.NewestFirst:    {"d", "c", "b", "a", "none"},
		asperatest.OldestFirst:    {"a", "b", "c", "d", "none"},
		asperatest.WeeksAscending: {"b", "a", "d", "c", "none"},
	} {
		for _, gone := range []int{-1, 0, 1, 2} {
			s := asperatest.NewServer(asperatest.WithOrder(order))
			s.Add(aspera.Transfer{UUID: "none"})
			for i, uuid := range []string{"a", "b", "c", "d"} {
				s.Add(aspera.Transfer{UUID: uuid, SessionStart: monday.AddDate(0, 0, i-2)})
			}
			var got []string
			for page, err := range organization(s).Transfers(aspera.TransferQuery{PageSize: 1}).Pages(t.Context()) {
				require.NoError(t, err)
				for _, item := range page.Items {
					got = append(got, item.UUID)
				}
				if len(got)-1 == gone {
					s.Delete(got[gone])
				}
			}
			assert.Equal(t, want, got, "order %d, row %d gone", order, gone)
		}
	}
}

// What is lenient about parameters is not so about other mistakes.
func TestLenientQuery(t *testing.T) {
	const transfers = "/analytics/v2/users/1/transfers"
	s := asperatest.NewServer(asperatest.WithLenientQuery(), asperatest.WithGreatestLimit(100), asperatest.WithRows(60))
	for target, status := range map[string]int{
		transfers + "?limit=x": 200, transfers + "?limit=0": 200, transfers + "?limit=-1": 200, transfers + "?other=1": 200,
		transfers + "?limit=100": 200, transfers + "?limit=101": 400, transfers + "?limit=1&limit=2": 400,
		transfers + "?status=nonsense": 400, transfers + "?start_time=today": 400, transfers + "?next=x": 400,
		"/analytics/v2/users/1/volume_usage?limit=1": 200, "/analytics/v2/users/1/volume_usage?start_time=x": 400,
	} {
		got, body := send(t, s, http.MethodGet, target, "", nil)
		assert.Equal(t, status, got, "%s: %s", target, body)
	}
}

// Bounds, filters and links of pages go on as before where filters are ignored.
func TestIgnoredFilters(t *testing.T) {
	s := asperatest.NewServer(asperatest.WithIgnoredFilters(), asperatest.WithRows(60))
	got, err := organization(s).Transfers(aspera.TransferQuery{Status: aspera.StatusFailed, PageSize: 25}).Collect(t.Context(), 0)
	require.NoError(t, err)
	assert.Len(t, got, 60)
	status, body := send(t, s, http.MethodGet, "/analytics/v2/users/1/transfers?status=nonsense", "", nil)
	assert.Equal(t, http.StatusBadRequest, status, body)
}

func TestWithoutFileAccess(t *testing.T) {
	s := asperatest.NewServer(asperatest.WithoutFileAccess())
	for _, name := range []string{"file_access", "file_access/search?search=a"} {
		status, _ := send(t, s, http.MethodGet, "/analytics/v2/users/1/"+name, "", nil)
		assert.Equal(t, http.StatusNotFound, status, name)
	}
}

func TestNewest(t *testing.T) {
	s := asperatest.NewServer(asperatest.WithRows(50), asperatest.WithNewest(noon))
	got, err := organization(s).Transfers(aspera.TransferQuery{}).Collect(t.Context(), 1)
	require.NoError(t, err)
	require.Len(t, got, 1)
	assert.True(t, got[0].SessionStart.Before(noon))
	assert.WithinDuration(t, noon, got[0].SessionStart, 24*time.Hour)
	rates, err := organization(s).EgressThroughputs(aspera.ThroughputQuery{}).Collect(t.Context(), 1)
	require.NoError(t, err)
	assert.Equal(t, noon.Add(-5*time.Minute), rates[0].Time)
	rates, err = organization(s).IngressThroughputs(aspera.ThroughputQuery{}).Collect(t.Context(), 1)
	require.NoError(t, err)
	assert.Equal(t, noon.Add(-5*time.Minute), rates[0].Time)
}
