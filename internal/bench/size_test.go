package bench

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

// sizeRows builds two programs that list the same.
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
	return []row{{"size of a program that lists one vendor", sdk / plain, 1.5,
		fmt.Sprintf("of one with net/http and encoding/json; %.1f and %.1f MB", sdk/1e6, plain/1e6)}}
}
