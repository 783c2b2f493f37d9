package activity

import (
	"container/list"
	"encoding/binary"
	"encoding/hex"
	"strings"
)

const (
	// maxUnfinished and unfinishedRoom bound how many records are kept to be read again, and what
	// they take in a checkpoint.
	maxUnfinished  = 10_000
	unfinishedRoom = 300_000
	// maxRef is the longest reference that is kept, in bytes.
	maxRef = 256
)

// unfinished is a record that is to be read again, and the hash of the key under which it was
// delivered last.
type unfinished struct {
	ref  string
	hash uint64
}

// openRecords are those that are to be read again, the one that waits longest first.
type openRecords struct {
	queue *list.List // of *openRecord
	byRef map[string]*list.Element
	size  int          // bytes in a checkpoint
	shot  []unfinished // what the queue holds, for checkpoints; nil: it changed
}

type openRecord struct {
	unfinished
	met int // the round in which it was read last; 0: in an earlier run
}

func newOpenRecords(all []unfinished) openRecords {
	o := openRecords{queue: list.New(), byRef: map[string]*list.Element{}}
	for _, u := range all {
		o.add(u, 0)
	}
	return o
}

// track notes a record that was read in a round. One that is open goes to the end. It returns false
// if an older one had to make room.
func (o *openRecords) track(u unfinished, open bool, round int) bool {
	o.remove(u.ref)
	if !open || len(u.ref) > maxRef {
		return true
	}
	o.add(u, round)
	if len(o.byRef) <= maxUnfinished && o.size <= unfinishedRoom {
		return true
	}
	o.remove(o.queue.Front().Value.(*openRecord).ref)
	return false
}

// touch sends a record to the end that was read in a round and stays as it is.
func (o *openRecords) touch(ref string, round int) {
	if e, known := o.byRef[ref]; known {
		e.Value.(*openRecord).met = round
		o.queue.MoveToBack(e)
		o.shot = nil
	}
}

// holds reports whether a record was delivered last under a key.
func (o *openRecords) holds(u unfinished) bool {
	e, known := o.byRef[u.ref]
	return known && e.Value.(*openRecord).hash == u.hash
}

// overdue returns up to n records that were not read in a round, the one that waits longest first.
func (o *openRecords) overdue(round int, n int) []string {
	var refs []string
	for e := o.queue.Front(); e != nil && len(refs) < n; e = e.Next() {
		if r := e.Value.(*openRecord); r.met != round {
			refs = append(refs, r.ref)
		}
	}
	return refs
}

func (o *openRecords) add(u unfinished, met int) {
	o.byRef[u.ref] = o.queue.PushBack(&openRecord{unfinished: u, met: met})
	o.size += unfinishedSize(u.ref)
	o.shot = nil
}

func (o *openRecords) remove(ref string) {
	if e, known := o.byRef[ref]; known {
		o.queue.Remove(e)
		delete(o.byRef, ref)
		o.size -= unfinishedSize(ref)
		o.shot = nil
	}
}

// snapshot returns the records in their order. It does not change later.
func (o *openRecords) snapshot() []unfinished {
	if o.shot == nil {
		for e := o.queue.Front(); e != nil; e = e.Next() {
			o.shot = append(o.shot, e.Value.(*openRecord).unfinished)
		}
	}
	return o.shot
}

// A UUID at the beginning of a reference is written in 16 bytes instead of 36.
const (
	uuidText  = 36
	uuidBytes = 16
)

// splitUUID returns the bytes of the UUID that a reference begins with, and what follows; no bytes
// if it begins with something else.
func splitUUID(ref string) (uuid []byte, rest string) {
	if len(ref) < uuidText {
		return nil, ref
	}
	uuid, err := hex.DecodeString(strings.ReplaceAll(ref[:uuidText], "-", ""))
	if err != nil || len(uuid) != uuidBytes || writeUUID(uuid) != ref[:uuidText] {
		return nil, ref
	}
	return uuid, ref[uuidText:]
}

func writeUUID(uuid []byte) string {
	h := hex.EncodeToString(uuid)
	return strings.Join([]string{h[:8], h[8:12], h[12:16], h[16:20], h[20:]}, "-")
}

// unfinishedSize is what packUnfinished takes for a reference, at most.
func unfinishedSize(ref string) int {
	uuid, rest := splitUUID(ref)
	return 2 + len(uuid) + len(rest) + sightingSize
}

// packUnfinished writes, for each, the length of what is not a UUID and whether there is one, both,
// and the hash.
func packUnfinished(all []unfinished) []byte {
	var packed []byte
	for _, u := range all {
		uuid, rest := splitUUID(u.ref)
		head := uint64(len(rest)) << 1
		if uuid != nil {
			head |= 1
		}
		packed = binary.AppendUvarint(packed, head)
		packed = append(packed, uuid...)
		packed = append(packed, rest...)
		packed = binary.BigEndian.AppendUint64(packed, u.hash)
	}
	return packed
}

// unpackUnfinished reads what packUnfinished wrote. It returns false for anything else.
func unpackUnfinished(packed []byte) (all []unfinished, ok bool) {
	for len(packed) > 0 {
		head, used := binary.Uvarint(packed)
		uuid, rest := int(head&1)*uuidBytes, int(head>>1)
		if used <= 0 || rest < 0 || rest > maxRef || len(packed) < used+uuid+rest+sightingSize {
			return nil, false
		}
		packed = packed[used:]
		ref := string(packed[uuid : uuid+rest])
		if uuid > 0 {
			ref = writeUUID(packed[:uuid]) + ref
		}
		packed = packed[uuid+rest:]
		all = append(all, unfinished{ref: ref, hash: binary.BigEndian.Uint64(packed)})
		packed = packed[sightingSize:]
	}
	return all, true
}
