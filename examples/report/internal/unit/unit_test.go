package unit

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestBytes(t *testing.T) {
	for _, test := range []struct {
		largest float64
		name    string
		text    string
	}{
		{0, "bytes", "0"},
		{999, "bytes", "999"},
		{1000, "kB", "1.00"},
		{12_345, "kB", "12.3"},
		{999_999, "kB", "1000"},
		{345_678_901, "MB", "346"},
		{2.5e12, "TB", "2.50"},
		{7e18, "PB", "7000"},
	} {
		scale := Bytes(test.largest)
		assert.Equal(t, test.name, scale.Name)
		assert.Equal(t, test.text, scale.Text(test.largest))
	}
}

func TestSmallValueInLargeUnit(t *testing.T) {
	scale := Bits(814_000_000)
	assert.Equal(t, "Mbit/s", scale.Name)
	assert.Equal(t, "0.02", scale.Text(20_000))
	assert.Equal(t, 0.02, scale.In(20_000))
}
