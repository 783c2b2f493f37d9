package fake_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"reflect"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/activity-sdk/activity/internal/fake"
)

// The fakes export Fault and Request under names of their own, whose documentation is all that
// their users see of the fields.
func TestFieldsAreDocumentedWhereTheyAreExported(t *testing.T) {
	for _, file := range []string{
		"../../aspera/asperatest/server.go", "../../opswat/opswattest/server.go",
		"../../sdelements/sdelementstest/server.go", "../../snaplogic/snaplogictest/server.go",
	} {
		parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.ParseComments)
		require.NoError(t, err)
		docs := map[string]string{}
		for _, d := range parsed.Decls {
			if g, ok := d.(*ast.GenDecl); ok && g.Tok == token.TYPE {
				docs[g.Specs[0].(*ast.TypeSpec).Name.Name] = g.Doc.Text()
			}
		}
		for name, aliased := range map[string]reflect.Type{"Fault": reflect.TypeFor[fake.Fault](), "Request": reflect.TypeFor[fake.Request]()} {
			for field := range aliased.Fields() {
				assert.Regexp(t, `\b`+field.Name+`\b`, docs[name], "%s: %s", file, name)
			}
		}
	}
}
