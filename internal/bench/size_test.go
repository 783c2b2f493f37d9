package bench

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

// sizeRows compares the sizes of two programs that list the same records.
func sizeRows(t *testing.T, s scale) []row {
	if !s.build {
		return nil
	}
	dir := t.TempDir()
	size := func(name string) float64 {
		program := filepath.Join(dir, name)
		out, err := exec.CommandContext(t.Context(), "go", "build", "-o", program, "./testdata/"+name).CombinedOutput()
		require.NoError(t, err, string(out))
		info, err := os.Stat(program)
		require.NoError(t, err)
		return float64(info.Size())
	}
	sdk, plain := size("sdk"), size("plain")
	return []row{{what: "size of a program that lists one vendor", measured: sdk / plain, limit: 1.5,
		note: fmt.Sprintf("of one with net/http and encoding/json; %.1f and %.1f MB", sdk/1e6, plain/1e6)}}
}
