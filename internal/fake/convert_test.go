package fake_test

import (
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/activity-sdk/activity/internal/fake"
)

// The types of a public fake.
type (
	publicRequest fake.Request
	publicFault   fake.Fault
)

func TestConvert(t *testing.T) {
	assert.Equal(t, []publicRequest{{N: 1}, {N: 2}}, fake.Requests[publicRequest]([]fake.Request{{N: 1}, {N: 2}}))
	assert.Equal(t, []fake.Fault{{Status: 503}}, fake.Faults[fake.Fault]([]publicFault{{Status: 503}}))

	called := 0
	fake.Hook[fake.Request](func(r publicRequest) { called = r.N })(fake.Request{N: 7})
	assert.Equal(t, 7, called)

	decide := fake.Decision[fake.Request, fake.Fault](func(r publicRequest) *publicFault {
		if r.Method == http.MethodGet {
			return nil
		}
		return &publicFault{Status: r.N}
	})
	assert.Nil(t, decide(fake.Request{Method: http.MethodGet}))
	assert.Equal(t, &fake.Fault{Status: 7}, decide(fake.Request{Method: http.MethodPost, N: 7}))
}

func TestConvertNil(t *testing.T) {
	assert.Nil(t, fake.Hook[fake.Request]((func(publicRequest))(nil)))
	assert.Nil(t, fake.Decision[fake.Request, fake.Fault]((func(publicRequest) *publicFault)(nil)))
}

// Go has no way to show the fields and methods of another package's type in the documentation of a
// fake, so that each fake has a copy.
func TestSharedFileIsTheSameInAllFakes(t *testing.T) {
	files, err := filepath.Glob(filepath.Join("..", "..", "*", "*test", "shared.go"))
	require.NoError(t, err)
	require.Len(t, files, 4)
	var first string
	for _, file := range files {
		text, err := os.ReadFile(file)
		require.NoError(t, err)
		clause, rest, _ := strings.Cut(string(text), "\n")
		assert.Equal(t, "package "+filepath.Base(filepath.Dir(file)), clause)
		if first == "" {
			first = rest
		}
		assert.Equal(t, first, rest, file)
	}
}
