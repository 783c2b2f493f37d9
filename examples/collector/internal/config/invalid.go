package config

import (
	"errors"
	"fmt"
	"reflect"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/token"
)

// invalid returns an error of the decoder in words for people who write the file, with line and
// column. It does not quote the file, which may contain a password.
func invalid(err error) error {
	if e, ok := errors.AsType[*yaml.TypeError](err); ok {
		if e.DstType.Kind() == reflect.String {
			return at(e.Token, "want a text here")
		}
		return at(e.Token, "want a whole number here")
	}
	if e, ok := errors.AsType[*yaml.OverflowError](err); ok {
		return at(e.Token, "want a smaller number here")
	}
	if e, ok := errors.AsType[*yaml.UnexpectedNodeTypeError](err); ok {
		if e.Expected == ast.SequenceType {
			return at(e.Token, "want a list here")
		}
		return at(e.Token, "want fields here, each with its value")
	}
	return errors.New(strings.TrimSpace(yaml.FormatError(err, false, false)))
}

func at(t *token.Token, message string) error {
	return fmt.Errorf("[%d:%d] %s", t.Position.Line, t.Position.Column, message)
}
