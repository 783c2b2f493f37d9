package tally

import (
	"cmp"
	"context"
	"slices"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/aspera"
)

// Access is a file and the users who have access to it.
type Access struct {
	File  aspera.FileAccessFile
	Users []aspera.FileAccessUser // sorted by name; empty if the service names nobody
}

// AccessOf returns the files that a search found, sorted by path, with the users who have access to
// them. It takes these from the list of all accesses, since the search does not name them. It also
// returns the users that the search found itself; the service does not say to which files they have
// access.
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
				file.addUser(aspera.FileAccessUser{Name: a.UserName, Email: a.UserEmail})
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

func (a *Access) addUser(user aspera.FileAccessUser) {
	if !slices.Contains(a.Users, user) {
		a.Users = append(a.Users, user)
	}
}
