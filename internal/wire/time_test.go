package wire_test

import (
	"regexp"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/activity-sdk/activity/internal/wire"
)

var eastern = time.FixedZone("EST", -5*3600)

func TestParseTime(t *testing.T) {
	for text, want := range map[string]string{
		"2019-01-19T23:00:00Z":                "2019-01-19T23:00:00Z",
		"2019-01-19t23:00:00z":                "2019-01-19T23:00:00Z",
		"2019-01-19 23:00:00Z":                "2019-01-19T23:00:00Z",
		"2016-05-06T14:53:28.557156Z":         "2016-05-06T14:53:28.557156Z",
		"2018-07-04T06:57:04.823000+00:00":    "2018-07-04T06:57:04.823Z",
		"2018-07-04T06:57:04.823000-00:00":    "2018-07-04T06:57:04.823Z",
		"2016-03-30T15:14:46.634929-04:00":    "2016-03-30T15:14:46.634929-04:00",
		"2019-01-19T23:00:00.123456789Z":      "2019-01-19T23:00:00.123456789Z",
		"2019-01-19T23:00:00.000000001Z":      "2019-01-19T23:00:00.000000001Z",
		"2019-01-19T23:00:00,5Z":              "2019-01-19T23:00:00.5Z",
		"2019-01-19T23:00:00+0000":            "2019-01-19T23:00:00Z",
		"2019-01-19T23:00:00+0530":            "2019-01-19T23:00:00+05:30",
		"2019-01-19T23:00:00+05:30":           "2019-01-19T23:00:00+05:30",
		"2019-01-19T23:00:00+00":              "2019-01-19T23:00:00Z",
		"2019-01-19T23:00:00.25-03":           "2019-01-19T23:00:00.25-03:00",
		"2019-01-19T23:00Z":                   "2019-01-19T23:00:00Z",
		"2019-01-19T23:00+02:00":              "2019-01-19T23:00:00+02:00",
		"2019-01-19T23:00:00":                 "2019-01-19T23:00:00-05:00",
		"2019-01-19 23:00:00.5":               "2019-01-19T23:00:00.5-05:00",
		"2019-01-19T23:00":                    "2019-01-19T23:00:00-05:00",
		"2006-01-02":                          "2006-01-02T00:00:00-05:00",
		" \t2019-01-19T23:00:00Z\r\n":         "2019-01-19T23:00:00Z",
		"2020-02-29T00:00:00Z":                "2020-02-29T00:00:00Z",
		"2019-12-31T23:59:59.999999999Z":      "2019-12-31T23:59:59.999999999Z",
		"0001-01-01T00:00:00Z":                "0001-01-01T00:00:00Z",
		"9999-12-31T23:59:59Z":                "9999-12-31T23:59:59Z",
		"May 18, 2018 10:40:00 AM":            "2018-05-18T10:40:00-05:00",
		"May 18, 2018, 10:40:00 AM":           "2018-05-18T10:40:00-05:00",
		"May 18, 2018 10:40:00\u202fPM":       "2018-05-18T22:40:00-05:00",
		"May 18, 2018, 10:40:00\u00a0PM":      "2018-05-18T22:40:00-05:00",
		"Jan 2, 2018 3:04:05 pm":              "2018-01-02T15:04:05-05:00",
		"January 02, 2018 03:04:05 Am":        "2018-01-02T03:04:05-05:00",
		"september 30, 2018 12:00:00 AM":      "2018-09-30T00:00:00-05:00",
		"DEC 31, 2018 12:59:59 PM":            "2018-12-31T12:59:59-05:00",
		"\u202fFebruary 29, 2020 1:00:00 PM ": "2020-02-29T13:00:00-05:00",
	} {
		got, ok := wire.ParseTime(text, eastern)
		assert.True(t, ok, text)
		assert.Equal(t, want, got.Format(time.RFC3339Nano), text)
	}
}

func TestParseTimeZones(t *testing.T) {
	for text, want := range map[string]*time.Location{
		"2019-01-19T23:00:00Z": time.UTC, "2019-01-19T23:00:00+00:00": time.UTC, "2019-01-19": eastern, "May 18, 2018 10:40:00 AM": eastern,
	} {
		got, ok := wire.ParseTime(text, eastern)
		assert.True(t, ok, text)
		assert.Same(t, want, got.Location(), text)
	}
	got, ok := wire.ParseTime("2019-01-19", nil)
	assert.True(t, ok)
	assert.Same(t, time.UTC, got.Location())

	for _, empty := range []string{"", " ", "\u00a0"} {
		got, ok := wire.ParseTime(empty, eastern)
		assert.True(t, ok, "%q", empty)
		assert.True(t, got.IsZero())
		assert.Equal(t, time.Time{}, got)
	}
}

