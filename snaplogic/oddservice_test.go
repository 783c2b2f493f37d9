package snaplogic_test

import (
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/snaplogic"
	"github.com/activity-sdk/activity/snaplogic/snaplogictest"
)

// A service that sends nothing although it announces more is asked again a few times; a list never
// ends with a gap.
func TestServiceThatHoldsRowsBack(t *testing.T) {
	empty := &snaplogictest.Fault{Body: wrapped(9)}
	for _, c := range []struct {
		name  string
		empty func(r snaplogictest.Request, offset int) bool
		got   int
		lost  bool
	}{
		{"once, at the beginning", func(r snaplogictest.Request, _ int) bool { return r.N == 1 }, 9, false},
		{"once, in the middle", func(r snaplogictest.Request, _ int) bool { return r.N == 2 }, 9, false},
		{"twice", func(r snaplogictest.Request, _ int) bool { return r.N == 2 || r.N == 3 }, 9, false},
		{"always", func(snaplogictest.Request, int) bool { return true }, 0, true},
		{"from a place on", func(_ snaplogictest.Request, offset int) bool { return offset >= 5 }, 6, true},
		{"from a time on", func(r snaplogictest.Request, _ int) bool { return r.N >= 3 }, 6, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				server := snaplogictest.NewServer(snaplogictest.WithPageLimit(5))
				server.Add(old(9)...)
				server.FailWith(func(r snaplogictest.Request) *snaplogictest.Fault {
					offset, err := strconv.Atoi(r.Query().Get("offset"))
					if err == nil && c.empty(r, offset) {
						return empty
					}
					return nil
				})
				got, err := server.Client().Activities(snaplogic.ActivityQuery{PageSize: 3}).Collect(t.Context(), 0)
				if c.lost {
					require.ErrorIs(t, err, activity.ErrListChanged)
				} else {
					require.NoError(t, err)
				}
				assert.Equal(t, down(9, len(got)), idsOf(got))
				assert.GreaterOrEqual(t, len(got), c.got)
				assert.Less(t, len(server.Requests()), 30)
			})
		})
	}
}

// The service may count its rows at another moment than it lists them, or not at all.
func TestTotalsThatDoNotFit(t *testing.T) {
	letters := strings.Split("abcdefghij", "")
	for _, c := range []struct {
		name string
		list func(n, offset, limit int) (int, []string)
	}{
		{"none", func(_, offset, limit int) (int, []string) { return -1, part(letters, offset, limit) }},
		{"too small", func(_, offset, limit int) (int, []string) { return 4, part(letters, offset, limit) }},
		{"a row came between counting and listing", func(n, offset, limit int) (int, []string) {
			if n < 3 {
				return 10, part(letters, offset, limit)
			}
			return min(7+n, 11), part(append([]string{"new"}, letters...), offset, limit)
		}},
		{"a row vanished between counting and listing", func(n, offset, limit int) (int, []string) {
			switch {
			case n < 2:
				return 11, part(append([]string{"gone"}, letters...), offset, limit)
			case n == 2:
				return 11, part(letters, offset, limit)
			}
			return 10, part(letters, offset, limit)
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			requests := 0
			client := service(t, func(n, offset, limit int) (int, []string) {
				requests = n
				total, ids := c.list(n, offset, limit)
				return total, entriesOf(ids...)
			})
			got, err := newClient(t, client.Transport).Activities(snaplogic.ActivityQuery{PageSize: 5}).Collect(t.Context(), 0)
			require.NoError(t, err)
			ids := slices.DeleteFunc(idsOf(got), func(id string) bool { return id == "gone" || id == "new" })
			assert.Equal(t, letters, ids)
			assert.Less(t, requests, 12)
		})
	}
}

func TestRowsWithoutAnID(t *testing.T) {
	entries := strings.Split(`{"_id":"a"}|{"n":1}|{"n":1}|{"_id":"b"}|{"n":2}|{"_id":null,"n":3}|{"_id":7}|{"_id":{"oid":"x"}}|{"n":1}|{"_id":"c"}`, "|")
	for pageSize := 1; pageSize <= 11; pageSize++ {
		client := service(t, func(_, offset, limit int) (int, []string) { return len(entries), part(entries, offset, limit) })
		list := newClient(t, client.Transport).Activities(snaplogic.ActivityQuery{PageSize: pageSize})
		var raws []string
		for a, err := range list.All(t.Context()) {
			require.NoError(t, err, "pages of %d", pageSize)
			raws = append(raws, string(a.Raw))
		}
		assert.Equal(t, entries, raws, "pages of %d", pageSize)
	}
}

// A service that says once, while the place is searched for, that the list is empty costs no row.
func TestListThatIsEmptyForAMoment(t *testing.T) {
	ids := down(2000, 2000)
	client := service(t, func(n, offset, limit int) (int, []string) {
		switch n {
		case 4:
			return 2000, nil
		case 5:
			return 0, nil
		}
		return 2000, part(entriesOf(ids...), offset, limit)
	})
	got, err := newClient(t, client.Transport).Activities(snaplogic.ActivityQuery{PageSize: 300}).Collect(t.Context(), 0)
	require.NoError(t, err)
	assert.Equal(t, ids, idsOf(got))
}

func TestAnIDComesOnce(t *testing.T) {
	entries := entriesOf("a", "b", "b", "a", "c", "d", "d", "e")
	client := service(t, func(_, offset, limit int) (int, []string) { return len(entries), part(entries, offset, limit) })
	for pageSize := 4; pageSize <= 9; pageSize++ {
		got, err := newClient(t, client.Transport).Activities(snaplogic.ActivityQuery{PageSize: pageSize}).Collect(t.Context(), 0)
		require.NoError(t, err)
		assert.Equal(t, []string{"a", "b", "c", "d", "e"}, idsOf(got), "pages of %d", pageSize)
	}
}

// Whatever a service answers, a walk ends.
func TestServicesThatLeadNowhere(t *testing.T) {
	letters := strings.Split("abcdefghij", "")
	fresh := 0
	next := func() string { fresh++; return "fresh" + strconv.Itoa(fresh) }
	for _, c := range []struct {
		name string
		most int
		list func(n, offset, limit int) (int, []string)
	}{
		{"the first page, always", 20, func(int, int, int) (int, []string) { return 10, letters[:5] }},
		{"an absurd total", 20, func(_, offset, limit int) (int, []string) { return 1_000_000_000, part(letters, offset, limit) }},
		{"empty pages and an absurd total", 100, func(n, _, limit int) (int, []string) {
			if n == 1 {
				return 10, part(letters, 0, limit)
			}
			return 1_000_000_000, nil
		}},
		{"other rows, always", 3010, func(n, _, limit int) (int, []string) {
			if n == 1 {
				return -1, part(letters, 0, limit)
			}
			return -1, []string{next()}
		}},
		{"other rows and an absurd total", 3010, func(n, _, limit int) (int, []string) {
			if n == 1 {
				return 10, part(letters, 0, limit)
			}
			return 1_000_000_000, []string{next(), next()}
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			requests := 0
			client := service(t, func(n, offset, limit int) (int, []string) {
				requests = n
				total, ids := c.list(n, offset, limit)
				return total, entriesOf(ids...)
			})
			got, err := newClient(t, client.Transport).Activities(snaplogic.ActivityQuery{PageSize: 5}).Collect(t.Context(), 0)
			require.ErrorIs(t, err, activity.ErrListChanged)
			assert.LessOrEqual(t, len(got), 10)
			assert.LessOrEqual(t, requests, c.most)
		})
	}
}
