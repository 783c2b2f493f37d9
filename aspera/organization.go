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

// OrganizationID asks the service for the id of the organization that the credentials belong to,
// which is what [Client.Organization] takes; the organization's subdomain is something else. To
// read the organization's activity, use [Client.OwnOrganization], which needs no id.
//
// The request is GET /api/v1/organization on the host of the base URL, beside the Activity API. It
// was seen in working programs; the vendor's page on the Activity API does not mention it.
func (c *Client) OrganizationID(ctx context.Context) (string, error) {
	return organizationID(ctx, c.api(), "get organization")
}

// organizationPath is beside the base, not below it.
const organizationPath = "/api/v1/organization"

// organizationID asks for the id on behalf of an operation. The id becomes a part of paths, so one
// that cannot stand there, and one that is a secret of the client's, are not taken.
func organizationID(ctx context.Context, api *transport.Client, op string) (string, error) {
	var id string
	err := get(ctx, api.AtOrigin(), op, organizationPath, "", func(r *wire.Reader) (err error) {
		if id, err = readID(r); err != nil {
			return err
		}
		if _, err = transport.Path("{id}", id); err != nil || api.Reveals(id) {
			return &activity.Error{Kind: activity.ErrMalformed, Message: "the organization's id cannot stand in a path"}
		}
		return nil
	})
	if err != nil {
		return "", err
	}
	return id, nil
}

// readID reads the member id of an object, which is a number or a string.
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

// OwnOrganization is the organization that the credentials belong to, as a whole. Its id is looked
// up when something is first read, with the request of [Client.OrganizationID], and kept for as
// long as the client: all that OwnOrganization returns share it. Making a Resource, a list or a
// feed sends nothing.
//
// The lookup is a call of its own, with attempts of its own. It goes by the name of the operation
// that needs it: its errors have that Op, such as "list transfers", and the Path
// /api/v1/organization. Reads that need the id at the same time wait for one lookup, each for as
// long as its own context allows, and share its outcome. A lookup that failed is made again at the
// next read.
//
// Cursors and checkpoints do not depend on the id, but on the tenant: the organization of the
// [JWTConfig], or the name from activity.WithTenant. With [Bearer] and without a name, nothing
// keeps those of two organizations apart. Those of [Client.Organization] are not accepted here, nor
// the other way round.
func (c *Client) OwnOrganization() Resource {
	r := Resource{api: c.api(), kind: "organization"}
	if c != nil {
		r.own = c.own
	}
	return r
}

// ownOrganization is the organization of a client's credentials.
type ownOrganization struct {
	api *transport.Client

	mu      sync.Mutex
	id      string  // "": not known yet
	pending *lookup // nil: none is under way
}

// lookup is a request for the id. All but done is written before done is closed.
type lookup struct {
	done   chan struct{}
	id     string
	err    error
	shared bool // for those who wait, too
}

// find returns the id. The first of those who need it looks it up, with its own context. If that
// context, or a panic, is what the lookup ended with, another of those who wait begins anew.
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

// lookUp makes a lookup, and tells those who wait for it.
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

// dueTo reports whether a failure may be due to the context: it ended, or left no time for another
// attempt.
func causedBy(ctx context.Context, err error) bool {
	_, hasDeadline := ctx.Deadline()
	e, ok := errors.AsType[*activity.Error](err)
	return ctx.Err() != nil || hasDeadline && (!ok || e.Temporary())
}
