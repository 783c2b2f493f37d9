package aspera

import (
	"context"
	"errors"
	"net/http"
	"sync"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/internal/transport"
	"github.com/activity-sdk/activity/internal/wire"
)

// OrganizationID returns the id of the organization that the credentials belong to, which
// [Client.Organization] takes. It is not the subdomain. To read the organization's activity, use
// [Client.OwnOrganization], which needs no id.
//
// The request is GET /api/v1/organization on the host of the base URL. It was seen in working
// programs; the vendor's page on the Activity API does not mention it.
func (c *Client) OrganizationID(ctx context.Context) (string, error) {
	return organizationID(ctx, c.api(), "get organization")
}

// organizationPath is on the host of the base URL, and not below its path.
const organizationPath = "/api/v1/organization"

// organizationID requests the id for an operation. Since the id becomes part of paths, one that
// cannot be part of a path, or is a secret of the client, is an error.
func organizationID(ctx context.Context, api *transport.Client, op string) (string, error) {
	var id string
	err := get(ctx, api.AtOrigin(), op, organizationPath, "", func(r *wire.Reader) (err error) {
		if id, err = readID(r); err != nil {
			return err
		}
		if _, err = transport.Path("{id}", id); err != nil || api.Reveals(id) {
			return &activity.Error{Kind: activity.ErrMalformed, Message: "the organization's id cannot be part of a path"}
		}
		return nil
	})
	if err != nil {
		return "", err
	}
	return id, nil
}

// readID returns the member id of an object, which is a number or a string.
func readID(r *wire.Reader) (id string, err error) {
	err = r.Object(func(name string) (err error) {
		if name == "id" {
			id, _, err = r.Text()
		}
		return err
	})
	if err == nil {
		err = r.End()
	}
	if err == nil && id == "" {
		err = &wire.ShapeError{Where: "id", Found: "missing", Want: "a number or a string"}
	}
	if err != nil {
		return "", err
	}
	return id, nil
}

// OwnOrganization returns the Resource of the organization that the credentials belong to. The
// first read looks up its id, with the request of [Client.OrganizationID]. The client keeps the id.
// Making the Resource, or a list or a feed of it, sends nothing.
//
// The lookup is a call of its own, with its own attempts. If it fails, the error has the Op of the
// read, such as "list transfers", and the Path /api/v1/organization. Reads that need the id at the
// same time share one lookup; each waits no longer than its own context allows. After a failure,
// the next read looks up the id again.
//
// Cursors and checkpoints contain the tenant instead of the id: the organization of the
// [JWTConfig], or the name from [activity.WithTenant]. With [Bearer] and without a name, those of
// one organization are accepted for another. The Resource of [Client.Organization] refuses the
// cursors and checkpoints of this one, and this one refuses those of that Resource.
func (c *Client) OwnOrganization() Resource {
	r := Resource{api: c.api(), kind: "organization"}
	if c != nil {
		r.own = c.own
	}
	return r
}

// ownOrganization looks up and keeps the id of the credentials' organization.
type ownOrganization struct {
	api *transport.Client

	mu      sync.Mutex
	id      string  // "" until it is known
	pending *lookup // nil if no lookup is in progress
}

// lookup is a request for the id. Its other fields are set before done is closed.
type lookup struct {
	done   chan struct{}
	id     string
	err    error
	shared bool // whether the outcome holds for the waiting reads too
}

// find returns the id. The first caller looks it up, with its own context, and the others wait. If
// the first one's context ended, or it panicked, another caller makes a new lookup.
func (o *ownOrganization) find(ctx context.Context, op string) (string, error) {
	for {
		o.mu.Lock()
		id, l := o.id, o.pending
		leader := id == "" && l == nil
		if leader {
			l = &lookup{done: make(chan struct{})}
			o.pending = l
		}
		o.mu.Unlock()
		if id != "" {
			return id, nil
		}
		if leader {
			return o.lookUp(ctx, op, l)
		}
		if err := o.api.CheckWait(ctx, op); err != nil {
			return "", err
		}
		select {
		case <-l.done:
			if l.shared && l.err != nil {
				return "", o.api.Reject(op, l.err)
			}
		case <-ctx.Done():
			return "", o.api.Reject(op, &activity.Error{Method: http.MethodGet, Path: organizationPath, Err: ctx.Err()})
		}
	}
}

// lookUp makes the lookup, and wakes the callers that wait for it.
func (o *ownOrganization) lookUp(ctx context.Context, op string, l *lookup) (string, error) {
	defer func() {
		o.mu.Lock()
		o.id, o.pending = l.id, nil
		o.mu.Unlock()
		close(l.done)
	}()
	l.id, l.err = organizationID(ctx, o.api, op)
	l.shared = l.err == nil || !causedBy(ctx, l.err)
	return l.id, l.err
}

// causedBy reports whether the context may have caused the failure: it ended, or its deadline left
// no time for another attempt.
func causedBy(ctx context.Context, err error) bool {
	_, hasDeadline := ctx.Deadline()
	e, ok := errors.AsType[*activity.Error](err)
	return ctx.Err() != nil || hasDeadline && (!ok || e.Temporary())
}
