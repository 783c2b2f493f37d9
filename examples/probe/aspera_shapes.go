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
func (a *asperaProbe) askShapes(ctx context.Context, s *service) finding {
	var parts, different, missing []string
	with, without := 0, 0
	for _, e := range asperaEndpoints {
		answer := a.sampleOf(ctx, s, e)
		switch {
		case answer.status == http.StatusNotFound || answer.status == http.StatusGone:
			parts = append(parts, fmt.Sprintf("%s: does not exist (status %d)", e.name, answer.status))
			continue
		case answer.status != http.StatusOK:
			parts = append(parts, e.name+": "+outcomeOf(answer))
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
				different = append(different, name)
			}
			if len(absent) > 0 {
				missing = append(missing, name+" "+strings.Join(absent, ", "))
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
	follows := "The SDK's types fit."
	switch {
	case with == 0: // there is nothing to say
	case a.bySelf:
		follows = "OwnOrganization does not work here: use Client.Organization with the id from Client.Self. Please share the report."
	case len(different) > 0:
		follows = "Use Raw for members without a field. The SDK's types do not fit " + strings.Join(different, ", ") + ". Please share the report."
	case len(missing) > 0:
		follows = "The SDK's types fit. Some of their fields stay zero, since the service sends no such members: " + strings.Join(missing, "; ") + "."
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

// compare returns how the records of an answer differ from the SDK's type.
func (in asperaArray) compare(body []byte) (text string, absent []string, n int, differs bool) {
	records, name, found := in.rows(body)
	if !found {
		return "no array of records that the SDK would find", nil, 0, true
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
		case memberName.MatchString(name) && 2*times[name] >= objects && len(unknown) < maxUnknownWords: // else it may be data
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
	results := []string{rows(len(records))}
	add := func(what string, names []string) {
		if len(names) > 0 {
			results = append(results, what+" "+strings.Join(names, ", "))
		}
	}
	add("not known to the SDK:", unknown)
	add("missing:", absent)
	add("not fitting their field:", wrong)
	if hidden > 0 {
		results = append(results, fmt.Sprintf("hidden members: %d", hidden))
	}
	switch {
	case name == in.member:
	case name == "":
		results = append(results, "the answer is the array itself")
	case memberName.MatchString(name):
		results = append(results, "the array is called "+name)
	}
	if len(results) == 1 {
		results = append(results, "all members as expected")
	}
	return strings.Join(results, ", "), absent, objects, len(unknown)+len(wrong)+hidden > 0 || len(absent) == len(known)
}

// otherMember maps members to a second name that the SDK reads as well.
var otherMember = map[string]string{"session_started_at": "session_start_time", "session_stopped_at": "session_stop_time"}

func inverse(of map[string]string, value string) string {
	for name, v := range of {
		if v == value {
			return name
		}
	}
	return ""
}

// memberNames returns the members that the SDK's type reads.
func memberNames(record any) (names []string) {
	for _, field := range reflect.VisibleFields(reflect.TypeOf(record)) {
		if name, _, _ := strings.Cut(field.Tag.Get("json"), ","); name != "" && name != "-" {
			names = append(names, name)
		}
	}
	return names
}

// unfitting returns the members of a row that do not fit their fields.
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

// kindOf returns the kind of a value without its contents.
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
