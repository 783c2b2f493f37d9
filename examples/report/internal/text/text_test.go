package text

import (
	"errors"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestPlain(t *testing.T) {
	assert.Equal(t, "�[31mred", Plain("\x1b[31mred"))
	assert.Equal(t, "a�b�c", Plain("a\nb\u202ec"))
	assert.Equal(t, "�", Plain("\xff"))
	assert.Equal(t, "Zoë, 王", Plain("Zoë, 王"))
}

func TestShorten(t *testing.T) {
	assert.Equal(t, "Übergabe", Shorten("Übergabe", 8))
	assert.Equal(t, "Überga…", Shorten("Übergabe", 7))
	assert.Equal(t, "…", Shorten("Übergabe", 0))
}

func TestTable(t *testing.T) {
	var out strings.Builder
	table := Table{
		Columns: []Column{{Name: "user"}, {Name: "count", Numeric: true}, {Name: "last"}},
		Rows:    [][]string{{"ada@example.com", "7", "Friday"}, {"b\x07", "12345678", ""}},
	}
	require.NoError(t, table.Write(&out))
	assert.Equal(t, ""+
		"  user                count  last\n"+
		"  ada@example.com         7  Friday\n"+
		"  b�               12345678\n", out.String())
}

func TestTableIsCutToWidth(t *testing.T) {
	var out strings.Builder
	table := Table{
		Columns: []Column{{Name: "wide"}, {Name: "figure", Numeric: true}, {Name: "wider"}},
		Rows:    [][]string{{strings.Repeat("ä", 60), strings.Repeat("1", 20), strings.Repeat("b", 80)}},
	}
	require.NoError(t, table.Write(&out))
	for line := range strings.Lines(out.String()) {
		assert.LessOrEqual(t, utf8.RuneCountInString(strings.TrimSuffix(line, "\n")), Width)
	}
	assert.Contains(t, out.String(), strings.Repeat("ä", 36)+"…  "+strings.Repeat("1", 20)+"  "+strings.Repeat("b", 36)+"…\n")
}

func TestTableDoesNotCutNumbers(t *testing.T) {
	var out strings.Builder
	figure := strings.Repeat("1", 2*Width)
	table := Table{Columns: []Column{{Name: "figure", Numeric: true}, {Name: "name"}}, Rows: [][]string{{figure, "abcdefghijkl"}}}
	require.NoError(t, table.Write(&out))
	assert.Contains(t, out.String(), figure+"  abcdefg…\n")
}

func TestNote(t *testing.T) {
	var out strings.Builder
	require.NoError(t, Note(&out, strings.Repeat("nine char ", 12)+"\x1bend"))
	assert.Equal(t, "  - "+strings.TrimSpace(strings.Repeat("nine char ", 9))+" nine\n    char nine char nine char �end\n", out.String())
	out.Reset()
	require.NoError(t, Paragraph(&out, "a line\nbroken"))
	assert.Equal(t, "a line broken\n", out.String())
}

type full struct{}

func (full) Write([]byte) (int, error) { return 0, errors.New("disk full") }

func TestWriteErrors(t *testing.T) {
	require.Error(t, Table{Columns: []Column{{Name: "a"}}}.Write(full{}))
	require.Error(t, Note(full{}, "a"))
	require.Error(t, Note(full{}, strings.Repeat("a ", 80)))
}
