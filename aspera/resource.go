package aspera

import (
	"cmp"
	"context"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/internal/transport"
)

// Resource is an organization, a user, a node or a workspace whose activity is read. All have the
// same lists. Get one from a [Client], which sends nothing. If its id is empty or cannot be part of
// a path, every read returns [activity.ErrInvalid], and nothing is sent.
type Resource struct {
	api  *transport.Client
	kind string // such as "organization"; its plural is in the path
	id   string
	own  *ownOrganization // looks up the id; nil if id is known
}

// Organization returns the Resource of the organization with this id. The id is a number and not
// the subdomain; [Client.OrganizationID] returns it. For the organization of the credentials, use
// [Client.OwnOrganization].
func (c *Client) Organization(id string) Resource {
	return Resource{api: c.api(), kind: "organization", id: id}
}

// User returns the Resource of the user with this id. For the id of the user in whose name the
// credentials act, see [Client.Self]. The path was seen in working programs; the vendor's page does
// not show it.
func (c *Client) User(id string) Resource { return Resource{api: c.api(), kind: "user", id: id} }

// Node returns the Resource of the transfer node with this id. The path was seen in working
// programs; the vendor's page does not show it.
func (c *Client) Node(id string) Resource { return Resource{api: c.api(), kind: "node", id: id} }

// Workspace returns the Resource of the workspace with this id. The vendor names workspaces among
// the resources. Their path, /workspaces/{id}, is inferred from the others.
func (c *Client) Workspace(id string) Resource {
	return Resource{api: c.api(), kind: "workspace", id: id}
}

// ownPath takes the place of the id in the identity of [Client.OwnOrganization]. No id can spell
// it, since braces in ids are escaped.
const ownPath = "/organizations/{own}/"

// identity returns the path that identifies an endpoint in cursors and checkpoints. The endpoint
// may be a template for values. Requests use the same path, except for OwnOrganization: see
// resolve. Everything that is wrong with the resource or the values is an error here, before
// anything is sent.
func (r Resource) identity(endpoint string, values ...string) (string, error) {
	if r.api == nil {
		return "", &activity.Error{Kind: activity.ErrInvalid,
			Message: "the Resource is the zero value; get one from a client, such as client.OwnOrganization()"}
	}
	if err := r.api.Made(); err != nil {
		return "", err
	}
	if r.own != nil {
		path, err := transport.Path(endpoint, values...)
		return ownPath + path, err
	}
	return transport.Path("/"+r.kind+"s/{"+r.kind+"_id}/"+endpoint, append([]string{r.id}, values...)...)
}

// resolve returns the resource with its id, which it looks up if necessary.
func (r Resource) resolve(ctx context.Context, op string) (Resource, error) {
	if r.own == nil {
		return r, nil
	}
	id, err := r.own.find(ctx, op)
	r.own, r.id = nil, id
	return r, err
}

// path returns the path of an endpoint for a request.
func (r Resource) path(ctx context.Context, op, endpoint string, values ...string) (string, error) {
	if _, err := r.identity(endpoint, values...); err != nil {
		return "", r.reject(op, err)
	}
	r, err := r.resolve(ctx, op)
	if err != nil {
		return "", err
	}
	return r.identity(endpoint, values...)
}

// reject adds the operation to an error that was found before anything was sent.
func (r Resource) reject(op string, err error) error {
	return cmp.Or(r.api, transport.Unmade(vendor)).Reject(op, err)
}
