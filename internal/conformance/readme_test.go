package conformance_test

import (
	"go/format"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// module is this one, and root its folder.
const (
	module = "github.com/activity-sdk/activity"
	root   = "../.."
)

// imports are what the README's programs may use, by the name under which they do.
var imports = map[string]string{
	"context": "context", "errors": "errors", "fmt": "fmt", "os": "os", "time": "time", "testing": "testing", "synctest": "testing/synctest",
	"activity": module, "aspera": module + "/aspera", "snaplogic": module + "/snaplogic", "opswat": module + "/opswat",
	"sdelements": module + "/sdelements", "snaplogictest": module + "/snaplogic/snaplogictest",
}

var goBlock = regexp.MustCompile("(?s)```go\n(func .*?)```")

// TestReadmePrograms builds every function that the README shows, and runs the one that is a test.
func TestReadmePrograms(t *testing.T) {
	readme, err := os.ReadFile(filepath.Join(root, "README.md"))
	require.NoError(t, err)
	blocks := goBlock.FindAllStringSubmatch(string(readme), -1)
	require.Len(t, blocks, 9)
	folder := t.TempDir()
	var files, tests []string
	for i, block := range blocks {
		body := block[1]
		formatted, err := format.Source([]byte(body))
		require.NoError(t, err)
		assert.Equal(t, string(formatted), body, "as gofmt has it")
		assert.LessOrEqual(t, strings.Count(body, "\n"), 15)

		source := "package readme\n\nimport (\n"
		for name, path := range imports {
			if regexp.MustCompile(`\b` + name + `\.`).MatchString(body) {
				source += "\t\"" + path + "\"\n"
			}
		}
		name := filepath.Join(folder, string(rune('a'+i))+".go")
		if strings.HasPrefix(body, "func Test") {
			name = filepath.Join(folder, "example_test.go")
			tests = append(tests, name)
		}
		require.NoError(t, os.WriteFile(name, []byte(source+")\n\n"+body), 0o600))
		files = append(files, name)
	}
	runGo(t, append([]string{"vet"}, files...)...)
	require.Len(t, tests, 1)
	runGo(t, append([]string{"test"}, tests...)...)
}

func runGo(t *testing.T, args ...string) {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), "go", args...).CombinedOutput()
	require.NoError(t, err, string(out))
}
