package conformance_test

import (
	"bytes"
	"flag"
	"fmt"
	"go/importer"
	"go/token"
	"go/types"
	"io"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

var update = flag.Bool("update", false, "record the public API in testdata/api.txt")

// TestAPI compares the public API with testdata/api.txt. What was removed or changed breaks
// programs. Record what was added with go test ./internal/conformance -run TestAPI -update.
func TestAPI(t *testing.T) {
	file := filepath.Join("testdata", "api.txt")
	now := publicAPI(t)
	if *update {
		require.NoError(t, os.WriteFile(file, []byte(strings.Join(now, "\n")+"\n"), 0o600))
		return
	}
	recorded, err := os.ReadFile(file)
	require.NoError(t, err)
	breaking, added := compareAPI(strings.Split(strings.TrimSpace(string(recorded)), "\n"), now)
	for _, change := range breaking {
		t.Error("breaking:", change)
	}
	for _, addition := range added {
		t.Error("record it with go test ./internal/conformance -run TestAPI -update :", addition)
	}
}

func TestCompareAPI(t *testing.T) {
	recorded := []string{"aspera New func(c Credentials)", "aspera Old const", "aspera Same type struct"}
	breaking, added := compareAPI(recorded, []string{"aspera New func()", "aspera Same type struct", "opswat New func()"})
	assert.Equal(t, []string{
		"changed: aspera New func(c Credentials)\n     to: aspera New func()",
		"removed: aspera Old const",
	}, breaking)
	assert.Equal(t, []string{"opswat New func()"}, added)
}

// compareAPI compares two lists of lines. Each line begins with a package and a name that is unique
// there.
func compareAPI(recorded, now []string) (breaking, added []string) {
	byName := func(lines []string) map[string]string {
		named := map[string]string{}
		for _, line := range lines {
			words := strings.SplitN(line, " ", 3)
			named[strings.Join(words[:2], " ")] = line
		}
		return named
	}
	before, after := byName(recorded), byName(now)
	for _, name := range slices.Sorted(maps.Keys(before)) {
		switch line, there := after[name]; {
		case !there:
			breaking = append(breaking, "removed: "+before[name])
		case line != before[name]:
			breaking = append(breaking, "changed: "+before[name]+"\n     to: "+line)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(after)) {
		if _, there := before[name]; !there {
			added = append(added, after[name])
		}
	}
	return breaking, added
}

// publicAPI returns a line for each exported name, field and method that programs can use.
func publicAPI(t *testing.T) []string {
	t.Helper()
	var lines []string
	for _, p := range publicPackages(t) {
		lines = append(lines, describe(p)...)
	}
	slices.Sort(lines)
	return lines
}

// packageLoader imports packages from the compiler's export data.
type packageLoader struct {
	types.Importer
	exports map[string]string // files by import path
}

// loadPackages returns a loader for the packages of this module and all that they import, and for
// those that examples in the README need beside them.
func loadPackages(t *testing.T) packageLoader {
	t.Helper()
	list := exec.CommandContext(t.Context(), "go", "list", "-export", "-deps", "-f", "{{.ImportPath}}\t{{.Export}}",
		"./...", "database/sql", "testing/synctest")
	list.Dir, list.Stderr = root, os.Stderr
	out, err := list.Output()
	require.NoError(t, err)
	exports := map[string]string{}
	for line := range strings.Lines(string(out)) {
		path, file, _ := strings.Cut(strings.TrimSpace(line), "\t")
		exports[path] = file
	}
	open := func(path string) (io.ReadCloser, error) { return os.Open(exports[path]) }
	return packageLoader{importer.ForCompiler(token.NewFileSet(), "gc", open), exports}
}

// publicPackages returns the packages that programs can import.
func publicPackages(t *testing.T) []*types.Package {
	t.Helper()
	load := loadPackages(t)
	var packages []*types.Package
	for path := range load.exports {
		within, ours := strings.CutPrefix(path, module)
		if !ours || strings.Contains(within, "/internal/") || strings.Contains(within, "/examples/") {
			continue
		}
		p, err := load.Import(path)
		require.NoError(t, err)
		packages = append(packages, p)
	}
	return packages
}

func describe(p *types.Package) []string {
	// Names of the package itself are not qualified, those of this module have the folder, and all
	// others the import path.
	qualify := func(other *types.Package) string {
		if other == p {
			return ""
		}
		if other.Path() == module {
			return other.Name()
		}
		return strings.TrimPrefix(other.Path(), module+"/")
	}
	folder := qualify(types.NewPackage(p.Path(), p.Name()))
	var lines []string
	add := func(format string, args ...any) { lines = append(lines, folder+" "+fmt.Sprintf(format, args...)) }
	text := func(t types.Type) string { return types.TypeString(nameless(t), qualify) }

	for _, name := range p.Scope().Names() {
		object := p.Scope().Lookup(name)
		if !object.Exported() {
			continue
		}
		switch object := object.(type) {
		case *types.Const:
			add("%s const %s = %s", name, text(object.Type()), object.Val().ExactString())
		case *types.Var:
			add("%s var %s", name, text(object.Type()))
		case *types.Func:
			add("%s %s", name, text(object.Type()))
		case *types.TypeName:
			describeType(name, object.Type(), text, add)
		}
	}
	return lines
}

func describeType(name string, t types.Type, text func(types.Type) string, add func(format string, args ...any)) {
	kind := "type"
	if alias, ok := t.(*types.Alias); ok {
		kind, t = "alias of "+text(alias.Rhs()), types.Unalias(t)
	}
	if named, ok := t.(*types.Named); ok && named.TypeParams().Len() > 0 {
		kind += " " + strings.TrimPrefix(text(t), name)
	}
	switch under := t.Underlying().(type) {
	case *types.Struct:
		add("%s %s struct", name, kind)
		for i := range under.NumFields() {
			if f := under.Field(i); f.Exported() {
				add("%s.%s field %s", name, f.Name(), strings.TrimSpace(text(f.Type())+" "+under.Tag(i)))
			}
		}
	case *types.Interface:
		add("%s %s interface%s", name, kind, sealed(under))
	default:
		add("%s %s %s", name, kind, text(under))
	}
	receiver := t
	if !types.IsInterface(t) {
		receiver = types.NewPointer(t)
	}
	byValue := types.NewMethodSet(t)
	for method := range types.NewMethodSet(receiver).Methods() {
		if m := method.Obj(); m.Exported() {
			pointer := ""
			if byValue.Lookup(m.Pkg(), m.Name()) == nil {
				pointer = "pointer "
			}
			add("%s.%s %smethod %s", name, m.Name(), pointer, strings.TrimPrefix(text(m.Type()), "func"))
		}
	}
}

// nameless returns a type without the names of parameters, which may change.
func nameless(t types.Type) types.Type {
	switch t := t.(type) {
	case *types.Slice:
		return types.NewSlice(nameless(t.Elem()))
	case *types.Signature:
		typeParams := make([]*types.TypeParam, 0, t.TypeParams().Len())
		for p := range t.TypeParams().TypeParams() {
			typeParams = append(typeParams, types.NewTypeParam(p.Obj(), p.Constraint()))
		}
		tuple := func(vars *types.Tuple) *types.Tuple {
			var out []*types.Var
			for v := range vars.Variables() {
				out = append(out, types.NewParam(v.Pos(), v.Pkg(), "", nameless(v.Type())))
			}
			return types.NewTuple(out...)
		}
		return types.NewSignatureType(nil, nil, typeParams, tuple(t.Params()), tuple(t.Results()), t.Variadic())
	}
	return t
}

// sealed returns the methods of an interface that other packages can implement: an added method
// breaks them.
func sealed(i *types.Interface) string {
	var methods bytes.Buffer
	for m := range i.Methods() {
		if !m.Exported() {
			return ", sealed"
		}
		fmt.Fprintf(&methods, " %s", m.Name())
	}
	return methods.String()
}
