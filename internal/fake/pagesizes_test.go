package fake_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/activity-sdk/activity/internal/fake"
)

func TestPageSizes(t *testing.T) {
	for name, tc := range map[string]struct {
		sizes  fake.PageSizes
		limit  int
		of     []int // of the pages from the first on
		before []int // the pages from the first on
	}{
		"none":                  {nil, 50, []int{50, 50}, []int{0, 50, 100}},
		"short in the middle":   {fake.PageSizes{50, 49}, 50, []int{50, 49, 50, 50}, []int{0, 50, 99, 149, 199}},
		"larger than the limit": {fake.PageSizes{7, 2}, 5, []int{5, 2, 5}, []int{0, 5, 7, 12}},
		"no limit":              {fake.PageSizes{0, 1, -1}, 5, []int{5, 1, 5, 5}, []int{0, 5, 6, 11, 16}},
	} {
		t.Run(name, func(t *testing.T) {
			for i, want := range tc.of {
				assert.Equal(t, want, tc.sizes.Of(i+1, tc.limit), "of page %d", i+1)
			}
			for i, want := range tc.before {
				assert.Equal(t, want, tc.sizes.Before(i+1, tc.limit), "before page %d", i+1)
			}
			for offset := range tc.before[len(tc.of)] {
				page := 1
				for offset >= tc.before[page] {
					page++
				}
				assert.Equal(t, tc.of[page-1], tc.sizes.At(offset, tc.limit), "at %d", offset)
			}
		})
	}
	assert.Equal(t, 3+(1<<24-2)*5, fake.PageSizes{3}.Before(1<<24, 5), "a page far beyond the sizes")
	assert.Equal(t, 5, fake.PageSizes{3}.Of(0, 5))
	assert.Zero(t, fake.PageSizes{3}.Before(0, 5))
}