func TestParseTimeRejects(t *testing.T) {
	for _, text := range []string{
		"secret", "now", "0", "-", "2019", "2019-01", "2019-1-19", "19-01-19", "2019-01-19T", "2019-01-19T23", "2019-01-19T23Z", "2019-01-19T23:0:00Z",
		"2019-01-19T23:00:00.Z", "2019-01-19T23:00:00.1234567890Z", "2019-01-19T23:00:00Zx", "2019-01-19T23:00:00 Z", "2019-01-19T23:00:00+",
		"2019-01-19T23:00:00+0", "2019-01-19T23:00:00+00:", "2019-01-19T23:00:00+000", "2019-01-19T23:00:00+24:00", "2019-01-19T23:00:00+00:60",
		"2019-01-19T24:00:00Z", "2019-01-19T23:60:00Z", "2019-01-19T23:00:60Z", "2019-00-19", "2019-13-19", "2019-02-29", "2019-04-31", "2019-01-00",
		"2019-01-32", "0000-01-01", "10000-01-01", "+2019-01-19", "2019/01/19", "2019-01-19_23:00:00Z", "2019-01-19T23:00:00.٣Z", "1530687424823",
		"May 18, 2018", "May 18, 2018 10:40:00", "May 18, 2018 13:40:00 PM", "May 18, 2018 0:40:00 AM", "May 18, 2018 10:40 AM", "May 18 2018 10:40:00 AM",
		"May 18, 2018 10:40:00AM", "May 18, 2018 10:40:00 XM", "May 18, 2018 10:40:00 A", "May 18, 2018 10:40:00 AMX", "May18, 2018 10:40:00 AM",
		"Mayo 18, 2018 10:40:00 AM", "Ma 18, 2018 10:40:00 AM", "May", "May ", "May 32, 2018 10:40:00 AM", "Feb 29, 2019 10:40:00 AM",
		"May 118, 2018 10:40:00 AM", "May 18, 0000 10:40:00 AM", "May 18, 12018 10:40:00 AM", "May 18, 2018 10:60:00 AM", "May 18, 2018 10:40:60 AM",
		"18 May 2018 10:40:00 AM", "Fri, 18 May 2018 10:40:00 GMT", "\xff\xff",
	} {
		got, ok := wire.ParseTime(text, eastern)
		assert.False(t, ok, text)
		assert.Equal(t, time.Time{}, got, text)
	}
}

func TestParseTimeDoesNotAllocate(t *testing.T) {
	for _, text := range []string{"2016-05-06T14:53:28.557156Z", "2018-07-04T06:57:04.823000+00:00", "May 18, 2018 10:40:00 AM"} {
		assert.Zero(t, testing.AllocsPerRun(100, func() { wire.ParseTime(text, time.UTC) }), text)
	}
}

// rfc3339 is stricter than package time, which takes hours of one digit and offsets of a day.
var rfc3339 = regexp.MustCompile(`^[-0-9]{10}T\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[-+]([01]\d|2[0-3]):[0-5]\d)$`)

func FuzzParseTime(f *testing.F) {
	for _, seed := range []string{
		"2018-07-04T06:57:04.823000+00:00", "2016-05-06T14:53:28.557156Z", "2019-01-19T23:00:00Z", "2016-03-30T15:14:46-0400",
		"May 18, 2018 10:40:00 AM", "May 18, 2018, 1:40:00\u202fpm", "2006-01-02", "2006-01-02 15:04", "", "9999-12-31T23:59:59,999999999-23:59",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		got, ok := wire.ParseTime(text, eastern)
		if want, err := time.Parse(time.RFC3339, text); err == nil && want.Year() > 0 && rfc3339.MatchString(text) {
			require.True(t, ok, "RFC 3339 is read as package time reads it")
			require.True(t, want.Equal(got))
		}
		if !ok {
			require.Equal(t, time.Time{}, got)
			return
		}
		require.True(t, got.Year() >= 1 && got.Year() <= 9999)
		again, ok := wire.ParseTime(got.Format(time.RFC3339Nano), eastern)
		require.True(t, ok, "what was read can be written and read again")
		require.True(t, got.Equal(again))
		_, err := got.MarshalJSON()
		require.NoError(t, err)
	})
}
