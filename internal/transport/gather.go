package transport

import (
	"io"
	"slices"
)

const (
	// presize is how much of an announced length is believed before any of it has arrived, and foresight how many times as much as has
	// arrived later on: what is announced costs nothing to claim.
	presize   = 1 << 20
	foresight = 16
	// The blocks in which a body of unknown length is gathered, until it can be put together in one piece of the right size.
	firstBlock, largestBlock = 64 << 10, 4 << 20
)

// gather reads to the end. announced is how long that will be, as far as known; -1 if not. It returns what it has read also with an error.
//
// A buffer that doubles would cost as much as the body once more, and up to as much again that is never used.
func gather(r io.Reader, announced int64) ([]byte, error) {
	room := firstBlock
	if announced >= 0 {
		room = int(min(announced+1, presize)) // one more, in which the end is met
	}
	var blocks [][]byte // that are full
	var before int      // bytes in them
	block := make([]byte, 0, room)
	for {
		if len(block) == cap(block) {
			if length := announced + 1; before == 0 && int64(len(block)) < length {
				block = append(make([]byte, 0, min(length, foresight*int64(len(block)))), block...)
			} else {
				blocks, before = append(blocks, block), before+len(block)
				block = make([]byte, 0, min(max(2*len(block), firstBlock), largestBlock))
			}
		}
		n, err := r.Read(block[len(block):cap(block)])
		block = block[:len(block)+n]
		if err != nil {
			if err == io.EOF {
				err = nil
			}
			return join(blocks, before, block), err
		}
	}
}

// join puts the parts of a body together, with no more memory around it than a little.
func join(blocks [][]byte, before int, last []byte) []byte {
	if before == 0 && cap(last)-len(last) <= len(last)/8 {
		return slices.Clip(last)
	}
	whole := make([]byte, 0, before+len(last))
	for i, block := range blocks {
		whole = append(whole, block...)
		blocks[i] = nil
	}
	return append(whole, last...)
}
