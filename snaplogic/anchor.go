package snaplogic

import (
	"crypto/sha256"
	"encoding/base64"
	"slices"
	"strings"
)

// key tells the rows of a walk apart: the _id of a row, or a hash of it where it does not look like one. A row without an _id has a hash
// of its bytes; that is good enough to recognize it behind another row, but not to find it again among all.
type key string

const (
	oddID     = "#" // begins the hash of an _id
	anonymous = "~" // begins the hash of a row without an _id
)

func keyOf(row *Activity) key {
	switch {
	case row.ID == "":
		return anonymous + hash(row.Raw)
	case !plain(row.ID):
		return oddID + hash([]byte(row.ID))
	default:
		return key(row.ID)
	}
}

// plain tells whether a text looks like an _id: short, of letters, digits, hyphens and low lines.
func plain(id string) bool {
	const longest = 32
	if len(id) > longest {
		return false
	}
	for i := range len(id) {
		switch c := id[i]; {
		case '0' <= c && c <= '9', 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', c == '-', c == '_':
		default:
			return false
		}
	}
	return true
}

func hash(data []byte) key {
	sum := sha256.Sum256(data)
	return key(base64.RawURLEncoding.EncodeToString(sum[:12]))
}

func (k key) anonymous() bool { return strings.HasPrefix(string(k), anonymous) }

// memory is what a walk remembers of the rows that lie behind it: the keys of the last ones, in order. Its size does not grow with the
// list.
type memory struct {
	room  int  // how many keys are kept
	whole bool // keys has every row that was delivered and may still exist, and all of them have an _id
	keys  []key

	// The number of keys[0] is first, that of the next one more. last is the number of the last row with an _id.
	first, last int
	number      map[key]int // of the rows in keys that have an _id
}

func newMemory(room int, whole bool, keys ...key) *memory {
	m := &memory{room: room, whole: whole, last: -1, number: make(map[key]int)}
	m.add(keys...)
	return m
}

// add remembers further rows, and forgets the earliest if there are too many.
func (m *memory) add(keys ...key) {
	for _, k := range keys {
		number := m.first + len(m.keys)
		m.keys = append(m.keys, k)
		if k.anonymous() {
			m.whole = false
		} else {
			m.number[k], m.last = number, number
		}
		if len(m.keys) > m.room {
			m.drop(m.first)
			m.keys, m.first, m.whole = m.keys[1:], m.first+1, false
		}
	}
}

// drop removes the row with a number from the index.
func (m *memory) drop(number int) {
	if k := m.keys[number-m.first]; m.number[k] == number {
		delete(m.number, k)
	}
}

// advance moves over the rows of a run up to end, of which the one at anchor was delivered before. What is remembered after that one is
// no longer there and makes room. Where earlier rows were forgotten, those that stand before the anchor now are remembered, too:
// delivered or not, they lie behind, and the place can be found by them as well.
func (m *memory) advance(run []key, anchor, end int) {
	from := max(anchor, 0)
	if !m.whole {
		from = max(anchor-keptInCursor+1, 0)
	}
	for _, k := range run[from:end] {
		if number, known := m.number[k]; known {
			for gone := number; gone < m.first+len(m.keys); gone++ {
				m.drop(gone)
			}
			m.keys = m.keys[:number-m.first]
			break
		}
	}
	m.add(run[from:end]...)
}

// recent gives the last n keys, or all if there are fewer.
func (m *memory) recent(n int) []key { return m.keys[max(len(m.keys)-n, 0):] }

// overlap is how many rows a request must repeat to meet a row that is remembered and has an _id: the last row, unless it has none.
func (m *memory) overlap() int { return m.first + len(m.keys) - m.last }

// joint is how a run of rows, as the service lists them now, continues those that are remembered.
type joint struct {
	anchor int   // where in the run the remembered rows end; -1 if nothing was delivered before
	ahead  int   // how many rows are remembered after the anchor: they vanished, or come later than the run
	fresh  []int // the places in the run of the rows that are new, in order
}

// join finds the last row of a run that is remembered. What follows it is new. What stands before it was delivered as well, or was
// inserted behind the walk's back, and is left out. False: the run holds none that is remembered, so that rows between it and the
// delivered ones may be missing.
//
// This rests on one thing: rows may come and go, but those that stay keep their order.
func (m *memory) join(run []key) (joint, bool) {
	if len(m.keys) == 0 {
		return m.afresh(run), true
	}
	for anchor, k := range slices.Backward(run) {
		if number, known := m.number[k]; known {
			since := m.keys[number-m.first+1:]
			return joint{anchor: anchor, ahead: m.last - number, fresh: fresh(run, anchor+1, since)}, true
		}
	}
	return joint{}, false
}

// afresh is the joint of a run of which no row was delivered, at the beginning of the list.
func (m *memory) afresh(run []key) joint { return joint{anchor: -1, fresh: fresh(run, 0, nil)} }

// fresh gives the places of the rows from one on that are new: each _id once, and without those rows that have none and were delivered
// since the anchor.
func fresh(run []key, from int, since []key) []int {
	var places []int
	met := make(map[key]bool, len(run)-from)
	for i, k := range run[from:] {
		switch {
		case k.anonymous():
			if again := slices.Index(since, k); again >= 0 {
				since = since[again+1:]
				continue
			}
		case met[k]:
			continue
		default:
			met[k], since = true, nil
		}
		places = append(places, from+i)
	}
	return places
}
