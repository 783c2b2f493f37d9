package activity

import (
	"bytes"
	"crypto/sha256"
	"database/sql/driver"
	"encoding/base64"
	"fmt"
	"log/slog"
	"time"

	"github.com/go-json-experiment/json"

	"github.com/activity-sdk/activity/internal/seenkeys"
	"github.com/activity-sdk/activity/internal/settings"
	"github.com/activity-sdk/activity/internal/unfinished"
)

// Checkpoint is how far a [Feed] was read. It is a small immutable value; the zero Checkpoint is
// the beginning, which FollowOptions.Since names.
//
// Store it as JSON, as text or in a column of a database (see [Checkpoint.Value]): all three are
// the same JSON object, of at most [MaxCheckpoint] bytes. It holds the tenant's name, times, hashes
// of keys and references to unfinished records, and no secret. It fits only the feed, tenant and
// query that it was made for. Every later release of the same major version can read it.
type Checkpoint struct{ state *snapshot }

// MaxCheckpoint bounds a checkpoint's text, in bytes.
const MaxCheckpoint = 512 << 10

// packedSize is how many bytes seen keys and unfinished records take together in a checkpoint,
// before base64 makes them a third longer.
const packedSize = 384_000

// identity distinguishes feeds.
type identity struct {
	Feed   string `json:"feed"`
	Tenant string `json:"tenant,omitzero"`
	Query  string `json:"query"`
}

// mismatch returns why a checkpoint does not fit a feed; "" if it does.
func (i identity) mismatch(feed identity) string {
	switch {
	case i == feed:
		return ""
	case i.Feed != feed.Feed:
		return fmt.Sprintf("the checkpoint was made by the feed %.60q, and this is %.60q", i.Feed, feed.Feed)
	case i.Tenant != feed.Tenant:
		return fmt.Sprintf("the checkpoint was made for tenant %q, and this feed reads tenant %q", i.Tenant, feed.Tenant) +
			settings.OfAnotherTenant(i.Tenant)
	}
	return "the checkpoint was made for another query"
}

func fingerprint(query string) string {
	sum := sha256.Sum256([]byte(query))
	return base64.RawURLEncoding.EncodeToString(sum[:12])
}

// progress is what a follower knows of what it delivered. A checkpoint has a snapshot of it.
type progress struct {
	identity
	watermark  time.Time
	seen       *seenkeys.Set
	unfinished *unfinished.Queue
}

// snapshot is the progress of a follower at one moment. Nothing in it changes any more.
type snapshot struct {
	identity
	watermark  time.Time
	seen       seenkeys.Snapshot
	unfinished []unfinished.Record
}

func newProgress(id identity, since time.Time) progress {
	since = since.Round(0).UTC()
	return progress{identity: id, watermark: since, seen: seenkeys.New(since), unfinished: unfinished.NewQueue(nil)}
}

// resume returns the progress to go on with where the snapshot was taken.
func (s *snapshot) resume() progress {
	return progress{identity: s.identity, watermark: s.watermark, seen: s.seen.Resume(), unfinished: unfinished.NewQueue(s.unfinished)}
}

func (p *progress) checkpoint() Checkpoint {
	return Checkpoint{&snapshot{identity: p.identity, watermark: p.watermark, seen: p.seen.Snapshot(), unfinished: p.unfinished.Records()}}
}

// shrink keeps the checkpoint within its size. It reports whether keys were forgotten for that.
func (p *progress) shrink() bool {
	return p.seen.Shrink(packedSize-p.unfinished.Size(), p.watermark)
}

// stored is the form in which checkpoints are stored.
type stored struct {
	Version int `json:"v"`
	identity
	Watermark  time.Time `json:"watermark"`
	Floor      time.Time `json:"floor"`
	Forgotten  time.Time `json:"forgotten,omitzero"`
	Salt       []byte    `json:"salt"`
	Seen       []byte    `json:"seen,omitempty"`
	Unfinished []byte    `json:"unfinished,omitempty"`
}

const checkpointVersion = 1

// IsZero reports whether the checkpoint is the beginning.
func (c Checkpoint) IsZero() bool { return c.state == nil }

// Watermark returns the time up to which the feed was read; zero at the beginning. Records that the
// service lists later than that, under earlier times, are still found as far back as
// FollowOptions.Lookback reaches.
func (c Checkpoint) Watermark() time.Time {
	if c.state == nil {
		return time.Time{}
	}
	return c.state.watermark
}

