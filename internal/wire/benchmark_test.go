package wire_test

import (
	"bytes"
	stdjson "encoding/json"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/internal/wire"
)

// entry has the members of a SnapLogic activity.
type entry struct {
	ID             string             `json:"_id,omitzero"`
	EventType      string             `json:"event_type,omitzero"`
	CreateTime     time.Time          `json:"create_time,omitzero"`
	ByWhom         string             `json:"by_whom,omitzero"`
	OrgLabel       string             `json:"org_label,omitzero"`
	OrgSnodeID     string             `json:"org_snode_id,omitzero"`
	ClassID        string             `json:"class_id,omitzero"`
	ClassVersion   int64              `json:"class_version,omitzero"`
	AssetLabel     string             `json:"asset_label,omitzero"`
	AssetPath      string             `json:"asset_path,omitzero"`
	AssetType      string             `json:"asset_type,omitzero"`
	AssetSnodeID   string             `json:"asset_snode_id,omitzero"`
	DisplayType    string             `json:"display_type,omitzero"`
	ParentType     string             `json:"parent_type,omitzero"`
	ParentPath     string             `json:"parent_path,omitzero"`
	ParentLabel    string             `json:"parent_label,omitzero"`
	ParentSnodeID  string             `json:"parent_snode_id,omitzero"`
	PartitionLabel string             `json:"partition_label,omitzero"`
	PartitionID    string             `json:"partition_snode_id,omitzero"`
	ProjectLabel   string             `json:"project_label,omitzero"`
	ProjectSnodeID string             `json:"project_snode_id,omitzero"`
	Template       string             `json:"template,omitzero"`
	Perm           stdjson.RawMessage `json:"perm,omitzero"`

	Raw      stdjson.RawMessage      `json:"-"`
	Problems []activity.FieldProblem `json:"-"`
}

type plainEntry entry

func newEntryCodec(opts ...wire.CodecOption) *wire.Codec[entry] {
	return wire.NewCodec[entry, plainEntry](opts...)
}

func entryPage(entries int, classVersion string) []byte {
	var page bytes.Buffer
	page.WriteString(`{"response_map":{"total":35007,"offset":0,"limit":1000,"entries":[`)
	for i := range entries {
		if i > 0 {
			page.WriteByte(',')
		}
		fmt.Fprintf(&page, `{"event_type": "asset_create", "parent_type": "Project Space", "org_label": "example", `+
			`"create_time": "2018-07-04T06:57:04.%06d+00:00", "org_snode_id": "5806521b242e3f794b90c16c", `+
			`"project_snode_id": "5b3c6fc056f9a0001f%06d", "asset_label": "Statistics%d", "class_version": %s, `+
			`"parent_path": "/example/projects", "template": "%%(by_whom)s created the %%(display_type)s %%(asset_label)s `+
			`under %%(parent_type)s %%(parent_path)s in organization %%(org_label)s", "partition_label": "projects", `+
			`"project_label": "Statistics%d", "parent_label": "projects", "partition_snode_id": "5806521b242e3f794b90c173", `+
			`"display_type": "Project", "asset_snode_id": "5b3c6fc056f9a0001f%06d", "asset_type": "Dir", `+
			`"asset_path": "/example/projects/Statistics%d", "class_id": "com-snaplogic-auditevent", `+
			`"parent_snode_id": "5806521b242e3f794b90c173", "by_whom": "user%d@example.com", "_id": "5b3c6fc056f9a0001f%06d"}`,
			i, i, i, classVersion, i, i, i, i%50, i)
	}
	page.WriteString(`]},"http_status_code":200}`)
	return page.Bytes()
}

func readEntries(body []byte, codec *wire.Codec[entry]) (entries []entry, err error) {
	r := wire.NewReader(body)
	err = r.Object(func(name string) error {
		if name != "response_map" {
			return nil
		}
		return r.Object(func(name string) error {
			if name != "entries" {
				return nil
			}
			entries, err = wire.Records(r, codec)
			return err
		})
	})
	return entries, errors.Join(err, r.End())
}

// rawEntry keeps its bytes with encoding/json.
type rawEntry entry

func (e *rawEntry) UnmarshalJSON(data []byte) error {
	e.Raw = bytes.Clone(data)
	return stdjson.Unmarshal(data, (*plainEntry)(e))
}

func BenchmarkRecords(b *testing.B) {
	page := entryPage(1000, "1")
	wireOf := func(page []byte, codec *wire.Codec[entry]) func(*testing.B) {
		return func(b *testing.B) {
			b.SetBytes(int64(len(page)))
			b.ReportAllocs()
			for b.Loop() {
				entries, err := readEntries(page, codec)
				require.NoError(b, err)
				require.Len(b, entries, 1000)
			}
		}
	}
	b.Run("wire", wireOf(page, newEntryCodec()))
	b.Run("wire/LooseStrings", wireOf(page, newEntryCodec(wire.LooseStrings())))
	b.Run("wire/odd", wireOf(entryPage(1000, `"1"`), newEntryCodec()))
	b.Run("encoding/json", func(b *testing.B) {
		b.SetBytes(int64(len(page)))
		b.ReportAllocs()
		for b.Loop() {
			var envelope struct {
				ResponseMap struct {
					Entries []rawEntry `json:"entries"`
				} `json:"response_map"`
			}
			require.NoError(b, stdjson.Unmarshal(page, &envelope))
			require.Len(b, envelope.ResponseMap.Entries, 1000)
		}
	})
}
