package conformance_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// A list with a beginning and no end reaches from there to the present, whenever it is read, and a
// walk that goes on days later misses nothing.
func TestListWithoutAnEnd(t *testing.T) {
	for name, m := range map[string]misbehaviour{"bounds included": {}, "bounds excluded": {exclusive: true}} {
		t.Run(name, func(t *testing.T) {
			every(t, func(t *testing.T, a *adapter) {
				s := a.newService(m)
				s.adapter = a
				ages := []int{0, 1, 2, 3, 10, 20, 30, 39, 41, 50} // in days
				for i, days := range ages {
					s.add(a.record(len(ages)-i, newest().AddDate(0, 0, -days)))
				}
				c := s.client(t)
				l := c.list(query{from: newest().AddDate(0, 0, -40), pageSize: 3})
				assert.Equal(t, down(10, 3), collect(t, l))

				first, err := l.Page(t.Context(), "")
				require.NoError(t, err)
				require.Len(t, first.Items, 3)
				<-time.After(3 * 24 * time.Hour)
				s.add(a.record(11, time.Now().Add(-time.Minute)))
				assert.Equal(t, down(11, 3), collect(t, l))
				rest, err := idsUntil(t.Context(), c.list(query{from: newest().AddDate(0, 0, -40), pageSize: 3}), first.Next)
				require.NoError(t, err)
				assert.Subset(t, rest, down(7, 3))
			})
		})
	}
}
