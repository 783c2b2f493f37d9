package aspera

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"reflect"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/internal/transport"
	"github.com/activity-sdk/activity/internal/wire"
)

// VolumeUsage reads the number of bytes that were uploaded and downloaded: GET …/volume_usage. This
// is the vendor's answer to "which workspaces transfer the most data?".
func (r Resource) VolumeUsage(ctx context.Context, q VolumeQuery) (VolumeReport, error) {
	const op = "get volume usage"
	params, err := q.params()
	if err != nil {
		return VolumeReport{}, r.reject(op, err)
	}
	path, err := r.path(ctx, op, "volume_usage")
	if err != nil {
		return VolumeReport{}, err
	}
	var report VolumeReport
	err = get(ctx, r.api, op, path, transport.Encode(params), func(r *wire.Reader) error {
		volumes, err := decodeVolumes(r)
		if err != nil {
			return err
		}
		report = VolumeReport{Volumes: volumes, Raw: r.Body()}
		return nil
	})
	return report, err
}

// VolumeReport is the answer to a [VolumeQuery]. What it looks like is documented as a list of
// bytes uploaded and downloaded, and no further (probe: aspera.shapes): Volumes has the elements of
// the list under volume_usage, or of the one list that there is; an answer without such a list is
// one Volume as a whole. Raw has all of it.
type VolumeReport struct {
	Volumes []Volume        `json:"volume_usage"`
	Raw     json.RawMessage `json:"-"` // the answer as sent
}

// Volume is how much a workspace, a node or whatever the service breaks the sum down to has moved.
// How the service spells its members is not known (probe: aspera.shapes): the fields below are
// guesses, and Raw has whatever was sent. A sibling API of the service says in and out instead of
// uploaded and downloaded (IBM Aspera on Cloud API 0.2.6).
type Volume struct {
	ID              string `json:"id,omitzero"`
	Name            string `json:"name,omitzero"`
	BytesUploaded   int64  `json:"bytes_uploaded,omitzero"`
	BytesDownloaded int64  `json:"bytes_downloaded,omitzero"`

	Raw      json.RawMessage         `json:"-"` // the volume as sent
	Problems []activity.FieldProblem `json:"-"` // members that did not fit their field
}

type (
	plainVolume       Volume
	plainVolumeReport VolumeReport
)

var (
	volumeCodec       = wire.NewCodec[Volume, plainVolume](wire.LooseStrings())
	volumeReportCodec = wire.CodecOf(
		func(r *VolumeReport) any { return (*plainVolumeReport)(r) },
		func(r *VolumeReport) wire.Kept {
			return wire.Kept{Raw: &r.Raw, Problems: new([]activity.FieldProblem)} // those of its volumes say more
		},
	)
)

// decodeVolumes reads a page that has no next one, or what else there is.
func decodeVolumes(r *wire.Reader) ([]Volume, error) {
	volumes, _, err := readPage(r, "volume_usage", volumeCodec)
	if err == nil {
		return volumes, nil
	}
	if _, misshapen := errors.AsType[*wire.ShapeError](err); !misshapen {
		return nil, err
	}
	r = r.Within(r.Body())
	kind := r.Kind()
	whole, err := wire.Record(r, volumeCodec)
	if err == nil {
		err = r.End()
	}
	switch {
	case err != nil:
		return nil, err
	case kind != wire.Object:
		return nil, shapeError("body", kind.String(), "an object or an array")
	}
	return []Volume{whole}, nil
}

// MarshalJSON returns Raw, compacted, with the list replaced if Volumes were changed, or an object
// with the list of volumes if there is no Raw. Changed volumes of a Raw that has no list under
// volume_usage stand in such an object, too.
func (r VolumeReport) MarshalJSON() ([]byte, error) {
	var sent VolumeReport
	sent.Volumes, _ = decodeVolumes(wire.NewReader(r.Raw)) // Raw may be of the user's own
	if !reflect.DeepEqual(sent.Volumes, r.Volumes) && !hasVolumeUsage(r.Raw) {
		r.Raw = nil
	}
	return volumeReportCodec.MarshalSince(&r, &sent)
}

func hasVolumeUsage(raw []byte) (found bool) {
	_ = wire.NewReader(raw).Object(func(name string) error { // what is no object has none
		found = found || name == "volume_usage"
		return nil
	})
	return found
}

// UnmarshalJSON fills Volumes and Raw.
func (r *VolumeReport) UnmarshalJSON(data []byte) error {
	raw := json.RawMessage(bytes.Clone(data))
	volumes, err := decodeVolumes(wire.NewReader(raw))
	if err == nil {
		*r = VolumeReport{Volumes: volumes, Raw: raw}
	}
	return err
}

// Detach returns a copy with a Raw of its own.
func (v Volume) Detach() Volume { v.Raw = bytes.Clone(v.Raw); return v }

// MarshalJSON returns Raw with the members replaced whose fields were changed.
func (v Volume) MarshalJSON() ([]byte, error) { return volumeCodec.Marshal(&v) }

// UnmarshalJSON fills the fields, Raw and Problems.
func (v *Volume) UnmarshalJSON(data []byte) error { return volumeCodec.Unmarshal(data, v) }
