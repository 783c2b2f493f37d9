package tally

import (
	"cmp"
	"context"
	"slices"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/aspera"
)

// Access is a file and who has access to it.
type Access struct {
	File  aspera.FileAccessFile
	Users []aspera.FileAccessUser // by name; none if the service names nobody
}

// AccessOf reads what a search found, and then who has access to the files among it, which the
// search alone does not tell. The users that the search names are those of its own: to which file
// they belong, it does not say. Files are in the order of their paths.
func AccessOf(ctx context.Context, found activity.List[aspera.FileAccessMatch], all activity.List[aspera.FileAccess]) (
	files []Access, users []aspera.FileAccessUser, err error) {
	var matched []*Access
	byID := map[string][]*Access{}
	for match, err := range found.All(ctx) {
		if err != nil {
			return nil, nil, err
		}
		if match.User != nil {
			users = append(users, *match.User)
			continue
		}
		file := &Access{File: *match.File}
		matched = append(matched, file)
		if file.File.ID != "" {
			byID[file.File.ID] = append(byID[file.File.ID], file)
		}
	}
	if len(byID) > 0 {
		for a, err := range all.All(ctx) {
			if err != nil {
				return nil, nil, err
			}
			for _, file := range byID[a.FileID] {
				file.admit(aspera.FileAccessUser{Name: a.UserName, Email: a.UserEmail})
			}
		}
	}
	for _, file := range matched {
		slices.SortFunc(file.Users, func(a, b aspera.FileAccessUser) int {
			return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.Email, b.Email))
		})
		files = append(files, *file)
	}
	slices.SortFunc(files, func(a, b Access) int {
		return cmp.Or(cmp.Compare(a.File.Path, b.File.Path), cmp.Compare(a.File.Name, b.File.Name), cmp.Compare(a.File.ID, b.File.ID))
	})
	return files, users, nil
}

func (a *Access) admit(user aspera.FileAccessUser) {
	if !slices.Contains(a.Users, user) {
		a.Users = append(a.Users, user)
	}
}
