package aspera

import (
	"context"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/internal/wire"
)

var transfers = endpoint[Transfer]{op: "list transfers", path: "transfers", decode: pageDecoder("transfers", transferCodec)}

// Transfers returns the list of the resource's transfers, from GET …/transfers. This is the
// vendor's answer to "is someone using an excessive amount of bandwidth?".
//
// Page.Total is most likely the number of transfers on all pages (probe: aspera.total). The order
// is not documented (probe: aspera.order). A UUID may come twice: see [Transfer].
func (r Resource) Transfers(q TransferQuery) activity.List[Transfer] {
	return list(r, transfers, q)
}

const getTransfer = "get transfer"

// Transfer reads one side of the session with this UUID, from GET …/transfers/{uuid}. Which side
// that is, if there are two, is not documented. If the service does not know the UUID, the error is
// most likely [activity.ErrNotFound] (probe: aspera.errors).
//
// That the response is the transfer itself is not documented (probe: aspera.transfer). A transfer
// inside an object or array (the first, if there are several) is read too.
func (r Resource) Transfer(ctx context.Context, uuid string) (Transfer, error) {
	path, err := r.path(ctx, getTransfer, "transfers/{uuid}", uuid)
	if err != nil {
		return Transfer{}, err
	}
	var found Transfer
	err = get(ctx, r.api, getTransfer, path, "", func(r *wire.Reader) error {
		raw, err := findTransfer(r)
		if err == nil {
			found, err = wire.Record(r.Within(raw), transferCodec)
		}
		return err
	})
	return found, err
}

// findTransfer returns the first object in the body that has a uuid.
func findTransfer(r *wire.Reader) ([]byte, error) {
	const wrappers = 3 // an object around an array around the transfer
	found, err := firstWithUUID(r, wrappers)
	if err == nil {
		err = r.End()
	}
	if err == nil && found == nil {
		err = shapeError("uuid", "missing", "a string")
	}
	if err != nil {
		return nil, err
	}
	return found, nil
}

// firstWithUUID returns the first object with a uuid among the next value and the values in it.
func firstWithUUID(r *wire.Reader, depth int) (found []byte, err error) {
	search := func() error {
		kind := r.Kind()
		value, err := r.Value()
		if err == nil && found == nil && depth > 1 && (kind == wire.Object || kind == wire.Array) {
			found, err = firstWithUUID(r.Within(value), depth-1)
		}
		return err
	}
	switch r.Kind() {
	case wire.Object:
		hasUUID := false
		err = r.Object(func(name string) error {
			if hasUUID = hasUUID || name == "uuid"; hasUUID {
				return nil
			}
			return search()
		})
		if hasUUID {
			found = r.Body()
		}
	case wire.Array:
		err = r.Array(search)
	default:
		err = r.Skip()
	}
	return found, err
}
