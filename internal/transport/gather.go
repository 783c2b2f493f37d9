package transport

import (
	"context"
	"io"
	"slices"
)

const (
	// presize is how much of an announced length is believed before any of it has arrived, and
	// foresight how many times as much as has arrived later on: what is announced costs nothing to
	// claim.
	presize   = 1 << 20
	foresight = 16
	// A body of unknown length is gathered in blocks, up to their sum, and put together in one
	// piece of the right size. To do so with a larger one would hold it twice: it gets reach times
	// the room at once, most of which is never touched and thus costs no memory.
	firstBlock, largestBlock, sumOfBlocks = 64 << 10, 1 << 20, 16 << 20
	reach                                 = 8
)

// gather reads to the end, which comes after at most most bytes. announced is how many the service
// says that there are, -1 if it does not: it may be wrong, and is if the body was compressed. What
// was read is returned also with an error.
//
// A buffer that doubles would cost as much as the body once more, and up to as much again that is
// never used.
func gather(ctx context.Context, r io.Reader, announced, most int64) ([]byte, error) {
	g := gathering{block: make([]byte, 0, firstBlock)}
	if announced >= 0 {
		g.block = make([]byte, 0, min(announced+1, presize)) // one more, in which the end is met
	}
	for {
		if err := ctx.Err(); err != nil {
			return g.whole(), err
		}
		if len(g.block) == cap(g.block) {
			g.grow(announced+1, most)
		}
		n, err := r.Read(g.block[len(g.block):cap(g.block)])
		g.block = g.block[:len(g.block)+n]
		if err == io.EOF {
			return g.whole(), nil
		}
		if err != nil {
			return g.whole(), err
		}
	}
}

type gathering struct {
	full   [][]byte // blocks
	before int      // bytes in them
	block  []byte   // the last one, or all
}

// grow makes room behind the last block, which is full.
func (g *gathering) grow(announced, most int64) {
	n := int64(len(g.block))
	switch sum := int64(g.before) + n; {
	case g.before == 0 && n < announced:
		g.block = append(make([]byte, 0, min(announced, foresight*n)), g.block...)
	case sum >= sumOfBlocks:
		g.block = g.join(max(min(reach*sum, most), sum+firstBlock))
	default:
		g.full, g.before = append(g.full, g.block), int(sum)
		g.block = make([]byte, 0, min(max(2*n, firstBlock), largestBlock))
	}
}

// whole is what has arrived, in no more than twice the room that it needs.
func (g *gathering) whole() []byte {
	if g.before == 0 && (cap(g.block) <= 2*len(g.block) && len(g.block) > sumOfBlocks || cap(g.block)-len(g.block) <= len(g.block)/8) {
		return slices.Clip(g.block)
	}
	return g.join(int64(g.before + len(g.block)))
}

// join puts the blocks together.
func (g *gathering) join(room int64) []byte {
	all := make([]byte, 0, room)
	for _, block := range g.full {
		all = append(all, block...)
	}
	all = append(all, g.block...)
	g.full, g.before = nil, 0
	return all
}
