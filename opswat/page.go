package opswat

import (
	"context"
	"net/http"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/internal/cursor"
	"github.com/activity-sdk/activity/internal/transport"
	"github.com/activity-sdk/activity/internal/wire"
)

// page requests the page at a position. It is the last page if it has no rows. A short page may be
// followed by others (probe: opswat.short): the service could count rows that it does not show.
func (l *activityList) page(ctx context.Context, at position) (activity.Page[Activity], error) {
	page := activity.Page[Activity]{Total: -1}
	request := l.request
	if !l.ageSince.IsZero() { // age counts back from each request, so it grows while the list is read
		request.Age = max(ceilHours(l.clock.now().Sub(l.ageSince)), 0) + 1
	}
	var items []Activity
	answer, err := l.api.Do(ctx, transport.Call{
		Op:          opListActivities,
		Method:      http.MethodPost,
		Path:        activitiesPath,
		Body:        request.encode(at),
		ContentType: "application/json",
		Read:        true, // a POST that changes nothing
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
		l.clock.note(page.Date)
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

// readActivities reads a page, which is an array of activities. null is an error here, although
// wire.Records reads it as an empty array.
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
