package conformance_test

import (
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestNothingInternalIsPublic checks that all that programs can name is documented with its fields
// and methods: nothing is an alias of an internal type, is promoted from one, or has one in its
// signature. The one exception is the parameter of activity.Option, which programs cannot name
// either.
func TestNothingInternalIsPublic(t *testing.T) {
	seen := 0
	for _, p := range publicPackages(t) {
		seen += len(p.Scope().Names())
		for _, place := range exposed(p) {
			if place != "activity.Option: settings.Settings" {
				t.Error(place)
			}
		}
	}
	assert.Greater(t, seen, 300)
}

func TestExposed(t *testing.T) {
	inner := checked(t, "example.com/internal/inner", nil, `package inner
		type T struct { Field int }
		func (*T) Method() {}
		type Silent struct{ field int }
	`)
	p := checked(t, "example.com/p", inner, `package p
		import "example.com/internal/inner"
		type (
			Alias = inner.T
			local = inner.T
			deep struct { *local }
			Embeds struct { deep }
			Quiet struct { inner.Silent; hidden inner.T }
			Field struct { A []map[string]*inner.T; b inner.T }
			Slice []inner.T
			Of[T any] struct { t T }
			Constrained[T interface{ *inner.T }] struct{}
			Sealed interface { Open(func(local)); closed(inner.T) }
			Own struct { Next *Own }
		)
		func F(Of[inner.T]) {}
		func (Own) M(...inner.T) (Alias, error) { return inner.T{}, nil }
		func unexported(inner.T) {}
		var V chan inner.T
		var Function func(Own) Field
	`)
	assert.Equal(t, []string{
		"p.Alias: inner.T",
		"p.Constrained: inner.T",
		"p.Embeds.Field: promoted from inner",
		"p.Embeds.Method: promoted from inner",
		"p.F: inner.T",
		"p.Field.A: inner.T",
		"p.Own.M: inner.T",
		"p.Sealed.Open: inner.T",
		"p.Slice: inner.T",
		"p.V: inner.T",
	}, exposed(p))
}

// checked returns a type-checked package of one file, which may import another package.
func checked(t *testing.T, path string, imported *types.Package, source string) *types.Package {
	t.Helper()
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, "a.go", source, 0)
	require.NoError(t, err)
	config := types.Config{Importer: only{imported}}
	p, err := config.Check(path, fset, []*ast.File{file}, nil)
	require.NoError(t, err)
	return p
}

// only imports one package.
type only struct{ p *types.Package }

func (o only) Import(path string) (*types.Package, error) {
	if o.p != nil && o.p.Path() == path {
		return o.p, nil
	}
	return importer.Default().Import(path)
}

// exposed returns the places where exported names of a package lead to internal types.
func exposed(p *types.Package) []string {
	var places []string
	for _, name := range p.Scope().Names() {
		object := p.Scope().Lookup(name)
		if !object.Exported() {
			continue
		}
		where := p.Name() + "." + name
		declared, ok := object.(*types.TypeName)
		if !ok || declared.IsAlias() {
			places = append(places, internals(where, object.Type())...)
			continue
		}
		places = append(places, exposedByType(where, declared.Type().(*types.Named))...)
	}
	slices.Sort(places)
	return slices.Compact(places)
}

func exposedByType(where string, t *types.Named) (places []string) {
	for parameter := range t.TypeParams().TypeParams() {
		places = append(places, internals(where, parameter.Constraint())...)
	}
	switch under := t.Underlying().(type) {
	case *types.Struct:
		places = append(places, exposedByFields(where, under)...)
	case *types.Interface: // its methods are checked below
	default:
		places = append(places, internals(where, under)...)
	}
	var receiver types.Type = t
	if !types.IsInterface(t) {
		receiver = types.NewPointer(t)
	}
	for method := range types.NewMethodSet(receiver).Methods() {
		if m := method.Obj(); m.Exported() {
			if isInternal(m.Pkg()) {
				places = append(places, where+"."+m.Name()+": promoted from "+m.Pkg().Name())
			}
			places = append(places, internals(where+"."+m.Name(), m.Type())...)
		}
	}
	return places
}

// exposedByFields checks the exported fields of a struct, and those that it has from embedded
// structs.
func exposedByFields(where string, s *types.Struct) (places []string) {
	for field := range s.Fields() {
		if field.Exported() && isInternal(field.Pkg()) {
			places = append(places, where+"."+field.Name()+": promoted from "+field.Pkg().Name())
		} else if field.Exported() && !field.Embedded() {
			places = append(places, internals(where+"."+field.Name(), field.Type())...)
		}
		embedded := types.Unalias(field.Type())
		if pointer, ok := embedded.(*types.Pointer); ok {
			embedded = pointer.Elem()
		}
		if inner, ok := embedded.Underlying().(*types.Struct); ok && field.Embedded() {
			places = append(places, exposedByFields(where, inner)...)
		}
	}
	return places
}

// internals returns the internal types in a type.
func internals(where string, t types.Type) (places []string) {
	switch t := types.Unalias(t).(type) {
	case *types.Named:
		if isInternal(t.Obj().Pkg()) {
			places = append(places, where+": "+t.Obj().Pkg().Name()+"."+t.Obj().Name())
		}
		for argument := range t.TypeArgs().Types() {
			places = append(places, internals(where, argument)...)
		}
	case *types.Map:
		places = append(internals(where, t.Key()), internals(where, t.Elem())...)
	case interface{ Elem() types.Type }: // pointers, slices, arrays and channels
		places = internals(where, t.Elem())
	case *types.Signature:
		for parameter := range t.TypeParams().TypeParams() {
			places = append(places, internals(where, parameter.Constraint())...)
		}
		for _, tuple := range []*types.Tuple{t.Params(), t.Results()} {
			for v := range tuple.Variables() {
				places = append(places, internals(where, v.Type())...)
			}
		}
	case *types.Struct:
		for field := range t.Fields() {
			places = append(places, internals(where, field.Type())...)
		}
	case *types.Interface:
		for m := range t.ExplicitMethods() {
			if m.Exported() {
				places = append(places, internals(where, m.Type())...)
			}
		}
		for embedded := range t.EmbeddedTypes() {
			places = append(places, internals(where, embedded)...)
		}
	case *types.Union:
		for term := range t.Terms() {
			places = append(places, internals(where, term.Type())...)
		}
	}
	return places
}

func isInternal(p *types.Package) bool {
	return p != nil && strings.Contains("/"+p.Path()+"/", "/internal/")
}
