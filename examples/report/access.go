package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/aspera"
	"github.com/activity-sdk/activity/examples/report/internal/tally"
	"github.com/activity-sdk/activity/examples/report/internal/text"
)

// access answers from the permissions of today. It does not use the span.
func (a asperaSource) access(ctx context.Context, _ tally.Span) (answer, error) {
	if a.files == nil {
		return answer{notes: []string{"A file cannot answer this: the collector stores events, not permissions. Ask the service, without -db."}}, nil
	}
	if a.search == "" {
		return answer{notes: []string{"Name the file with -file, in whole or in part: the service searches for the name."}}, nil
	}
	organization := a.files.OwnOrganization()
	files, users, err := tally.AccessOf(ctx, organization.SearchFileAccess(aspera.FileAccessSearch{Term: a.search}),
		organization.FileAccess(aspera.FileAccessQuery{}))
	if errors.Is(err, activity.ErrNotFound) {
		return answer{}, fmt.Errorf("the service no longer offers this, as the vendor announced for November 2024: %w", err)
	}
	if err != nil {
		return answer{}, err
	}
	return accessAnswer(a.search, files, users), nil
}

func accessAnswer(term string, files []tally.Access, users []aspera.FileAccessUser) answer {
	table := text.Table{Columns: []text.Column{{Name: "file"}, {Name: "who has access"}, {Name: "e-mail address"}, {Name: "file id"}}}
	for _, file := range files[:min(tableRows, len(files))] {
		path := file.File.Path
		if path == "" {
			path = file.File.Name
		}
		if len(file.Users) == 0 {
			table.Rows = append(table.Rows, []string{path, "(nobody named)", "", file.File.ID})
		}
		for _, user := range file.Users {
			table.Rows = append(table.Rows, []string{path, user.Name, user.Email, file.File.ID})
		}
	}
	result := answer{
		sections: []section{{caption: fmt.Sprintf("%d of %d files that match %q", min(tableRows, len(files)), len(files), term), Table: table}},
		notes: []string{"The search does not say who has access to a file. That comes from the list of all accesses, by the file's id. The vendor does " +
			"not document the members of either response."},
	}
	if len(users) > 0 {
		found := text.Table{Columns: []text.Column{{Name: "user"}, {Name: "e-mail address"}, {Name: "user id"}}}
		for _, user := range users[:min(tableRows, len(users))] {
			found.Rows = append(found.Rows, []string{user.Name, user.Email, user.ID})
		}
		result.sections = append(result.sections, section{caption: fmt.Sprintf("%d of %d users who match %q", len(found.Rows), len(users), term), Table: found})
	}
	return result
}
