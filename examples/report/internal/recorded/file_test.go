package recorded

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/activity-sdk/activity/examples/report/internal/recorded/recordedtest"
)

func TestFileIsReadOnly(t *testing.T) {
	path, _ := recordedtest.Write(t, recordedtest.Version)
	file, err := Open(t.Context(), path, "")
	require.NoError(t, err)
	defer func() { require.NoError(t, file.Close()) }()
	_, err = file.tx.ExecContext(t.Context(), "DELETE FROM records")
	require.ErrorContains(t, err, "readonly")
}
