package tally

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
)

// Grid has a sum for each pair of a row and a column. The zero Grid is empty.
type Grid struct {
	sums    map[[2]string]float64
	rows    map[string]float64
	columns map[string]float64
}

// Add adds an amount to the sum of a pair.
func (g *Grid) Add(row, column string, amount float64) {
	if g.sums == nil {
		g.sums, g.rows, g.columns = map[[2]string]float64{}, map[string]float64{}, map[string]float64{}
	}
	g.sums[[2]string{row, column}] += amount
	g.rows[row] += amount
	g.columns[column] += amount
}

// Ranking has the rows and columns of a grid with the largest sums.
type Ranking struct {
	Rows    []string
	Columns []string
	Values  [][]float64 // by column, then by row
}

// Top returns the rows and columns with the largest sums, largest first; equal ones are sorted by
// name. If there are more than rows or columns allow, the last one is the sum of the others and its
// name is their number.
func (g *Grid) Top(rows, columns int) Ranking {
	rowOf, r := rank(g.rows, rows)
	columnOf, c := rank(g.columns, columns)
	values := make([][]float64, len(c))
	for i := range values {
		values[i] = make([]float64, len(r))
	}
	for pair, sum := range g.sums {
		values[columnOf[pair[1]]][rowOf[pair[0]]] += sum
	}
	return Ranking{Rows: r, Columns: c, Values: values}
}

// rank returns the index of each name in names, and names, of which there are at most most.
func rank(sums map[string]float64, most int) (place map[string]int, names []string) {
	sorted := slices.SortedFunc(maps.Keys(sums), func(a, b string) int {
		return cmp.Or(cmp.Compare(sums[b], sums[a]), cmp.Compare(a, b))
	})
	names = sorted
	if len(sorted) > most {
		names = append(slices.Clone(sorted[:most-1]), fmt.Sprintf("%d others", len(sorted)-most+1))
	}
	place = make(map[string]int, len(sorted))
	for i, name := range sorted {
		place[name] = min(i, len(names)-1)
	}
	return place, names
}
