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

// TestArchitecture compares the table of packages in CONTRIBUTING.md with go list. Each package
// imports only packages that are above it in the table.
func TestArchitecture(t *testing.T) {
	contributing, err := os.ReadFile(filepath.Join(root, "CONTRIBUTING.md"))
	require.NoError(t, err)
	var order []string
	for _, line := range regexp.MustCompile("(?m)^\\| `([a-z/]+)` \\| [^|]* \\|([^|]*)\\|$").FindAllStringSubmatch(string(contributing), -1) {
		name, path := line[1], module+"/"+line[1]
		if name == "activity" {
			path = module
		}
		var listed []string
		for imported := range strings.FieldsSeq(strings.ReplaceAll(line[2], "`", "")) {
			listed = append(listed, imported)
			assert.Contains(t, order, imported, "%s imports a package below it", name)
		}
		assert.Equal(t, importsOf(t, path), listed, name)
		order = append(order, name)
	}
	require.Len(t, order, 18)
}

// importsOf returns the packages of this module that a package imports: their paths within the
// module, sorted.
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
