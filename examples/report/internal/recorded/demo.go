package recorded

import (
	"context"
	"errors"
	"fmt"
)

// demo is the tenant of the records that the collector's demo stores.
const demo = "demo"

// ErrMixed is the error for a file with both invented and real records.
var ErrMixed = errors.New("the file has both invented records, of the collector's demo, and others: select a tenant with -tenant")

// Invented reports whether the records come from the fakes of the collector's demo: their tenant is
// demo, and all e-mail addresses are at example.com, which is reserved (RFC 2606). It returns
// ErrMixed if the file has other records, too.
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
