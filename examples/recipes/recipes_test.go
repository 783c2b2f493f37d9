package recipes

import (
	"bytes"
	"database/sql"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	_ "modernc.org/sqlite" // the driver
)

// database opens a database and creates tables in it.
func database(t *testing.T, tables string) *sql.DB {
	t.Helper()
	db, err := sql.Open("sqlite", filepath.Join(t.TempDir(), "test.db"))
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, db.Close()) })
	db.SetMaxOpenConns(1)
	_, err = db.ExecContext(t.Context(), tables)
	require.NoError(t, err)
	return db
}

// column returns the values of a query with one column of strings.
func column(t *testing.T, db *sql.DB, query string) (values []string) {
	t.Helper()
	rows, err := db.QueryContext(t.Context(), query)
	require.NoError(t, err)
	defer func() { require.NoError(t, rows.Close()) }()
	for rows.Next() {
		var value string
		require.NoError(t, rows.Scan(&value))
		values = append(values, value)
	}
	require.NoError(t, rows.Err())
	return values
}

// Recipes have at most 60 lines.
func TestRecipesAreShort(t *testing.T) {
	files, err := filepath.Glob("*.go")
	require.NoError(t, err)
	recipes := 0
	for _, file := range files {
		text, err := os.ReadFile(file)
		require.NoError(t, err)
		if file != "doc.go" && !strings.HasSuffix(file, "_test.go") {
			recipes++
			assert.LessOrEqual(t, bytes.Count(text, []byte("\n")), 60, file)
		}
	}
	assert.Equal(t, 7, recipes)
}
