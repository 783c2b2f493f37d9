package fake_test

import (
	"regexp"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/activity-sdk/activity/internal/fake"
)

func TestChecks(t *testing.T) {
	for name, tc := range map[string]struct {
		check   fake.Check
		good    []string
		bad     []string
		wording string // for the first bad one
	}{
		"Int": {
			fake.Int(-1, 50), []string{"-1", "0", "1", "50"},
			[]string{"51", "-2", "+1", "01", "-0", "1.0", "1e1", " 1", "x", "", "99999999999999999999"},
			`want an integer from -1 to 50, got "51"`,
		},
		"Bool": {
			fake.Bool(), []string{"true", "false"}, []string{"True", "1", "yes", "", "true "},
			`want one of true, false, got "True"`,
		},
		"OneOf": {
			fake.OneOf("open", "closed"), []string{"open", "closed"}, []string{"Open", "", "open,closed"},
			`want one of open, closed, got "Open"`,
		},
		"Layout": {
			fake.Layout("2006-01-02T15:04:05Z", time.RFC3339Nano, "01/02/2006"),
			[]string{"2026-03-01T10:00:00Z", "2026-03-01T10:00:00.5Z", "2026-03-01T10:00:00-04:00", "03/01/2026"},
			[]string{"2026-03-01T10:00:00.50Z", "2026-03-01", "3/1/2026", "13/01/2026", "02/30/2026", "2026-03-01T10:00:00+00:00", ""},
			`want a time in the form 2006-01-02T15:04:05Z or 2006-01-02T15:04:05.999999999Z07:00 or 01/02/2006, got "2026-03-01T10:00:00.50Z"`,
		},
		"UnixMilli": {
			fake.UnixMilli(), []string{"1772359200000", "946684800000"},
			[]string{"1772359200", "1772359200000000", "-1", "1772359200000.5", "2026-03-01"},
			`want Unix milliseconds (13 digits for a time of today), got "1772359200"`,
		},
		"Match": {
			fake.Match(regexp.MustCompile(`T\d+|CT\d+`), "a standard such as T21"), []string{"T21", "CT3"},
			[]string{"XT21", "T21x", "T21\n", "T", "t21"},
			`want a standard such as T21, got "XT21"`,
		},
		"CSV": {
			fake.CSV(fake.OneOf("a", "b")), []string{"a", "a,b", "b,a,b"}, []string{"c", "a,", ",a", "a,,b", "a, b", "", "a;b"},
			`want one of a, b, got "c"`,
		},
		"CSV of anything": {
			fake.CSV(nil), []string{"x", "x,y z"}, []string{"x,", "x ,y"},
			`want values separated by single commas, got "x,"`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			for _, v := range tc.good {
				assert.NoError(t, tc.check(v), v)
			}
			for _, v := range tc.bad {
				assert.Error(t, tc.check(v), v)
			}
			assert.EqualError(t, tc.check(tc.bad[0]), tc.wording)
		})
	}
}
