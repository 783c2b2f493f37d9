package activityreceiver

import (
	"context"
	"fmt"

	"go.opentelemetry.io/collector/component"
	"go.opentelemetry.io/collector/extension/xextension/storage"

	"github.com/activity-sdk/activity"
)

// checkpoints loads and saves the checkpoints of a receiver's sources in the storage.
type checkpoints struct{ client storage.Client }

// openCheckpoints opens the storage. If id is nil, checkpoints are not kept.
func openCheckpoints(ctx context.Context, host component.Host, id *component.ID, receiver component.ID) (*checkpoints, error) {
	if id == nil {
		return &checkpoints{storage.NewNopClient()}, nil
	}
	found, ok := host.GetExtensions()[*id]
	if !ok {
		return nil, fmt.Errorf("storage: there is no extension %q", id)
	}
	extension, ok := found.(storage.Extension)
	if !ok {
		return nil, fmt.Errorf("storage: the extension %q is not a storage", id)
	}
	client, err := extension.GetClient(ctx, component.KindReceiver, receiver, "")
	if err != nil {
		return nil, fmt.Errorf("storage: %w", err)
	}
	return &checkpoints{client}, nil
}

// load returns the checkpoint of a source, zero if there is none.
func (c *checkpoints) load(ctx context.Context, s source) (activity.Checkpoint, error) {
	var checkpoint activity.Checkpoint
	text, err := c.client.Get(ctx, s.key())
	if err != nil {
		return checkpoint, fmt.Errorf("storage: %w", err)
	}
	return checkpoint, checkpoint.UnmarshalText(text)
}

func (c *checkpoints) save(ctx context.Context, s source, checkpoint activity.Checkpoint) error {
	text, err := checkpoint.MarshalText()
	if err != nil {
		return err
	}
	if err := c.client.Set(ctx, s.key(), text); err != nil {
		return fmt.Errorf("storage: %w", err)
	}
	return nil
}

func (c *checkpoints) close(ctx context.Context) error { return c.client.Close(ctx) }
