package conformance_test

import (
	"bytes"
	"go/ast"
	"go/format"
	"go/parser"
	"go/token"
	"go/types"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestReadmeProgram runs the README's first program. It is complete, and prints the text block that
// follows it.
func TestReadmeProgram(t *testing.T) {
	blocks := readmeBlocks(t)
	first := 0
	for blocks[first].language != "go" {
		first++
	}
	program, output := blocks[first], blocks[first+1]
	require.True(t, strings.HasPrefix(program.text, "package main\n"), "the first program is complete")
	require.Equal(t, "text", output.language, "its output follows")
	file := filepath.Join(t.TempDir(), "main.go") // imports are resolved with this module's go.mod
	require.NoError(t, os.WriteFile(file, []byte(program.text), 0o600))
	assert.Equal(t, output.text, runGo(t, "run", file))
}

// TestReadmeTests runs the test functions that the README shows.
func TestReadmeTests(t *testing.T) {
	tests := 0
	for _, b := range readmeBlocks(t) {
		if b.language == "go" && strings.HasPrefix(b.text, "func Test") {
			tests++
			file := filepath.Join(t.TempDir(), "readme_test.go")
			require.NoError(t, os.WriteFile(file, []byte(b.source()), 0o600))
			runGo(t, "vet", file)
			runGo(t, "test", file)
		}
	}
	assert.Positive(t, tests, "the README shows how to test a program")
}

// TestReadmeCode checks that each Go block of the README compiles, is formatted and is short.
func TestReadmeCode(t *testing.T) {
	packages := loadPackages(t)
	checked := 0
	for _, b := range readmeBlocks(t) {
		if b.language != "go" {
			continue
		}
		checked++
		formatted, err := format.Source([]byte(b.text))
		require.NoError(t, err, b.text)
		assert.Equal(t, string(formatted), b.text, "as gofmt formats it")
		longest := 15
		if b.isProgram() {
			longest = 40
		}
		assert.LessOrEqual(t, strings.Count(b.text, "\n"), longest, b.text)

		fset := token.NewFileSet()
		file, err := parser.ParseFile(fset, "readme.go", b.source(), 0)
		require.NoError(t, err, b.source())
		config := types.Config{Importer: packages, Error: func(err error) {
			// Soft errors are variables that are not used, as in the lines of a longer function.
			if b.isStatements() && err.(types.Error).Soft { //nolint:errorlint,forcetypeassert // as documented
				return
			}
			t.Errorf("%v in\n%s", err, b.source())
		}}
		_, _ = config.Check("readme", fset, []*ast.File{file}, nil)
	}
	assert.Greater(t, checked, 1)
}

// block is a fenced block of a Markdown file.
type block struct{ language, text string }

var fenced = regexp.MustCompile("(?ms)^```(\\w*)\n(.*?)^```$")

func readmeBlocks(t *testing.T) (blocks []block) {
	t.Helper()
	readme, err := os.ReadFile(filepath.Join(root, "README.md"))
	require.NoError(t, err)
	for _, parts := range fenced.FindAllStringSubmatch(string(readme), -1) {
		blocks = append(blocks, block{parts[1], parts[2]})
	}
	return blocks
}

func (b block) isProgram() bool { return strings.HasPrefix(b.text, "package ") }

var declaration = regexp.MustCompile(`(?m)\A(//.*\n)*(func|type|var|const) `)

// isStatements reports whether the block is a part of a function.
func (b block) isStatements() bool { return !b.isProgram() && !declaration.MatchString(b.text) }

// known are the variables that statements of the README may use without declaring them.
const known = `ctx context.Context, err error`

// importable are the packages that declarations and statements of the README may use.
var importable = []string{
	"context", "database/sql", "errors", "fmt", "io", "log", "log/slog", "net/http", "os", "testing", "testing/synctest", "time",
	module, module + "/aspera", module + "/aspera/asperatest", module + "/opswat", module + "/opswat/opswattest",
	module + "/sdelements", module + "/sdelements/sdelementstest", module + "/snaplogic", module + "/snaplogic/snaplogictest",
}

// source returns a file that compiles if the block does.
func (b block) source() string {
	if b.isProgram() {
		return b.text
	}
	body := b.text
	if b.isStatements() {
		body = "func _(" + known + ") error {\n{\n" + body + "}\nreturn nil\n}\n"
	}
	var source strings.Builder
	source.WriteString("package readme\n\nimport (\n")
	for _, path := range importable {
		name := path[strings.LastIndexByte(path, '/')+1:]
		if regexp.MustCompile(`\b` + name + `\.`).MatchString(body) {
			source.WriteString("\t\"" + path + "\"\n")
		}
	}
	return source.String() + ")\n\n" + body
}

// runGo runs a go command and returns its standard output.
func runGo(t *testing.T, args ...string) string {
	t.Helper()
	command := exec.CommandContext(t.Context(), "go", args...)
	var out, errs bytes.Buffer
	command.Stdout, command.Stderr = &out, &errs
	require.NoError(t, command.Run(), "%s%s", &out, &errs)
	return out.String()
}
