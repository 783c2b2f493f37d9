// Package onepage marks the context of a call that reads a single page, so that no other page is
// requested ahead. It is a leaf, since both the root package and package paging need it.
package onepage

import "context"

type key struct{}

// Context returns ctx with the mark.
func Context(ctx context.Context) context.Context { return context.WithValue(ctx, key{}, true) }

// Wanted reports whether ctx has the mark.
func Wanted(ctx context.Context) bool { return ctx.Value(key{}) != nil }
