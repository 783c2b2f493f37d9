package aspera

import (
	"context"
	"encoding/json"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/internal/wire"
)

// Self is the user in whose name the credentials act.
type Self struct {
	ID             string `json:"id,omitzero"`              // for [Client.User]
	OrganizationID string `json:"organization_id,omitzero"` // for [Client.Organization]

	Raw      json.RawMessage         `json:"-"` // the response as sent
	Problems []activity.FieldProblem `json:"-"` // members that did not fit their field
}

type plainSelf Self

var selfCodec = wire.NewCodec[Self, plainSelf](wire.LooseStrings())

// Self returns the user in whose name the credentials act. The request is GET /api/v1/self on the
// host of the base URL. Like that of [Client.OrganizationID], it was seen in working programs and
// is not on the vendor's page.
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

// MarshalJSON returns Raw, with the members of changed fields replaced.
func (s Self) MarshalJSON() ([]byte, error) { return selfCodec.Marshal(&s) }

// UnmarshalJSON fills the fields, Raw and Problems.
func (s *Self) UnmarshalJSON(data []byte) error { return selfCodec.Unmarshal(data, s) }
