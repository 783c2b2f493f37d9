package conformance_test

import (
	"go/ast"
	"go/doc"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestDocumented checks that every exported name has a comment and that what programs begin with
// has an example. The linter asks for comments on declarations; this test also asks for them on
// fields and on methods of interfaces.
func TestDocumented(t *testing.T) {
	packages := parsePackages(t)
	require.Len(t, packages, 9, "the root, the vendors and their fakes")
	for folder, files := range packages {
		t.Run(folder, func(t *testing.T) {
			assert.Empty(t, undocumented(files.code), "exported and without a comment")
			assert.Empty(t, withoutExample(files, strings.HasSuffix(folder, "test")), "without an example")
		})
	}
}

// TestListOfPromises checks that the documentation of this package lists all of its tests.
func TestListOfPromises(t *testing.T) {
	list, err := os.ReadFile("doc.go")
	require.NoError(t, err)
	files, err := filepath.Glob("*_test.go")
	require.NoError(t, err)
	for _, file := range files {
		if file != "main_test.go" && file != "race_test.go" {
			assert.Regexp(t, `\b`+file+`\b`, string(list))
		}
	}
}

func TestUndocumented(t *testing.T) {
	file, err := parser.ParseFile(token.NewFileSet(), "a.go", `package a
		type A struct {
			B int
			C int // has one
			D int `+"`json:\"d\"`"+`
		}
		type E interface { F(); G() }
		// H has one.
		type H interface { I() }
		const J = 1
		// K and L share one.
		const (
			K = 1
			L = 2
		)
		func M() {}
		func (A) N() {}
		func (a) O() {}
	`, parser.ParseComments)
	require.NoError(t, err)
	assert.Equal(t, []string{"A", "A.B", "E", "E.F", "E.G", "J", "M", "N"}, undocumented([]*ast.File{file}))
}

type sources struct{ code, tests []*ast.File }

// parsePackages parses the packages that programs can import, by folder.
func parsePackages(t *testing.T) map[string]*sources {
	t.Helper()
	packages := map[string]*sources{}
	require.NoError(t, filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.IsDir() && (slices.Contains([]string{"internal", "examples", "testdata"}, entry.Name()) || strings.HasPrefix(entry.Name(), ".") && path != root):
			return fs.SkipDir
		case !strings.HasSuffix(path, ".go"):
			return nil
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.ParseComments)
		if err != nil {
			return err
		}
		folder, err := filepath.Rel(root, filepath.Dir(path))
		if err != nil {
			return err
		}
		if packages[folder] == nil {
			packages[folder] = new(sources)
		}
		if strings.HasSuffix(path, "_test.go") {
			packages[folder].tests = append(packages[folder].tests, file)
		} else {
			packages[folder].code = append(packages[folder].code, file)
		}
		return nil
	}))
	return packages
}

// undocumented returns the exported names without a comment. A field of a vendor's record has its
// JSON name instead, and a group of constants may share a comment.
func undocumented(files []*ast.File) []string {
	var bare []string
	note := func(names []*ast.Ident, within string, comments ...*ast.CommentGroup) {
		if slices.ContainsFunc(comments, func(c *ast.CommentGroup) bool { return strings.TrimSpace(c.Text()) != "" }) {
			return
		}
		for _, name := range names {
			if name.IsExported() {
				bare = append(bare, within+name.Name)
			}
		}
	}
	for _, file := range files {
		for _, declaration := range file.Decls {
			switch d := declaration.(type) {
			case *ast.FuncDecl:
				if d.Recv == nil || ast.IsExported(receiver(d)) {
					note([]*ast.Ident{d.Name}, "", d.Doc)
				}
			case *ast.GenDecl:
				for _, spec := range d.Specs {
					switch spec := spec.(type) {
					case *ast.ValueSpec:
						note(spec.Names, "", d.Doc, spec.Doc, spec.Comment)
					case *ast.TypeSpec:
						note([]*ast.Ident{spec.Name}, "", d.Doc, spec.Doc)
						if spec.Name.IsExported() {
							noteMembers(spec, note)
						}
					}
				}
			}
		}
	}
	return bare
}

func noteMembers(spec *ast.TypeSpec, note func(names []*ast.Ident, within string, comments ...*ast.CommentGroup)) {
	var members *ast.FieldList
	switch t := spec.Type.(type) {
	case *ast.StructType:
		members = t.Fields
	case *ast.InterfaceType:
		members = t.Methods
		methods := 0
		for _, m := range members.List {
			methods += len(m.Names)
		}
		if methods == 1 { // the type's comment describes it
			return
		}
	default:
		return
	}
	for _, m := range members.List {
		if m.Tag == nil || strings.Contains(m.Tag.Value, `json:"-"`) {
			note(m.Names, spec.Name.Name+".", m.Doc, m.Comment)
		}
	}
}

func receiver(f *ast.FuncDecl) string {
	t := f.Recv.List[0].Type
	for {
		switch inner := t.(type) {
		case *ast.StarExpr:
			t = inner.X
		case *ast.IndexExpr:
			t = inner.X
		case *ast.Ident:
			return inner.Name
		default:
			return ""
		}
	}
}

// withoutExample returns what lacks an example: functions, the methods of clients, lists and feeds,
// and the kinds of errors. A fake needs examples of how it is made and filled, how it fails and how
// it runs in virtual time.
func withoutExample(files *sources, fake bool) []string {
	var missing []string
	examples := map[string]bool{}
	for _, example := range doc.Examples(files.tests...) {
		// An example with an output is run; the others are only compiled.
		if example.Output == "" {
			missing = append(missing, "Example"+example.Name+": no output")
		}
		name := example.Name
		examples[name] = true
		for i := strings.LastIndexByte(name, '_'); i > 0; i = strings.LastIndexByte(name, '_') {
			name = name[:i]
			examples[name] = true
		}
	}
	wanted := []string{"NewServer", "Server_Add", "Fault", "_virtualTime", "Option", "WithQuota"}
	if !fake {
		wanted = entryPoints(files.code)
	}
	for _, name := range wanted {
		if !examples[name] {
			missing = append(missing, "Example"+name)
		}
	}
	return missing
}

func entryPoints(files []*ast.File) []string {
	var names []string
	for _, file := range files {
		for _, declaration := range file.Decls {
			switch d := declaration.(type) {
			case *ast.FuncDecl:
				switch {
				case !d.Name.IsExported():
				case d.Recv == nil:
					names = append(names, d.Name.Name)
				case slices.Contains([]string{"Client", "Resource", "List", "Feed"}, receiver(d)):
					names = append(names, receiver(d)+"_"+d.Name.Name)
				}
			case *ast.GenDecl:
				for _, spec := range d.Specs {
					if v, ok := spec.(*ast.ValueSpec); ok && d.Tok == token.VAR && strings.HasPrefix(v.Names[0].Name, "Err") {
						kind := strings.TrimPrefix(v.Names[0].Name, "Err")
						names = append(names, "Error_"+strings.ToLower(kind[:1])+kind[1:])
					}
				}
			}
		}
	}
	return names
}
