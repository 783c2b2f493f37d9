package opswattest_test

import (
	"encoding/json"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/activity-sdk/activity/opswat"
	"github.com/activity-sdk/activity/opswat/opswattest"
)

var noon = time.Date(2018, time.May, 10, 12, 0, 0, 0, time.UTC)

// read returns the ids of a page; none for one past the end.
func read(t *testing.T, s *opswattest.Server, members string) string {
	t.Helper()
	resp, text := list(t, s, `{"start_date":"01/01/2000","end_date":"05/18/2018"`+members+`}`)
	if resp.StatusCode == http.StatusRequestEntityTooLarge {
		return ""
	}
	require.Equal(t, http.StatusOK, resp.StatusCode, text)
	var got []opswat.Activity
	require.NoError(t, json.Unmarshal([]byte(text), &got))
	return ids(got)
}

// numbered adds activities 0 to n-1, the first of which is the newest.
func numbered(s *opswattest.Server, n int) {
	for i := range n {
		s.Add(opswat.Activity{DeviceID: strconv.Itoa(i), Timestamp: noon.Add(-time.Duration(i) * time.Second)})
	}
}

func TestActivitiesMayBeAlike(t *testing.T) {
	s := opswattest.NewServer(opswattest.WithoutQuota())
	numbered(s, 2)
	numbered(s, 2)
	s.InsertAt(1, opswat.Activity{DeviceID: "1", Timestamp: noon.Add(-time.Second)})
	assert.Equal(t, "0 1 0 1 1", read(t, s, ""))
	assert.Equal(t, "0 1", read(t, s, `,"limit":2,"page":2`))
}

func TestShuffledTies(t *testing.T) {
	walk := func(opts ...opswattest.Option) (got []string) {
		s := opswattest.NewServer(append(opts, opswattest.WithoutQuota())...)
		numbered(s, 1)
		for i := range 4 {
			s.Add(opswat.Activity{DeviceID: strconv.Itoa(i + 1), Timestamp: noon.Add(-time.Hour)})
		}
		for range 10 {
			page := read(t, s, "")
			assert.Regexp(t, `^0( [1-4]){4}$`, page)
			got = append(got, page)
		}
		return got
	}
	one := opswattest.WithShuffledTies(1)
	again := walk(one)
	assert.Equal(t, walk(one), again)
	assert.NotEqual(t, walk(one), walk(opswattest.WithShuffledTies(2)))
	assert.NotEqual(t, walk(one)[0], walk(one)[1])
	assert.Equal(t, walk()[0], walk()[1], "not unless it is ordered")
}

func TestPageSizes(t *testing.T) {
	s := opswattest.NewServer(opswattest.WithoutQuota(), opswattest.WithPageSizes(3, 2))
	numbered(s, 9)
	for page, want := range []string{"0 1 2", "3 4", "5 6 7", "8", ""} {
		assert.Equal(t, want, read(t, s, `,"limit":3,"page":`+strconv.Itoa(page+1)))
	}
	assert.Equal(t, "5 6 7 8", read(t, s, `,"page":3`))
	assert.Empty(t, read(t, s, `,"page":9223372036854775807`))
}

func TestMaxOffset(t *testing.T) {
	s := opswattest.NewServer(opswattest.WithoutQuota(), opswattest.WithMaxOffset(4))
	numbered(s, 9)
	assert.Equal(t, "4 5", read(t, s, `,"limit":2,"page":3`))
	resp, text := list(t, s, `{"limit":2,"page":4}`)
	assert.Equal(t, http.StatusBadRequest, resp.StatusCode)
	assert.Equal(t, `{"error":"the page begins beyond row 4"}`, text)
}

func TestExclusiveBounds(t *testing.T) {
	s := opswattest.NewServer(opswattest.WithoutQuota(), opswattest.WithExclusiveBounds())
	for day := range 4 {
		s.Add(opswat.Activity{DeviceID: strconv.Itoa(day), Timestamp: noon.AddDate(0, 0, -day)})
	}
	_, text := list(t, s, `{"start_date":"05/08/2018","end_date":"05/10/2018"}`)
	var got []opswat.Activity
	require.NoError(t, json.Unmarshal([]byte(text), &got))
	assert.Equal(t, "1 2", ids(got))
}

func TestEqualDatesOfAnExclusiveDay(t *testing.T) {
	s := opswattest.NewServer(opswattest.WithEqualDates(), opswattest.WithExclusiveBounds())
	numbered(s, 1)
	resp, _ := list(t, s, `{"start_date":"05/10/2018","end_date":"05/10/2018"}`)
	assert.Equal(t, http.StatusRequestEntityTooLarge, resp.StatusCode)
	resp, text := list(t, s, `{"start_date":"05/11/2018","end_date":"05/10/2018"}`)
	assert.Equal(t, http.StatusBadRequest, resp.StatusCode, text)
}

