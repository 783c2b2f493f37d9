package snaplogictest_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/activity-sdk/activity/snaplogic"
	"github.com/activity-sdk/activity/snaplogic/snaplogictest"
)

// numbered adds activities "0" to "n-1", the first of which is the newest.
func numbered(server *snaplogictest.Server, n int) {
	for i := range n {
		server.Add(snaplogic.Activity{ID: fmt.Sprint(i), CreateTime: time.UnixMilli(1_530_000_000_000 - int64(i))})
	}
}

func TestIDsMayRepeat(t *testing.T) {
	server := snaplogictest.NewServer()
	server.Add(snaplogic.Activity{ID: "a", AssetLabel: "1"}, snaplogic.Activity{ID: "b"}, snaplogic.Activity{ID: "a", AssetLabel: "2"})
	server.InsertAt(2, snaplogic.Activity{ID: "a"})
	assert.Equal(t, []string{"a", "b", "a", "a"}, listed(t, server, ""))
	assert.Equal(t, []string{"b", "a"}, listed(t, server, "limit=2&offset=1"))
	assert.Equal(t, []string{"a", "a"}, listed(t, server, "limit=2&offset=2"))
	assert.Equal(t, 3, server.Delete("a"))
}

func TestShuffledTies(t *testing.T) {
	walk := func(opts ...snaplogictest.Option) (ids []string) {
		server := snaplogictest.NewServer(opts...)
		server.Add(snaplogic.Activity{ID: "newest", CreateTime: time.UnixMilli(1)})
		for i := range 4 {
			server.Add(snaplogic.Activity{ID: fmt.Sprint(i), CreateTime: time.UnixMilli(0)})
		}
		for range 10 {
			got := listed(t, server, "")
			assert.Equal(t, "newest", got[0])
			assert.ElementsMatch(t, []string{"0", "1", "2", "3"}, got[1:])
			ids = append(ids, got...)
		}
		return ids
	}
	one := snaplogictest.WithShuffledTies(1)
	again := walk(one)
	assert.Equal(t, walk(one), again)
	assert.NotEqual(t, walk(one), walk(snaplogictest.WithShuffledTies(2)))
	assert.NotEqual(t, walk(one)[:5], walk(one)[5:10])
	assert.Equal(t, walk()[:5], walk()[5:10], "not unless it is ordered")
}

func TestPageSizes(t *testing.T) {
	server := snaplogictest.NewServer(snaplogictest.WithPageSizes(3, 2))
	numbered(server, 9)
	for query, want := range map[string][]string{
		"limit=3":          {"0", "1", "2"},
		"limit=4&offset=2": {"2", "3", "4"},
		"limit=3&offset=3": {"3", "4"},
		"limit=4&offset=4": {"4", "5"},
		"limit=3&offset=5": {"5", "6", "7"},
		"limit=9&offset=5": {"5", "6", "7", "8"},
		"limit=2&offset=4": {"4", "5"},
		"limit=1&offset=1": {"1"},
	} {
		assert.Equal(t, want, listed(t, server, query), query)
	}
}

func TestMaxOffset(t *testing.T) {
	server := snaplogictest.NewServer(snaplogictest.WithMaxOffset(2))
	numbered(server, 4)
	assert.Equal(t, []string{"2", "3"}, listed(t, server, "offset=2"))
	status, body, _ := get(t, server, list+"?offset=3", nil)
	assert.Equal(t, http.StatusBadRequest, status)
	assert.Equal(t, `parameter "offset": want at most 2`, refusal(t, status, body))

	status, _, _ = get(t, snaplogictest.NewServer(snaplogictest.WithMaxOffset(0)), list+"?offset=1", nil)
	assert.Equal(t, http.StatusBadRequest, status)
}

func TestExclusiveBounds(t *testing.T) {
	server := snaplogictest.NewServer(snaplogictest.WithExclusiveBounds())
	numbered(server, 3)
	server.Add(snaplogic.Activity{ID: "timeless"})
	assert.Equal(t, []string{"0", "1"}, listed(t, server, "start=1529999999998"))
	assert.Equal(t, []string{"1"}, listed(t, server, "start=1529999999998&end=1530000000000"))
	assert.Equal(t, []string{"1", "2", "timeless"}, listed(t, server, "end=1530000000000"))
}

func TestRawIsServedAsItIs(t *testing.T) {
	server := snaplogictest.NewServer()
	raw := json.RawMessage("{\"_id\":\"tab\",\"asset_label\":\"a\tb\xe9\"}")
	server.Add(snaplogic.Activity{ID: "tab", Raw: raw})
	_, body, _ := get(t, server, list, nil)
	assert.Contains(t, body, `"entries": [`+string(raw)+`]`)
	assert.Equal(t, 1, server.Delete("tab"))
}

// What clients send according to the vendor, and blanks in both forms.
func TestContentTypeAndBlanks(t *testing.T) {
	server := snaplogictest.NewServer()
	server.Add(snaplogic.Activity{ID: "a", AssetLabel: "two words"})
	for _, query := range []string{"filter_asset=two%20words", "filter_asset=two+words"} {
		assert.Equal(t, []string{"a"}, listed(t, server, query), query)
	}
	for value, want := range map[string]int{"application/json": 200, "application/json; charset=utf-8": 200, "text/plain": 400} {
		status, _, _ := get(t, server, list, set("Content-Type", value))
		assert.Equal(t, want, status, value)
	}
}

// The status that SnapLogic puts into a header, beside a list that has nothing.
func TestStatusInAHeader(t *testing.T) {
	server := snaplogictest.NewServer()
	server.Fail(snaplogictest.Fault{Header: http.Header{"X-SL-StatusCode": {"403"}}})
	status, body, header := get(t, server, list, nil)
	assert.Equal(t, http.StatusOK, status)
	assert.Contains(t, body, `"entries": []`)
	assert.Equal(t, "403", header.Get("X-SL-StatusCode"))
	assert.True(t, slices.Equal([]string{}, listed(t, server, "")), "once")
}
