package sqlite_test

import (
	"context"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// What is stored can be read while another feed's writer waits.
func TestCheckpointsWhileAWriterWaits(t *testing.T) {
	path := filepath.Join(t.TempDir(), "activity.db")
	sink := open(t, path)
	writer := hold(t, sink, feed)
	require.NoError(t, writer.Store(t.Context(), nil, checkpoint(t, 1)))
	execute(t, path, "CREATE TRIGGER hook AFTER INSERT ON records BEGIN SELECT called_by_test(new.key); END")
	waiting, goOn := make(chan bool), make(chan bool)
	inSQL(t, func() error {
		close(waiting)
		<-goOn
		return nil
	})
	stored := make(chan error)
	go func() { stored <- writer.Store(t.Context(), events("1"), checkpoint(t, 2)) }()
	<-waiting
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
	defer cancel()
	found, err := sink.Checkpoint(ctx, feed)
	close(goOn)
	require.NoError(t, err)
	assert.Equal(t, text(t, checkpoint(t, 1)), text(t, found))
	require.NoError(t, <-stored)
	found, err = sink.Checkpoint(t.Context(), feed)
	require.NoError(t, err)
	assert.Equal(t, text(t, checkpoint(t, 2)), text(t, found))
}
