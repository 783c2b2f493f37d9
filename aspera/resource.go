package aspera

import (
	"cmp"
	"context"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/internal/transport"
)

// Resource is whose activity is read: an organization, a user, a node or a workspace. Each has the
// same lists. It is a small value, made by the methods of [Client]; an id that is empty or cannot
// stand in a path is activity.ErrInvalid when something is read, and nothing is sent.
type Resource struct {
	api  *transport.Client
	kind string // "organization"; the path has its plural
	id   string
	own  *ownOrganization // knows the id; nil: id is it
}

// Organization is an organization as a whole. Its id is a number, not the subdomain:
// [Client.OrganizationID] finds it. For the one that the credentials belong to there is
// [Client.OwnOrganization].
func (c *Client) Organization(id string) Resource {
	return Resource{api: c.api(), kind: "organization", id: id}
}

// User is one user, by id; [Client.Self] finds the caller's own. The vendor's page does not show
// the address; it was seen in working programs.
func (c *Client) User(id string) Resource { return Resource{api: c.api(), kind: "user", id: id} }

// Node is one transfer node, by id. The vendor's page does not show the address; it was seen in
// working programs.
func (c *Client) Node(id string) Resource { return Resource{api: c.api(), kind: "node", id: id} }

// Workspace is one workspace, by id. That there are workspaces among the resources is what the
// vendor says; that their address is /workspaces/{id} is inferred from the others.
func (c *Client) Workspace(id string) Resource {
	return Resource{api: c.api(), kind: "workspace", id: id}
}

// ownPath stands in the identity of what belongs to [Client.OwnOrganization]. It is no path of an
// organization, since braces are escaped in an id.
const ownPath = "/organizations/{own}/"

// identity returns the path by which cursors and checkpoints know an endpoint of the resource. The
// endpoint may be a template. The path is also the one to send, except for OwnOrganization: see
// resolve. What is wrong with the resource or the values is found here, before anything is sent.
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

// resolve returns the resource with its id, which may have to be looked up.
func (r Resource) resolve(ctx context.Context, op string) (Resource, error) {
	if r.own == nil {
		return r, nil
	}
	id, err := r.own.find(ctx, op)
	r.own, r.id = nil, id
	return r, err
}

// path returns the path of an endpoint to send, for an operation.
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

// reject names the operation in an error that was found before anything was sent.
func (r Resource) reject(op string, err error) error {
	return cmp.Or(r.api, transport.Unmade(vendor)).Reject(op, err)
}
