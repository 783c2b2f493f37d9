package aspera

import (
	"context"
	"encoding/json"

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

// Self is the user in whose name the credentials act.
type Self struct {
	ID             string `json:"id,omitzero"`              // what [Client.User] takes
	OrganizationID string `json:"organization_id,omitzero"` // what [Client.Organization] takes

	Raw      json.RawMessage         `json:"-"` // the answer as sent, with all that the service says of the user
	Problems []activity.FieldProblem `json:"-"` // members that did not fit
}

type plainSelf Self

var selfCodec = wire.NewCodec[Self, plainSelf](wire.LooseStrings())

// Self asks the service in whose name the credentials act: GET /api/v1/self on the host of the base
// URL. Like the address of [Client.OrganizationID], it was seen in working programs and is not on
// the vendor's page.
func (c *Client) Self(ctx context.Context) (Self, error) {
	var self Self
	err := get(ctx, c.api().AtOrigin(), "get self", "/api/v1/self", "", func(r *wire.Reader) error {
		_, err := readID(r)
		if err == nil {
			self, err = wire.Record(r.Within(r.Body()), selfCodec)
		}
		return err
	})
	return self, err
}

// MarshalJSON returns Raw with the members replaced whose fields were changed.
func (s Self) MarshalJSON() ([]byte, error) { return selfCodec.Marshal(&s) }

// UnmarshalJSON fills the fields, Raw and Problems.
func (s *Self) UnmarshalJSON(data []byte) error { return selfCodec.Unmarshal(data, s) }
