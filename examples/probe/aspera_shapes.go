package main

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"reflect"
	"slices"
	"strings"

	"github.com/activity-sdk/activity"
)

// askShapes compares the members of each endpoint's records with those of the SDK's types.
func (a *asperaAccount) askShapes(ctx context.Context, s *service) finding {
	var parts, differ, lacks []string
	with, without := 0, 0
	for _, e := range asperaEndpoints {
		answer := a.look(ctx, s, e)
		switch {
		case answer.status == http.StatusNotFound || answer.status == http.StatusGone:
			parts = append(parts, fmt.Sprintf("%s: there is nothing (status %d)", e.name, answer.status))
			continue
		case answer.status != http.StatusOK:
			parts = append(parts, e.name+": "+asperaFailure(answer))
			without++
			continue
		}
		for _, in := range e.arrays {
			text, absent, rows, differs := in.compare(answer.body)
			name := e.name
			if len(e.arrays) > 1 {
				name += ", " + in.member
			}
			parts = append(parts, name+": "+text)
			if differs {
				differ = append(differ, name)
			}
			if len(absent) > 0 {
				lacks = append(lacks, name+" "+strings.Join(absent, ", "))
			}
			if rows > 0 {
				with++
			} else {
				without++
			}
		}
	}
	if a.bySelf {
		parts = append(parts, "the organization's id came from /api/v1/self, since /api/v1/organization has none")
	}
	answer := strings.Join(parts, "; ")
	follows := "The SDK's types fit what came."
	switch {
	case with == 0: // nothing came
	case a.bySelf:
		follows = "OwnOrganization does not work here: use Client.Organization with the id from Client.Self. Please share the report."
	case len(differ) > 0:
		follows = "Read from Raw what has no field. The SDK's types are to be adapted to: " + strings.Join(differ, ", ") + ". Please share the report."
	case len(lacks) > 0:
		follows = "What came fits the SDK's types. Fields stay zero whose members did not come: " + strings.Join(lacks, "; ") + "."
	}
	switch {
	case with == 0:
		return leavesOpen("no endpoint has rows to compare: " + answer)
	case without > 0:
		return suggests(answer, follows)
	default:
		return settles(answer, follows)
	}
}

// compare says how the records of an answer differ from the SDK's type.
func (in asperaArray) compare(body []byte) (text string, absent []string, n int, differs bool) {
	records, name, found := in.rows(body)
	if !found {
		return "no array of records that the SDK finds", nil, 0, true
	}
	if len(records) == 0 {
		return "no rows", nil, 0, false
	}
	known := memberNames(in.record)
	kinds, times := map[string][]string{}, map[string]int{}
	unfit := map[string]bool{}
	objects := 0
	for _, row := range records {
		members := map[string]any{}
		if decodeMembers(row, &members) != nil {
			continue
		}
		objects++
		for name, value := range members {
			if kind := kindOf(value); !slices.Contains(kinds[name], kind) {
				kinds[name] = append(kinds[name], kind)
			}
			times[name]++
		}
		for _, field := range unfitting(in.record, row) {
			unfit[field] = unfit[field] || slices.Contains(known, field)
		}
	}
	if objects == 0 {
		return "no object in " + rows(len(records)), nil, 0, true
	}
	var unknown, wrong []string
	hidden := 0
	for _, name := range slices.Sorted(maps.Keys(kinds)) {
		switch {
		case slices.Contains(known, name) || otherMember[name] != "":
		case memberName.MatchString(name) && 2*times[name] >= objects && len(unknown) < mostWords: // else it may be data
			unknown = append(unknown, fmt.Sprintf("%s (%s)", name, strings.Join(slices.Sorted(slices.Values(kinds[name])), " or ")))
		default:
			hidden++
		}
	}
	for _, name := range known {
		if times[name] == 0 && times[inverse(otherMember, name)] == 0 {
			absent = append(absent, name)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(unfit)) {
		if unfit[name] {
			wrong = append(wrong, fmt.Sprintf("%s (%s)", name, strings.Join(slices.Sorted(slices.Values(kinds[name])), " or ")))
		}
	}
	said := []string{rows(len(records))}
	add := func(what string, names []string) {
		if len(names) > 0 {
			said = append(said, what+" "+strings.Join(names, ", "))
		}
	}
	add("not known to the SDK:", unknown)
	add("did not come:", absent)
	add("do not fit their field:", wrong)
	if hidden > 0 {
		said = append(said, fmt.Sprintf("members that are not shown: %d", hidden))
	}
	switch {
	case name == in.member:
	case name == "":
		said = append(said, "the array stands alone")
	case memberName.MatchString(name):
		said = append(said, "the array is called "+name)
	}
	if len(said) == 1 {
		said = append(said, "all members as the SDK expects")
	}
	return strings.Join(said, ", "), absent, objects, len(unknown)+len(wrong)+hidden > 0 || len(absent) == len(known)
}

// otherMember is a second name of a member, which the SDK reads as well.
var otherMember = map[string]string{"session_started_at": "session_start_time", "session_stopped_at": "session_stop_time"}

func inverse(of map[string]string, value string) string {
	for name, v := range of {
		if v == value {
			return name
		}
	}
	return ""
}

// memberNames are those that the SDK's type reads.
func memberNames(record any) (names []string) {
	for _, field := range reflect.VisibleFields(reflect.TypeOf(record)) {
		if name, _, _ := strings.Cut(field.Tag.Get("json"), ","); name != "" && name != "-" {
			names = append(names, name)
		}
	}
	return names
}

// unfitting are the members of a row that do not fit their field.
func unfitting(record any, row json.RawMessage) (fields []string) {
	value := reflect.New(reflect.TypeOf(record))
	if json.Unmarshal(row, value.Interface()) != nil {
		return nil
	}
	if list := value.Elem().FieldByName("Problems"); list.IsValid() {
		problems, _ := reflect.TypeAssert[[]activity.FieldProblem](list)
		for _, p := range problems {
			fields = append(fields, p.Field)
		}
	}
	return fields
}

// kindOf returns the kind of a value, without what is in it.
func kindOf(value any) string {
	switch value.(type) {
	case map[string]any:
		return "object"
	case []any:
		return "array"
	}
	return kind(value)
}

func decodeMembers(data []byte, into *map[string]any) error {
	decoder := json.NewDecoder(strings.NewReader(string(data)))
	decoder.UseNumber()
	return decoder.Decode(into)
}
