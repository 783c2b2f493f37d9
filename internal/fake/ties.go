package fake

import (
	"math/rand/v2"
	"sync/atomic"
)

// Ties shuffles rows with equal times for each answer, as a service may that sorts by time alone. A
// nil Ties leaves the rows as they are.
type Ties struct {
	seed    uint64
	answers atomic.Uint64
}

// NewTies returns ties whose n-th order depends only on the seed and n.
func NewTies(seed uint64) *Ties { return &Ties{seed: seed} }

// Reorder shuffles each run of rows with equal times in place. Rows without a time are such a run
// too. The order of a run differs from the one that the previous call made.
func (t *Ties) Reorder(rows []Row) {
	if t == nil {
		return
	}
	n := t.answers.Add(1)
	r := rand.New(rand.NewPCG(t.seed, n))
	for len(rows) > 0 {
		tied := 1
		for tied < len(rows) && rows[tied].Time.Equal(rows[0].Time) {
			tied++
		}
		shuffle(r, rows[:tied], n%2 == 1)
		rows = rows[tied:]
	}
}

// shuffle makes an odd or an even permutation of the rows. Calls that alternate between the two
// never make the same order twice in a row.
func shuffle(r *rand.Rand, rows []Row, odd bool) {
	if len(rows) < 2 {
		return
	}
	swapped := false // whether by an odd number of swaps
	for i := len(rows) - 1; i > 0; i-- {
		j := r.IntN(i + 1)
		rows[i], rows[j] = rows[j], rows[i]
		swapped = swapped != (i != j)
	}
	if swapped != odd {
		rows[0], rows[1] = rows[1], rows[0]
	}
}
