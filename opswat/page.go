package opswat

import (
	"context"
	"crypto/sha256"
	"net/http"
	"time"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/internal/cursor"
	"github.com/activity-sdk/activity/internal/transport"
	"github.com/activity-sdk/activity/internal/wire"
)

// position is a place in a list, as a cursor stores it: a page by its number, which means something
// only together with the size, and with the end of a list that reaches to the present. Another end
// would put other activities in front of the page, or fewer, and some could be skipped.
type position struct {
	Page int64  `json:"n"`
	Size int    `json:"s"`
	End  string `json:"e,omitzero"` // as it is sent; "": the request says, or there is none
}

// maxPage bounds what a cursor from outside may ask for.
const maxPage = 1 << 40

// locate returns the position in a cursor.
func (l *activityList) locate(at activity.Cursor) (position, error) {
	if at == "" {
		p := position{Page: 1, Size: l.size}
		if !l.openSince.IsZero() {
			p.End, _ = openEnd(l.openSince)
		}
		return p, nil
	}
	p, err := cursor.Position[position](l.cursors, at)
	if err == nil && (p.Page < 1 || p.Page > maxPage || p.Size < 1 || p.Size > maxPageSize || !l.mayEnd(p.End)) {
		err = l.cursors.Mismatch()
	}
	return p, err
}

// mayEnd reports whether the end in a cursor is one that the list could have.
func (l *activityList) mayEnd(end string) bool {
	if l.openSince.IsZero() {
		return end == ""
	}
	at, err := time.Parse(dateLayout, end)
	return err == nil && at.After(l.openSince)
}

// page reads the page at a position. It is the last one if it has no rows. One with fewer rows than
// were asked for may be followed by others (probe: opswat.short): the service could count rows that
// it does not show.
func (l *activityList) page(ctx context.Context, at position) (activity.Page[Activity], error) {
	page := activity.Page[Activity]{Total: -1}
	request := l.request
	if !l.since.IsZero() { // anew for each page: time goes on, and the end of the list with it
		request.Age = max(wholeHours(l.clock.now().Sub(l.since)), 0) + 1
	}
	var items []Activity
	answer, err := l.api.Do(ctx, transport.Call{
		Op:          opListActivities,
		Method:      http.MethodPost,
		Path:        activitiesPath,
		Body:        request.encode(at),
		ContentType: "application/json",
		Read:        true, // it is a POST that changes nothing
		EndStatus:   http.StatusRequestEntityTooLarge,
		NoContent:   []byte(`[]`),
		Decode: func(r *wire.Reader) (err error) {
			items, err = readActivities(r, l.codec)
			return err
		},
	})
	if err != nil {
		return page, err
	}
	page.Date = answer.Date()
	if l.clock != nil {
		l.clock.learn(page.Date)
	}
	if answer.StatusCode == http.StatusRequestEntityTooLarge {
		return page, nil
	}
	page.Items, page.Raw = items, answer.Body
	if len(items) > 0 {
		at.Page++
		page.Next, err = cursor.At(l.cursors, at)
	}
	return page, err
}

// readActivities reads a page: a bare array of records. null is not one, though package wire would
// take it for none.
func readActivities(r *wire.Reader, codec *wire.Codec[Activity]) ([]Activity, error) {
	if r.Kind() == wire.Null {
		return nil, &wire.ShapeError{Where: "body", Found: wire.Null.String(), Want: wire.Array.String()}
	}
	records, err := wire.Records(r, codec)
	if err == nil {
		err = r.End()
	}
	return records, err
}

// circle watches one walk for a service that answers every page number with the same rows, which
// would never end. The same page twice proves nothing: as many new rows as a page has room for may
// have come between two requests, and rows without an id can be alike. Many such pages in a row do.
type circle struct {
	last     [sha256.Size]byte // of the last page's body
	repeated int               // how many rows had to come between the requests since
}

const maxRepeated = 500

// check reports a walk in circles as an error.
func (c *circle) check(l *activityList, at position, page activity.Page[Activity]) error {
	if page.Next == "" {
		return nil
	}
	if sum := sha256.Sum256(page.Raw); sum == c.last {
		c.repeated += at.Size
	} else {
		c.last, c.repeated = sum, 0
	}
	if c.repeated < maxRepeated {
		return nil
	}
	return l.api.Fail(opListActivities, activity.ErrCursorLoop, "the service answers every page number with the same rows")
}
