package opswat

import "github.com/activity-sdk/activity/internal/wire"

// readActivities reads a page: a bare array of records. null is not one, though package wire would take it for none.
func readActivities(body []byte, codec *wire.Codec[Activity]) ([]Activity, error) {
	r := wire.NewReader(body)
	if r.Kind() == wire.Null {
		return nil, &wire.ShapeError{Where: "body", Found: wire.Null.String(), Want: wire.Array.String()}
	}
	records, err := wire.Records(r, codec)
	if err == nil {
		err = r.End()
	}
	return records, err
}