func TestLoneDates(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := opswattest.NewServer(opswattest.WithLoneDates(), opswattest.WithEmptyPageAtEnd())
		for _, hours := range []int{1, 30, 54} {
			s.Add(opswat.Activity{DeviceID: strconv.Itoa(hours), Timestamp: time.Now().Add(-time.Duration(hours) * time.Hour)})
		}
		for body, want := range map[string]string{
			`{}`:                          "1",
			`{"start_date":"12/30/1999"}`: "1 30",
			`{"end_date":"12/30/1999"}`:   "30 54",
			`{"start_date":"12/30/1999","end_date":"12/31/1999"}`: "1 30",
		} {
			_, text := list(t, s, body)
			var got []opswat.Activity
			require.NoError(t, json.Unmarshal([]byte(text), &got))
			assert.Equal(t, want, ids(got), body)
		}
	})
}

// A token in the URL is not looked for in the header as well.
func TestHeaderToken(t *testing.T) {
	s := opswattest.NewServer(opswattest.WithHeaderToken(), opswattest.WithEmptyPageAtEnd())
	for authorization, want := range map[string][2]int{
		"Bearer " + s.AccessToken(): {200, 400},
		"Bearer x":                  {401, 400},
		"Bearer ":                   {400, 400},
		"Basic eA==":                {400, 400},
	} {
		header := jsonHeader()
		header["Authorization"] = authorization
		resp, text := send(t, s, "POST", "/o/api/v3/activities", "{}", header)
		assert.Equal(t, want[0], resp.StatusCode, text)
		resp, text = send(t, s, "POST", "/o/api/v3/activities?access_token="+s.AccessToken(), "{}", header)
		assert.Equal(t, want[1], resp.StatusCode, text)
		assert.Contains(t, text, "header Authorization is not wanted")
	}
}

// The clocks of Berlin showed the hour from two to three twice.
func TestLocation(t *testing.T) {
	berlin, err := time.LoadLocation("Europe/Berlin")
	require.NoError(t, err)
	s := opswattest.NewServer(opswattest.WithoutQuota(), opswattest.WithLocation(berlin))
	summer := time.Date(2017, time.October, 29, 0, 30, 0, 0, time.UTC)
	s.Add(opswat.Activity{DeviceID: "summer", Timestamp: summer}, opswat.Activity{DeviceID: "winter", Timestamp: summer.Add(time.Hour)},
		opswat.Activity{DeviceID: "next day", Timestamp: time.Date(2017, time.October, 30, 0, 15, 0, 0, berlin)},
		opswat.Activity{Raw: []byte(`{"device_id":"raw","timestamp":"Oct 29, 2017 03:00:00 AM"}`)},
		opswat.Activity{Raw: []byte(`{"device_id":"zoned","timestamp":"2017-10-29T02:01:00Z"}`)},
		opswat.Activity{DeviceID: "none"})
	_, text := list(t, s, `{"start_date":"10/28/2017","end_date":"10/29/2017"}`)
	var got []struct {
		DeviceID  string `json:"device_id"`
		Timestamp string
	}
	require.NoError(t, json.Unmarshal([]byte(text), &got))
	var rows []string
	for _, a := range got {
		rows = append(rows, a.DeviceID+": "+a.Timestamp)
	}
	assert.Equal(t, []string{"next day: Oct 30, 2017 12:15:00 AM", "zoned: 2017-10-29T02:01:00Z", "raw: Oct 29, 2017 03:00:00 AM",
		"winter: Oct 29, 2017 2:30:00 AM", "summer: Oct 29, 2017 2:30:00 AM", "none: "}, rows)

	invented := func(opts ...opswattest.Option) []opswat.Activity {
		query := everything()
		query.Location = berlin
		got, err := opswattest.NewServer(append(opts, opswattest.WithRows(30))...).Client().Activities(query).Collect(t.Context(), 0)
		require.NoError(t, err)
		return got
	}
	local := invented(opswattest.WithLocation(berlin))
	require.Len(t, local, 30)
	assert.Contains(t, string(local[0].Raw), "10:40:00 AM", "the vendor's first")
	for i := range local[1:] {
		assert.False(t, local[i+1].Timestamp.After(local[i].Timestamp))
	}
}

func TestRawIsServedAsItIs(t *testing.T) {
	s := opswattest.NewServer(opswattest.WithEmptyPageAtEnd())
	raw := "{\"device_id\":\"a\tb\xe9\",\"action\":\"blocked\"}"
	s.Add(opswat.Activity{Action: opswat.ActionBlocked, Raw: json.RawMessage(raw)})
	_, text := list(t, s, `{"action":["blocked"]}`)
	assert.Equal(t, "["+raw+"]", text)
}

// A token endpoint that refuses, but says 200.
func TestTokenErrorUnder200(t *testing.T) {
	s := opswattest.NewServer()
	s.Fail(opswattest.Fault{Token: true, Body: `{"error":"invalid_client"}`})
	resp, text := send(t, s, "POST", "/o/oauth/token", "x", formHeader())
	assert.Equal(t, http.StatusOK, resp.StatusCode)
	assert.True(t, strings.HasPrefix(resp.Header.Get("Content-Type"), "application/json"))
	assert.Equal(t, `{"error":"invalid_client"}`, text)
}
