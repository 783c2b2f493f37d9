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

const volumeUsage = "volume_usage"

// VolumeUsage returns how many bytes were uploaded and downloaded, from GET …/volume_usage. This is
// the vendor's answer to "which workspaces transfer the most data?".
func (r Resource) VolumeUsage(ctx context.Context, q VolumeQuery) (VolumeReport, error) {
	const op = "get volume usage"
	params, err := q.params()
	if err != nil {
		return VolumeReport{}, r.reject(op, err)
	}
	path, err := r.path(ctx, op, volumeUsage)
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

// VolumeReport is the response to a [VolumeQuery]. The vendor documents it as a list of bytes
// uploaded and downloaded, without its form (probe: aspera.shapes). Volumes has the elements of the
// list volume_usage, or of the only list. A response without a list is a single Volume, if it has
// any member of one; otherwise, it is [activity.ErrMalformed].
type VolumeReport struct {
	Volumes []Volume        `json:"volume_usage"`
	Raw     json.RawMessage `json:"-"` // the response as sent
}

// Volume is the traffic of a workspace, a node, or whatever else the service breaks the sum down
// by. The names of its members are not known (probe: aspera.shapes). The fields are guesses; Raw
// has what the service sent. Another API of the service says in and out instead of uploaded and
// downloaded (IBM Aspera on Cloud API 0.2.6).
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
			return wire.Kept{Raw: &r.Raw, Problems: new([]activity.FieldProblem)} // each volume has its own
		},
	)
)

// decodeVolumes reads a list of volumes, or else the whole body as one volume. An object without
// any member of a volume is an error: nobody would notice that its bytes are zero.
func decodeVolumes(r *wire.Reader) ([]Volume, error) {
	volumes, _, noList := readPage(r, volumeUsage, volumeCodec)
	if noList == nil {
		return volumes, nil
	}
	if _, wrongShape := errors.AsType[*wire.ShapeError](noList); !wrongShape {
		return nil, noList
	}
	r = r.Restart()
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
	case !hasMember(whole.Raw, volumeCodec.HasField):
		return nil, noList
	}
	return []Volume{whole}, nil
}

// MarshalJSON returns Raw, compacted, with the list replaced if Volumes was changed. If Raw has no
// list volume_usage, or there is no Raw, changed volumes are written as an object with that list
// alone.
func (r VolumeReport) MarshalJSON() ([]byte, error) {
	var sent VolumeReport
	sent.Volumes, _ = decodeVolumes(wire.NewReader(r.Raw)) // which fails for a Raw that the user set
	if !reflect.DeepEqual(sent.Volumes, r.Volumes) && !hasMember(r.Raw, func(name string) bool { return name == volumeUsage }) {
		r.Raw = nil
	}
	return volumeReportCodec.MarshalSince(&r, &sent)
}

// hasMember reports whether raw is an object with a member whose name is wanted.
func hasMember(raw []byte, wanted func(name string) bool) (found bool) {
	_ = wire.NewReader(raw).Object(func(name string) error { // which fails if it is not an object
		found = found || wanted(name)
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

// MarshalJSON returns Raw, with the members of changed fields replaced.
func (v Volume) MarshalJSON() ([]byte, error) { return volumeCodec.Marshal(&v) }

// UnmarshalJSON fills the fields, Raw and Problems.
func (v *Volume) UnmarshalJSON(data []byte) error { return volumeCodec.Unmarshal(data, v) }
