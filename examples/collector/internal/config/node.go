package config

import (
	"errors"
	"fmt"

	"github.com/goccy/go-yaml/ast"
)

// UnmarshalYAML refuses anything but a place.
func (s *Secret) UnmarshalYAML(node ast.Node) error { return scalar(node, s.UnmarshalText) }

// UnmarshalYAML refuses a URL with a password or token in it.
func (a *Address) UnmarshalYAML(node ast.Node) error { return scalar(node, a.UnmarshalText) }

// UnmarshalYAML reads what UnmarshalText does.
func (s *Since) UnmarshalYAML(node ast.Node) error { return scalar(node, s.UnmarshalText) }

// scalar reads a text and says where one that does not fit stands, without repeating it.
func scalar(node ast.Node, read func(text []byte) error) error {
	at := node.GetToken().Position
	text, ok := node.(ast.ScalarNode)
	err := errors.New("want a text here")
	if ok {
		err = read([]byte(text.GetToken().Value))
	}
	if err != nil {
		return fmt.Errorf("[%d:%d] %w", at.Line, at.Column, err)
	}
	return nil
}
