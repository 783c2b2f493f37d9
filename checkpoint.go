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

	"github.com/activity-sdk/activity/internal/settings"
)

// Checkpoint is how far a [Feed] was followed. It is a small immutable value; the zero Checkpoint
// is the beginning, which FollowOptions name. Store it as text, as JSON or in a column of a
// database (see Value), which are the same: an object of less than 512 KiB that holds the tenant's
// name, times, hashes of keys and references of unfinished records, but no secret. It belongs to
// its feed, tenant and query. What one release wrote, every later release of the same major version
// reads.
type Checkpoint struct{ state *snapshot }

// MaxCheckpoint bounds a checkpoint's text, in bytes.
const MaxCheckpoint = 512 << 10

// identity distinguishes feeds.
type identity struct {
	Feed   string `json:"feed"`
	Tenant string `json:"tenant,omitzero"`
	Query  string `json:"query"`
}

// differs says why a checkpoint is not one of a feed; "" if it is.
func (i identity) differs(feed identity) string {
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

// snapshot is the progress of a follower at one moment. Nothing in it changes any more.
type snapshot struct {
	identity
	salt             []byte
	watermark, floor time.Time
	settled, recent  []sighting // see progress
	unfinished       []unfinished
}

// written is the form in which checkpoints are stored.
type written struct {
	Version int `json:"v"`
	identity
	Watermark  time.Time `json:"watermark"`
	Floor      time.Time `json:"floor"`
	Salt       []byte    `json:"salt"`
	Seen       []byte    `json:"seen,omitempty"`
	Unfinished []byte    `json:"unfinished,omitempty"`
}

const checkpointVersion = 1

// IsZero reports whether the checkpoint is the beginning.
func (c Checkpoint) IsZero() bool { return c.state == nil }

// Watermark is the time up to which the feed was read; zero at the beginning. What the service
// lists late is still found, as far behind it as the lookback reaches.
func (c Checkpoint) Watermark() time.Time {
	if c.state == nil {
		return time.Time{}
	}
	return c.state.watermark
}

// String names the feed and the watermark. It is not the form to store.
func (c Checkpoint) String() string {
	if c.state == nil {
		return "the beginning"
	}
	return fmt.Sprintf("%s until %s", c.state.Feed, c.state.watermark.Format(time.RFC3339Nano))
}

// LogValue is String, so that logs do not get the whole.
func (c Checkpoint) LogValue() slog.Value { return slog.StringValue(c.String()) }

// MarshalJSON returns an object; null for the beginning.
func (c Checkpoint) MarshalJSON() ([]byte, error) {
	if c.state == nil {
		return []byte("null"), nil
	}
	return c.MarshalText()
}

// MarshalText returns the same object; nothing for the beginning.
func (c Checkpoint) MarshalText() ([]byte, error) {
	if c.state == nil {
		return nil, nil
	}
	s := c.state
	text, err := json.Marshal(written{
		Version:    checkpointVersion,
		identity:   s.identity,
		Watermark:  s.watermark,
		Floor:      s.floor,
		Salt:       s.salt,
		Seen:       packSightings(s.settled, s.recent),
		Unfinished: packUnfinished(s.unfinished),
	}, json.Deterministic(true))
	if err != nil {
		return nil, checkpointError("the checkpoint cannot be written")
	}
	return text, nil
}

// UnmarshalJSON reads what MarshalJSON or MarshalText returns. Anything else is
// [ErrCheckpointMismatch].
func (c *Checkpoint) UnmarshalJSON(data []byte) error { return c.UnmarshalText(data) }

// UnmarshalText reads what MarshalText or MarshalJSON returns; white space around it does not
// matter. Anything else is [ErrCheckpointMismatch].
//
// An empty text is the beginning, and so is a file that a crash left empty: replace a file in one
// step, by writing another beside it, syncing that, and renaming it.
func (c *Checkpoint) UnmarshalText(text []byte) error {
	if len(text) > MaxCheckpoint {
		return checkpointError("the checkpoint is longer than any that this SDK writes")
	}
	if text = bytes.TrimSpace(text); len(text) == 0 || string(text) == "null" {
		*c = Checkpoint{}
		return nil
	}
	var w written
	if json.Unmarshal(text, &w, json.RejectUnknownMembers(true)) != nil {
		return checkpointError("the checkpoint is damaged, or one of a newer major version")
	}
	seen, seenOK := unpackSightings(w.Seen)
	open, openOK := unpackUnfinished(w.Unfinished)
	if w.Version != checkpointVersion || w.Feed == "" || !settings.IsTenant(w.Tenant) || len(w.Salt) != saltSize || w.Floor.IsZero() ||
		w.Floor.After(w.Watermark) || !seenOK || !openOK {
		return checkpointError("the checkpoint is damaged, or one of a newer major version")
	}
	c.state = &snapshot{
		identity:   w.identity,
		salt:       w.Salt,
		watermark:  w.Watermark.UTC(),
		floor:      w.Floor.UTC(),
		recent:     seen,
		unfinished: open,
	}
	return nil
}

// Value returns the text that MarshalText returns, as a string; nil, which is NULL, for the
// beginning. It makes a Checkpoint an argument of a query of database/sql, for a column of text or
// JSON that allows NULL.
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

// Scan reads a column that Value was stored in: a string or []byte, as UnmarshalText does, or nil,
// which is the beginning. src is not kept. Anything else is [ErrCheckpointMismatch].
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
