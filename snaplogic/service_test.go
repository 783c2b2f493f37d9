package snaplogic_test

import (
	"errors"
	"net/http"
	"strconv"
	"strings"
	"testing"
)

// service answers from a function instead of rows.
func service(t testing.TB, list func(n, offset, limit int) (total int, entries []string)) *http.Client {
	t.Helper()
	n := 0
	return &http.Client{Transport: roundTrip(func(req *http.Request) (*http.Response, error) {
		n++
		offset, err := strconv.Atoi(req.URL.Query().Get("offset"))
		if err != nil {
			return nil, errors.New("no offset")
		}
		limit, err := strconv.Atoi(req.URL.Query().Get("limit"))
		if err != nil {
			return nil, errors.New("no limit")
		}
		total, entries := list(n, offset, limit)
		body := wrapped(total, entries...)
		if total < 0 {
			body = strings.Replace(body, `"total":-1,`, "", 1)
		}
		return serving(http.StatusOK, "application/json", body)(req)
	})}
}

func entriesOf(ids ...string) []string {
	entries := make([]string, len(ids))
	for i, id := range ids {
		entries[i] = `{"_id":"` + id + `"}`
	}
	return entries
}

func part(entries []string, offset, limit int) []string {
	return entries[min(offset, len(entries)):min(offset+limit, len(entries))]
}