// String returns the feed's name and the watermark, for people. It is not the form to store.
func (c Checkpoint) String() string {
	if c.state == nil {
		return "the beginning"
	}
	return fmt.Sprintf("%s until %s", c.state.Feed, c.state.watermark.Format(time.RFC3339Nano))
}

// LogValue returns what String does, so that logs do not hold the whole checkpoint.
func (c Checkpoint) LogValue() slog.Value { return slog.StringValue(c.String()) }

// MarshalJSON returns an object; null at the beginning.
func (c Checkpoint) MarshalJSON() ([]byte, error) {
	if c.state == nil {
		return []byte("null"), nil
	}
	return c.MarshalText()
}

// MarshalText returns the object that MarshalJSON does; an empty text at the beginning.
func (c Checkpoint) MarshalText() ([]byte, error) {
	if c.state == nil {
		return nil, nil
	}
	s := c.state
	text, err := json.Marshal(stored{
		Version:    checkpointVersion,
		identity:   s.identity,
		Watermark:  s.watermark,
		Floor:      s.seen.Floor(),
		Forgotten:  s.seen.Forgotten(),
		Salt:       s.seen.Salt(),
		Seen:       s.seen.Pack(),
		Unfinished: unfinished.Pack(s.unfinished),
	}, json.Deterministic(true))
	if err != nil {
		return nil, checkpointError("the checkpoint cannot be written")
	}
	return text, nil
}

// UnmarshalJSON reads what MarshalJSON or MarshalText returns. Anything else is
// [ErrCheckpointMismatch].
func (c *Checkpoint) UnmarshalJSON(data []byte) error { return c.UnmarshalText(data) }

// UnmarshalText reads what MarshalText or MarshalJSON returns, with white space around it or not.
// Anything else is [ErrCheckpointMismatch].
//
// An empty text is the beginning. So is a file that a crash left empty, and the next run begins at
// FollowOptions.Since again. Replace a checkpoint file atomically: write another file beside it,
// sync it, and rename it.
func (c *Checkpoint) UnmarshalText(text []byte) error {
	if len(text) > MaxCheckpoint {
		return checkpointError("the checkpoint is longer than any that this SDK writes")
	}
	if text = bytes.TrimSpace(text); len(text) == 0 || string(text) == "null" {
		*c = Checkpoint{}
		return nil
	}
	var in stored
	if json.Unmarshal(text, &in, json.RejectUnknownMembers(true)) != nil {
		return checkpointError(damagedCheckpoint)
	}
	seen, seenOK := seenkeys.Unpack(in.Salt, in.Floor, in.Forgotten, in.Seen)
	open, openOK := unfinished.Unpack(in.Unfinished)
	if in.Version != checkpointVersion || in.Feed == "" || !settings.IsTenant(in.Tenant) || in.Floor.After(in.Watermark) || !seenOK || !openOK {
		return checkpointError(damagedCheckpoint)
	}
	c.state = &snapshot{identity: in.identity, watermark: in.Watermark.UTC(), seen: seen, unfinished: open}
	return nil
}

const damagedCheckpoint = "the checkpoint is damaged, or was written by a newer major version"

// Value returns what MarshalText does, as a string; nil, which is NULL, at the beginning. It makes
// a Checkpoint an argument of a database/sql query, for a column of text or JSON that allows NULL.
func (c Checkpoint) Value() (driver.Value, error) {
	if c.state == nil {
		return nil, nil //nolint:nilnil // which is NULL
	}
	text, err := c.MarshalText()
	if err != nil {
		return nil, err
	}
	return string(text), nil
}

// Scan reads a column in which Value was stored: a string or []byte, as UnmarshalText does, or nil,
// which is the beginning. It does not keep src. Anything else is [ErrCheckpointMismatch].
func (c *Checkpoint) Scan(src any) error {
	switch src := src.(type) {
	case nil:
		return c.UnmarshalText(nil)
	case string:
		return c.UnmarshalText([]byte(src))
	case []byte:
		return c.UnmarshalText(src)
	}
	return checkpointError(fmt.Sprintf("the column is read as %T, and a checkpoint is stored as text", src))
}

func checkpointError(message string) error {
	return &Error{Op: "read checkpoint", Kind: ErrCheckpointMismatch, Message: message}
}
