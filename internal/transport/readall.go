package transport

import (
	"context"
	"io"
	"slices"
)

const (
	// An announced length costs the sender nothing, so it is trusted only in part: at first for
	// presize bytes, later for trustFactor times what has arrived.
	presize     = 1 << 20
	trustFactor = 16
	// A body of unknown length is read into blocks, which are joined at the end. A body larger than
	// sumOfBlocks would need twice its size for that: it gets a buffer of growFactor times what has
	// arrived. Most of that is never touched, and so costs no memory.
	firstBlock, largestBlock, sumOfBlocks = 64 << 10, 1 << 20, 16 << 20
	growFactor                            = 8
)

// readAll reads r to its end, at most limit bytes. It returns what it has read also with an error.
// announced is the length that the service announced, -1 if it did not; it may be wrong, and is if
// the body was compressed.
//
// A buffer that doubles, as that of io.ReadAll, would cost up to three times the body.
func readAll(ctx context.Context, r io.Reader, announced, limit int64) ([]byte, error) {
	announced = min(announced, limit-1) // more is not read, and the largest length has no successor
	b := blocks{last: make([]byte, 0, firstBlock)}
	if announced >= 0 {
		b.last = make([]byte, 0, min(announced+1, presize)) // with one byte more, Read can return io.EOF
	}
	for {
		if err := ctx.Err(); err != nil {
			return b.bytes(), err
		}
		if len(b.last) == cap(b.last) {
			b.grow(announced+1, limit)
		}
		n, err := r.Read(b.last[len(b.last):cap(b.last)])
		b.last = b.last[:len(b.last)+n]
		if err == io.EOF {
			return b.bytes(), nil
		}
		if err != nil {
			return b.bytes(), err
		}
	}
}

// blocks holds the bytes that have arrived.
type blocks struct {
	full     [][]byte
	fullSize int // bytes in them
	last     []byte
}

// grow makes room after the last block, which is full.
func (b *blocks) grow(announced, limit int64) {
	n := int64(len(b.last))
	switch size := int64(b.fullSize) + n; {
	case b.fullSize == 0 && n < announced:
		b.last = append(make([]byte, 0, min(announced, trustFactor*n)), b.last...)
	case size >= sumOfBlocks:
		b.last = b.join(max(min(growFactor*size, limit), size+firstBlock))
	default:
		b.full, b.fullSize = append(b.full, b.last), int(size)
		b.last = make([]byte, 0, min(max(2*n, firstBlock), largestBlock))
	}
}

// bytes returns what has arrived, in one slice. If the last block holds all of it and is almost
// full, that is the slice; beyond sumOfBlocks, half full is enough. Else it is a copy.
func (b *blocks) bytes() []byte {
	n, room := len(b.last), cap(b.last)
	if b.fullSize == 0 && (room <= 2*n && n > sumOfBlocks || room-n <= n/8) {
		return slices.Clip(b.last)
	}
	return b.join(int64(b.fullSize + n))
}

// join copies all blocks into one of the given capacity.
func (b *blocks) join(capacity int64) []byte {
	all := make([]byte, 0, capacity)
	for _, block := range b.full {
		all = append(all, block...)
	}
	all = append(all, b.last...)
	b.full, b.fullSize = nil, 0
	return all
}
