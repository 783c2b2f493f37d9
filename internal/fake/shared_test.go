package fake_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// Go has no way to show the fields and methods of another package's type in the documentation of a
// fake, so that each fake has a copy.
func TestSharedFileIsTheSameInAllFakes(t *testing.T) {
	files, err := filepath.Glob(filepath.Join("..", "..", "*", "*test", "shared.go"))
	require.NoError(t, err)
	require.Len(t, files, 4)
	var first string
	for _, file := range files {
		text, err := os.ReadFile(file)
		require.NoError(t, err)
		clause, rest, _ := strings.Cut(string(text), "\n")
		assert.Equal(t, "package "+filepath.Base(filepath.Dir(file)), clause)
		if first == "" {
			first = rest
		}
		assert.Equal(t, first, rest, file)
	}
}
