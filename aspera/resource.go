package aspera

import (
	"cmp"
	"net/url"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/internal/cursor"
	"github.com/activity-sdk/activity/internal/paging"
	"github.com/activity-sdk/activity/internal/transport"
	"github.com/activity-sdk/activity/internal/wire"
)

// Resource is whose activity is read: an organization, a user, a node or a workspace. Each has the
// same lists. It is a small value, made by the methods of [Client]; an id that is empty or cannot
// stand in a path is activity.ErrInvalid when something is read, and nothing is sent.
type Resource struct {
	api  *transport.Client
	noun string // "organization"; the path has its plural
	id   string
}

// Organization is an organization as a whole. Its id is a number, not the subdomain:
// [Client.OrganizationID] finds it.
func (c *Client) Organization(id string) Resource { return Resource{c.api(), "organization", id} }

// User is one user, by id; [Client.Self] finds the caller's own. The vendor's page does not show
// the address; it was seen in working programs.
func (c *Client) User(id string) Resource { return Resource{c.api(), "user", id} }

// Node is one transfer node, by id. The vendor's page does not show the address; it was seen in
// working programs.
func (c *Client) Node(id string) Resource { return Resource{c.api(), "node", id} }

// Workspace is one workspace, by id. That there are workspaces among the resources is what the
// vendor says; that their address is /workspaces/{id} is inferred from the others.
func (c *Client) Workspace(id string) Resource { return Resource{c.api(), "workspace", id} }

// path returns the path of an endpoint of the resource. The endpoint may be a template.
func (r Resource) path(endpoint string, values ...string) (string, error) {
	if r.api == nil {
		return "", &activity.Error{Kind: activity.ErrInvalid,
			Message: "the Resource is the zero value; get one from a client, such as client.Organization(id)"}
	}
	if err := r.api.Made(); err != nil {
		return "", err
	}
	return transport.Path("/"+r.noun+"s/{"+r.noun+"_id}/"+endpoint, append([]string{r.id}, values...)...)
}

// reject names the operation in an error that was found before anything was sent.
func (r Resource) reject(op string, err error) error {
	return cmp.Or(r.api, transport.Unmade(vendor)).Reject(op, err)
}

// endpoint is a list that every resource has.
type endpoint[T record] struct {
	op     string
	path   string // below the resource; may be a template
	decode func(r *wire.Reader) (paging.Linked[T], error)
}

// record is any record of a list.
type record interface {
	fieldProblems() []activity.FieldProblem
}

func problemsOf[T record](r *T) []activity.FieldProblem { return (*r).fieldProblems() }

// query is any query of a list: it returns the parameters to send, checked and copied.
type query interface {
	params() (url.Values, error)
}

// list makes the list of an endpoint. The values fill the endpoint's path.
func list[T record](r Resource, e endpoint[T], q query, values ...string) activity.List[T] {
	path, err := r.path(e.path, values...)
	if err != nil {
		return paging.Refused[T](r.reject(e.op, err))
	}
	params, err := q.params()
	if err != nil {
		return paging.Refused[T](r.reject(e.op, err))
	}
	links := &paging.Links[T]{
		Places:    transport.Places{Client: r.api, Path: path, Params: params, Filters: filters},
		List:      cursor.For(vendor, r.api.Tenant(), e.path, path, withoutPaging(params)),
		Op:        e.op,
		Decode:    e.decode,
		NoContent: []byte(`[]`),
		Problems:  problemsOf[T],
	}
	return activity.NewList(links.Source())
}
