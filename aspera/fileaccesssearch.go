package aspera

import (
	"bytes"
	"encoding/json"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/internal/paging"
	"github.com/activity-sdk/activity/internal/wire"
)

var fileAccessMatches = endpoint[FileAccessMatch]{op: "search file access", path: "file_access/search", decode: decodeMatches}

// SearchFileAccess returns the list of the users and the files that match a term, from GET
// …/file_access/search. On each page the users come first. This is the vendor's answer to "who has
// access to this file?".
//
// # Vendor status
//
// The vendor announced that it would disable the APIs of this feature on 2024-11-15. Expect an
// error, such as [activity.ErrNotFound]. Where a service still answers, the call works.
func (r Resource) SearchFileAccess(q FileAccessSearch) activity.List[FileAccessMatch] {
	return list(r, fileAccessMatches, q)
}

// FileAccessMatch is a user or a file that matches a search: one of User and File is set.
type FileAccessMatch struct {
	User *FileAccessUser // nil if a file matches
	File *FileAccessFile // nil if a user matches

	Raw      json.RawMessage         // the user or file as sent
	Problems []activity.FieldProblem // members that did not fit their field
}

// FileAccessUser is a user who matches a search. The list of users is documented, but not its
// members (probe: aspera.shapes). The fields are guesses; FileAccessMatch.Raw has what the service
// sent.
type FileAccessUser struct {
	ID    string `json:"id,omitzero"`
	Name  string `json:"name,omitzero"`
	Email string `json:"email,omitzero"`
}

// FileAccessFile is a file or folder that matches a search. The list of files is documented, but
// not its members (probe: aspera.shapes). The fields are guesses; FileAccessMatch.Raw has what the
// service sent.
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

// decodeMatches reads a page with two arrays, of which one may be missing.
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

// MarshalJSON returns Raw, with the members of changed fields replaced. If User and File are both
// nil, it leaves out the members of both.
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

// UnmarshalJSON fills User or File, Raw and Problems. The bytes do not tell which of the two a
// match is: an object with an email is read as a user, and any other as a file.
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
