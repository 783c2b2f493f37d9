package fake_test

import (
	"net/netip"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/activity-sdk/activity/internal/fake"
)

var newest = time.Date(2026, 3, 6, 16, 30, 0, 123456789, time.FixedZone("CET", 3600)) // a Friday

func TestGeneratorIsReproducible(t *testing.T) {
	all := func(seed uint64) []any {
		g := fake.NewGenerator(seed, newest)
		return []any{
			g.Times(50), g.User(), g.Pick(fake.Weighted{"a", 1}, fake.Weighted{"b", 9}), g.Hex(24), g.IP(), g.Project(), g.File(),
			g.Bytes(), g.Between(0, 1<<40), g.Chance(0.5), g.Times(5),
		}
	}
	assert.Equal(t, all(7), all(7)) //nolint:testifylint // two generators of one seed
	assert.NotEqual(t, all(7), all(8))
}

func TestGeneratorTimes(t *testing.T) {
	g := fake.NewGenerator(1, newest)
	times := g.Times(12000)
	assert.Len(t, times, 12000)
	assert.True(t, times[0].Before(newest))

	equal, office, weekend := 0, 0, 0
	for i, x := range times {
		assert.Equal(t, time.UTC, x.Location())
		assert.Zero(t, x.Nanosecond()%1000, "microseconds")
		if i > 0 {
			assert.False(t, x.After(times[i-1]), "newest first")
			if x.Equal(times[i-1]) {
				equal++
			}
		}
		switch x.Weekday() {
		case time.Saturday, time.Sunday:
			weekend++
		default:
			if x.Hour() >= 8 && x.Hour() < 18 {
				office++
			}
		}
	}
	assert.Greater(t, times[0].Sub(times[11999]), 7*24*time.Hour, "the times reach over nights and a weekend")
	assert.InDelta(t, 480, equal, 120, "some are equal")
	assert.Greater(t, office, 10500, "most are in office hours")
	assert.Positive(t, weekend)
	assert.Less(t, weekend, 500, "few are at weekends")
	assert.WithinDuration(t, newest, g.Times(1)[0], time.Hour, "every call begins at newest")
	assert.Empty(t, g.Times(0))
	assert.Empty(t, g.Times(-1))
}

func TestGeneratorUser(t *testing.T) {
	g := fake.NewGenerator(1, newest)
	count := make(map[fake.Person]int)
	const draws = 20000
	for range draws {
		count[g.User()]++
	}
	assert.Len(t, count, 40, "everybody appears")
	ids, mailboxes, most := make(map[int64]bool), make(map[string]bool), 0
	for p, n := range count {
		assert.Regexp(t, `^[a-z.-]+@example\.com$`, p.Email)
		assert.NotEmpty(t, p.Name)
		ids[p.ID], mailboxes[p.Email] = true, true
		most = max(most, n)
	}
	assert.Len(t, ids, 40)
	assert.Len(t, mailboxes, 40)
	assert.Greater(t, most, draws/8, "some are far busier than others")
}

func TestGeneratorPick(t *testing.T) {
	g := fake.NewGenerator(1, newest)
	count := make(map[string]int)
	for range 10000 {
		count[g.Pick(fake.Weighted{"rare", 1}, fake.Weighted{"never", 0}, fake.Weighted{"often", 9}, fake.Weighted{"less than never", -5})]++
	}
	assert.Len(t, count, 2)
	assert.InDelta(t, 1000, count["rare"], 150)
	assert.Equal(t, 10000, count["rare"]+count["often"])
	assert.Empty(t, g.Pick())
	assert.Empty(t, g.Pick(fake.Weighted{"never", 0}))
}

func TestGeneratorValues(t *testing.T) {
	g := fake.NewGenerator(1, newest)
	documentation := []netip.Prefix{
		netip.MustParsePrefix("192.0.2.0/24"), netip.MustParsePrefix("198.51.100.0/24"), netip.MustParsePrefix("203.0.113.0/24"),
	}
	projects, files, big := make(map[string]bool), make(map[string]bool), 0
	edges := make(map[int64]bool)
	for range 5000 {
		addr := netip.MustParseAddr(g.IP())
		assert.True(t, documentation[0].Contains(addr) || documentation[1].Contains(addr) || documentation[2].Contains(addr), addr)
		assert.Regexp(t, `^[0-9a-f]{24}$`, g.Hex(24))
		projects[g.Project()] = true
		file := g.File()
		assert.Contains(t, file, ".")
		files[file] = true
		size := g.Bytes()
		assert.GreaterOrEqual(t, size, int64(1<<10))
		assert.LessOrEqual(t, size, int64(2<<40))
		if size > 1<<30 {
			big++
		}
		n := g.Between(-2, 2)
		assert.LessOrEqual(t, max(n, -n), int64(2))
		edges[n] = true
	}
	assert.Len(t, edges, 5, "both ends are included")
	assert.InDelta(t, 600, big, 200, "sizes above 1 GiB are not common, nor absent")
	assert.Greater(t, len(files), 500)
	blanks := 0
	for p := range projects {
		if strings.Contains(p, " ") {
			blanks++
		}
	}
	assert.Positive(t, blanks, "names that have to be escaped in a URL")
	assert.Empty(t, g.Hex(0))
}

func TestGeneratorChance(t *testing.T) {
	g := fake.NewGenerator(1, newest)
	hits := 0
	for range 10000 {
		assert.False(t, g.Chance(0))
		assert.True(t, g.Chance(1))
		if g.Chance(0.2) {
			hits++
		}
	}
	assert.InDelta(t, 2000, hits, 200)
}

func TestGeneratorConcurrentUse(t *testing.T) {
	g := fake.NewGenerator(1, newest)
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			g.Times(10)
			g.User()
			g.File()
			g.IP()
			g.Hex(4)
			g.Bytes()
			g.Chance(0.5)
		})
	}
	wg.Wait()
}
