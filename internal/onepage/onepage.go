// Package onepage marks the context of a call that reads a single page, so that no page is
// requested ahead of a reader that will not come back. It is a leaf, since both the root package
// and package paging need it.
package onepage

import "context"

type key struct{}

// Context returns a context that is marked.
func Context(ctx context.Context) context.Context { return context.WithValue(ctx, key{}, true) }

// Wanted reports whether ctx is marked.
func Wanted(ctx context.Context) bool { return ctx.Value(key{}) != nil }
