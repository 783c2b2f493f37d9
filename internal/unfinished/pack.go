package unfinished

import (
	"encoding/binary"
	"encoding/hex"
	"strings"
)

// A UUID at the beginning of a reference is written in 16 bytes instead of 36.
const (
	uuidText  = 36
	uuidBytes = 16
	hashSize  = 8
)

// splitUUID returns the bytes of the UUID that a reference begins with, and the rest; no bytes if
// it begins with something else.
func splitUUID(ref string) (uuid []byte, rest string) {
	if len(ref) < uuidText {
		return nil, ref
	}
	uuid, err := hex.DecodeString(strings.ReplaceAll(ref[:uuidText], "-", ""))
	if err != nil || len(uuid) != uuidBytes || formatUUID(uuid) != ref[:uuidText] {
		return nil, ref
	}
	return uuid, ref[uuidText:]
}

func formatUUID(uuid []byte) string {
	h := hex.EncodeToString(uuid)
	return strings.Join([]string{h[:8], h[8:12], h[12:16], h[16:20], h[20:]}, "-")
}

// packedSize is what Pack takes for a reference, at most.
func packedSize(ref string) int {
	uuid, rest := splitUUID(ref)
	return 2 + len(uuid) + len(rest) + hashSize
}

// Pack writes records. For each it writes the length of what is not a UUID and whether there is
// one, both, and the hash.
func Pack(all []Record) []byte {
	var packed []byte
	for _, r := range all {
		uuid, rest := splitUUID(r.Ref)
		head := uint64(len(rest)) << 1
		if uuid != nil {
			head |= 1
		}
		packed = binary.AppendUvarint(packed, head)
		packed = append(packed, uuid...)
		packed = append(packed, rest...)
		packed = binary.BigEndian.AppendUint64(packed, r.Hash)
	}
	return packed
}

// Unpack reads what Pack wrote of the records of a [Queue]. It returns false for anything else.
func Unpack(packed []byte) (all []Record, ok bool) {
	size := 0
	known := make(map[string]bool)
	for len(packed) > 0 {
		head, used := binary.Uvarint(packed)
		uuid, rest := int(head&1)*uuidBytes, int(head>>1)
		if used <= 0 || rest < 0 || rest > maxRef || len(packed) < used+uuid+rest+hashSize {
			return nil, false
		}
		packed = packed[used:]
		ref := string(packed[uuid : uuid+rest])
		if uuid > 0 {
			ref = formatUUID(packed[:uuid]) + ref
		}
		size += packedSize(ref)
		if known[ref] || len(all) == maxRecords || size > maxSize {
			return nil, false
		}
		known[ref] = true
		packed = packed[uuid+rest:]
		all = append(all, Record{Ref: ref, Hash: binary.BigEndian.Uint64(packed)})
		packed = packed[hashSize:]
	}
	return all, true
}
