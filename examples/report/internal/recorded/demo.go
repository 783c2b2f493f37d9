package recorded

import (
	"context"
	"errors"
	"fmt"
)

// demo is the tenant under which the collector's demo stores what its fakes invent.
const demo = "demo"

// ErrMixed is for a file in which invented records stand beside others.
var ErrMixed = errors.New("the file has invented records, of the collector's demo, beside others: choose a tenant with -tenant")

// Invented reports whether the records were invented by the fakes of the collector's demo: they are
// of its tenant, and all people in them are at example.com, where nobody is (RFC 2606). It fails
// with ErrMixed if there are others, too.
func (f *File) Invented(ctx context.Context) (bool, error) {
	var invented, others bool
	err := f.tx.QueryRowContext(ctx, `SELECT
		EXISTS (SELECT 1 FROM records WHERE tenant = ?1 AND ?2 IN ('', ?1)) AND
			NOT EXISTS (SELECT 1 FROM records WHERE tenant = ?1 AND who LIKE '%@%' AND who NOT LIKE '%@example.com'),
		EXISTS (SELECT 1 FROM records WHERE tenant <> ?1 AND ?2 IN ('', tenant))`, demo, f.tenant).Scan(&invented, &others)
	switch {
	case err != nil:
		return false, fmt.Errorf("look for the records of a demo: %w", err)
	case invented && others:
		return false, ErrMixed
	}
	return invented, nil
}
