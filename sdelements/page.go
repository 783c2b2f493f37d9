package sdelements

import (
	"errors"
	"math"
	"net/http"
	"net/url"
	"strings"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/internal/paging"
	"github.com/activity-sdk/activity/internal/transport"
	"github.com/activity-sdk/activity/internal/wire"
)

// readPage reads an object with the array "results" and, if the service pages, "count" and "next" beside it. What else stands there,
// such as "previous" or the bounds of the dates, is ignored.
func readPage(body []byte) (paging.Linked[Activity], error) {
	none := paging.Linked[Activity]{Total: -1}
	page := none
	found := false
	r := wire.NewReader(body)
	err := r.Object(func(name string) (err error) {
		switch name {
		case "count":
			var n int64
			var ok bool
			if n, ok, err = r.Int(); ok && n >= 0 && n <= math.MaxInt {
				page.Total = int(n)
			}
		case "next":
			page.Next, err = readLink(r)
		case "results":
			found = true
			page.Items, err = readResults(r)
		}
		return err
	})
	if err == nil {
		err = r.End()
	}
	if err == nil && !found {
		err = shape("results", "missing", wire.Array)
	}
	if err != nil {
		return none, err
	}
	return page, nil
}

// readResults takes nothing but an array: null could be any mistake, and must not look like the end of the list.
func readResults(r *wire.Reader) ([]Activity, error) {
	if r.Kind() == wire.Null {
		return nil, shape("results", wire.Null.String(), wire.Array)
	}
	items, err := wire.Records(r, activityCodec)
	for i := range items {
		items[i].adoptProblems()
	}
	return items, err
}

// readLink reads the address of the next page. Null and an empty text are none; anything else but a text is a *wire.ShapeError, since a
// list that ends too early would not be noticed.
func readLink(r *wire.Reader) (string, error) {
	switch kind := r.Kind(); kind {
	case wire.Null:
		return "", r.Skip()
	case wire.String:
		href, _, err := r.Text()
		return href, err
	case wire.Invalid:
		return "", r.Skip() // which says what is wrong
	default:
		return "", shape("next", kind.String(), wire.String)
	}
}

// readActivity reads one activity that stands alone.
func readActivity(body []byte) (Activity, error) {
	r := wire.NewReader(body)
	kind := r.Kind()
	raw, err := r.Value()
	if err == nil {
		err = r.End()
	}
	if err == nil && kind != wire.Object {
		err = shape("body", kind.String(), wire.Object)
	}
	if err != nil {
		return Activity{}, err
	}
	a := activityCodec.Decode(raw)
	a.adoptProblems()
	if a.ID == 0 && len(a.Problems) == 0 {
		return Activity{}, shape("id", "missing", wire.Number)
	}
	return a, nil
}

func shape(where, found string, want wire.Kind) error {
	return &wire.ShapeError{Where: where, Found: found, Want: want.String()}
}

// follow takes the query out of a link. Scheme, host and path come from the service's view of itself, which behind a proxy is not the
// configured address, and are not used.
func (c *Client) follow(href string) (query string, err error) {
	u, err := url.Parse(href)
	if err != nil {
		return "", c.api.Fail("follow link", activity.ErrMalformed, "the link to the next page cannot be parsed")
	}
	params, err := url.ParseQuery(u.RawQuery)
	switch {
	case err != nil:
		return "", c.api.Fail("follow link", activity.ErrMalformed, "the query of the link to the next page cannot be parsed")
	case len(params) == 0:
		return "", c.api.Fail("follow link", activity.ErrMalformed, "the link to the next page has no query")
	case strings.ContainsFunc(u.RawQuery, func(r rune) bool { return r <= ' ' || r >= 0x7f }):
		return transport.Encode(params), nil
	}
	return u.RawQuery, nil
}

// pastEnd tells whether the service says that there is no such page. That happens behind a link if activities vanished after the link
// was made.
func pastEnd(err error) bool {
	e, ok := errors.AsType[*activity.Error](err)
	return ok && e.StatusCode == http.StatusNotFound && errors.Is(e.Kind, activity.ErrNotFound) &&
		strings.EqualFold(strings.TrimRight(e.Message, "."), "invalid page")
}
