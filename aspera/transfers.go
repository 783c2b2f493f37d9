package aspera

import (
	"context"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/internal/wire"
)

var transfers = endpoint[Transfer]{op: "list transfers", path: "transfers", decode: pageDecoder("transfers", transferCodec)}

// Transfers lists the resource's transfers: GET …/transfers. This is the vendor's answer to "is
// someone using an excessive amount of bandwidth?".
//
// Page.Total counts the whole query (probe: aspera.total). The service does not promise an order by
// time (probe: aspera.order). One UUID may come twice, once sent and once received, and a transfer
// that changes is the same one with a later UpdatedAt: what identifies a state of a transfer is
// UUID, Direction, SessionStart and UpdatedAt.
func (r Resource) Transfers(q TransferQuery) activity.List[Transfer] {
	return list(r, transfers, q)
}

const getTransfer = "get transfer"

// Transfer reads one transfer by the UUID of its session: GET …/transfers/{uuid}. One that the
// service does not know is activity.ErrNotFound (probe: aspera.errors). That the answer is the
// transfer hasUUID is not documented (probe: aspera.transfer); one that is wrapped in another object
// or in an array is read as well, and of several the first counts.
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

// firstWithUUID returns the first object that has a uuid, of the next value and those within it.
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
