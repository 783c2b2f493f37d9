package fake_test

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"

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
