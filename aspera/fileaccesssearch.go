package aspera

import (
	"bytes"
	"encoding/json"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/internal/paging"
	"github.com/activity-sdk/activity/internal/wire"
)

var fileAccessMatches = endpoint[FileAccessMatch]{op: "search file access", path: "file_access/search", decode: decodeMatches}

// SearchFileAccess lists the users and the files that match a term: GET …/file_access/search. This
// is the vendor's answer to "who has access to this file?". Of each page the users come first, then
// the files.
//
// # Vendor status
//
// The vendor disabled the APIs of this feature on 2024-11-15. Expect an error, such as
// activity.ErrNotFound; where a service still answers, the call works as before.
func (r Resource) SearchFileAccess(q FileAccessSearch) activity.List[FileAccessMatch] {
	return list(r, fileAccessMatches, q)
}

// FileAccessMatch is a user or a file that matches a search: one of User and File is set.
type FileAccessMatch struct {
	User *FileAccessUser // nil: a file matches
	File *FileAccessFile // nil: a user matches

	Raw      json.RawMessage         // the user or file as sent
	Problems []activity.FieldProblem // members that did not fit their field
}

// FileAccessUser is a user who matches a search. That there is a list of users is documented, what
// it holds is not (probe: aspera.shapes): the fields are guesses, and FileAccessMatch.Raw has
// whatever was sent.
type FileAccessUser struct {
	ID    string `json:"id,omitzero"`
	Name  string `json:"name,omitzero"`
	Email string `json:"email,omitzero"`
}

// FileAccessFile is a file or folder that matches a search. That there is a list of files is
// documented, what it holds is not (probe: aspera.shapes): the fields are guesses, and
// FileAccessMatch.Raw has whatever was sent.
type FileAccessFile struct {
	ID   string `json:"id,omitzero"`
	Name string `json:"name,omitzero"`
	Path string `json:"path,omitzero"`
}

var (
	userMatchCodec = wire.CodecOf(func(m *FileAccessMatch) any {
		if m.User == nil {
			m.User = new(FileAccessUser)
		}
		return m.User
	}, keptOfMatch, wire.LooseStrings())
	fileMatchCodec = wire.CodecOf(func(m *FileAccessMatch) any {
		if m.File == nil {
			m.File = new(FileAccessFile)
		}
		return m.File
	}, keptOfMatch, wire.LooseStrings())
)

func keptOfMatch(m *FileAccessMatch) wire.Kept {
	return wire.Kept{Raw: &m.Raw, Problems: &m.Problems}
}

// decodeMatches reads a page of two arrays. One of them may be missing.
func decodeMatches(r *wire.Reader) (paging.Linked[FileAccessMatch], error) {
	var users, files []FileAccessMatch
	var next string
	found := false
	err := r.Object(func(name string) (err error) {
		switch name {
		case "users":
			found = true
			users, err = wire.Records(r, userMatchCodec)
		case "files":
			found = true
			files, err = wire.Records(r, fileMatchCodec)
		case "next":
			next, err = readLink(r)
		}
		return err
	})
	if err == nil {
		err = r.End()
	}
	if err == nil && !found {
		err = shapeError("users", "missing", "an array")
	}
	if err != nil {
		return paging.Linked[FileAccessMatch]{}, err
	}
	return paging.Linked[FileAccessMatch]{Items: append(users, files...), Next: next, Total: -1}, nil
}

// Detach returns a copy with a Raw of its own.
func (m FileAccessMatch) Detach() FileAccessMatch { m.Raw = bytes.Clone(m.Raw); return m }

// MarshalJSON returns Raw, compacted, with the members replaced whose fields were changed, or an
// object of the fields that are set if there is no Raw. Without User and File the members of both
// are left out.
func (m FileAccessMatch) MarshalJSON() ([]byte, error) {
	switch {
	case m.User != nil:
		return userMatchCodec.Marshal(&m)
	case m.File == nil:
		var err error
		if m.Raw, err = userMatchCodec.Marshal(&m); err != nil {
			return nil, err
		}
	}
	return fileMatchCodec.Marshal(&m)
}

// UnmarshalJSON fills User or File, Raw and Problems. The bytes of a user do not say that they are
// one: what has a member "email" is taken for a user, all else for a file. It fails only for what
// is not JSON.
func (m *FileAccessMatch) UnmarshalJSON(data []byte) error {
	asUser := FileAccessMatch{}
	if err := userMatchCodec.Unmarshal(data, &asUser); err != nil {
		return err
	}
	if asUser.User.Email != "" {
		*m = asUser
		return nil
	}
	return fileMatchCodec.Unmarshal(data, m)
}
