package conformance_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// The README's table of packages says what go list says, and every package imports only what stands
// above it.
func TestArchitecture(t *testing.T) {
	readme, err := os.ReadFile(filepath.Join(root, "README.md"))
	require.NoError(t, err)
	var order []string
	for _, line := range regexp.MustCompile("(?m)^\\| `([a-z/]+)` \\| [^|]* \\|([^|]*)\\|$").FindAllStringSubmatch(string(readme), -1) {
		name, path := line[1], module+"/"+line[1]
		if name == "activity" {
			path = module
		}
		var said []string
		for imported := range strings.FieldsSeq(strings.ReplaceAll(line[2], "`", "")) {
			said = append(said, imported)
			assert.Contains(t, order, imported, "%s imports what stands below it", name)
		}
		assert.Equal(t, importsOf(t, path), said, name)
		order = append(order, name)
	}
	require.Len(t, order, 14)
}

// importsOf gives the packages of this module that one imports, sorted, by their paths in it.
func importsOf(t *testing.T, path string) []string {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), "go", "list", "-f", `{{join .Imports "\n"}}`, path).Output()
	require.NoError(t, err)
	var imports []string
	for line := range strings.Lines(string(out)) {
		switch line = strings.TrimSpace(line); {
		case line == module:
			imports = append(imports, "activity")
		case strings.HasPrefix(line, module+"/"):
			imports = append(imports, strings.TrimPrefix(line, module+"/"))
		}
	}
	slices.Sort(imports)
	return imports
}
