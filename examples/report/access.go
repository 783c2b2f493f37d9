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

// access asks for what holds now: the span is not used, since an access is no event.
func (a asperaSource) access(ctx context.Context, _ tally.Span) (answer, error) {
	if a.files == nil {
		return answer{notes: []string{"This cannot be answered from a file: the collector stores events, and an access that somebody has is none. Ask the " +
			"service, without -db."}}, nil
	}
	if a.search == "" {
		return answer{notes: []string{"Name the file with -file: the service searches for a part of its name."}}, nil
	}
	organization := a.files.OwnOrganization()
	files, users, err := tally.AccessOf(ctx, organization.SearchFileAccess(aspera.FileAccessSearch{Term: a.search}),
		organization.FileAccess(aspera.FileAccessQuery{}))
	if errors.Is(err, activity.ErrNotFound) {
		return answer{}, fmt.Errorf("the service does not offer this any more, as the vendor announced for November 2024: %w", err)
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
		tables: []captioned{{caption: fmt.Sprintf("%d of %d files found by %q", min(tableRows, len(files)), len(files), term), Table: table}},
		notes: []string{"The search finds files and users, but does not say who belongs to which file: that is taken from the list of all " +
			"accesses, by the file's id. How the service names the members of both is not documented."},
	}
	if len(users) > 0 {
		found := text.Table{Columns: []text.Column{{Name: "user"}, {Name: "e-mail address"}, {Name: "user id"}}}
		for _, user := range users[:min(tableRows, len(users))] {
			found.Rows = append(found.Rows, []string{user.Name, user.Email, user.ID})
		}
		result.tables = append(result.tables, captioned{caption: fmt.Sprintf("%d of %d users found by %q", len(found.Rows), len(users), term), Table: found})
	}
	return result
}
