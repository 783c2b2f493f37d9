package main

import (
	"bytes"
	"context"
	"encoding/json"
	"slices"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/aspera"
)

// asperaEndpoint is an address of the service with the SDK's call to it.
type asperaEndpoint struct {
	name    string
	hasSpan bool // takes start_time and stop_time
	arrays  []asperaArray
	send    func(ctx context.Context, a *asperaAccount, rows int) error
}

// asperaArray is where the SDK expects records, and their type.
type asperaArray struct {
	member string // "" is the answer as a whole
	record any
	exact  bool // it stands in an object, under that name
}

var asperaEndpoints = []asperaEndpoint{
	{"transfers", true, []asperaArray{{member: "transfers", record: aspera.Transfer{}}},
		func(ctx context.Context, a *asperaAccount, rows int) error {
			return onePage(ctx, a.organization.Transfers(aspera.TransferQuery{Start: a.start, Stop: a.stop, PageSize: rows}))
		}},
	{"one transfer", false, []asperaArray{{member: "", record: aspera.Transfer{}}},
		func(ctx context.Context, a *asperaAccount, _ int) error {
			t, _ := a.example()
			if t.UUID == "" {
				return noTransfer
			}
			_, err := a.organization.Transfer(ctx, t.UUID)
			return err
		}},
	{"files of a transfer", false, []asperaArray{{member: "files", record: aspera.TransferFile{}}},
		func(ctx context.Context, a *asperaAccount, rows int) error {
			t, _ := a.example()
			if t.UUID == "" {
				return noTransfer
			}
			return onePage(ctx, a.organization.TransferFiles(t.UUID, aspera.FileQuery{PageSize: rows}))
		}},
	{"application_events", true, []asperaArray{{member: "application_events", record: aspera.ApplicationEvent{}}},
		func(ctx context.Context, a *asperaAccount, rows int) error {
			return onePage(ctx, a.organization.ApplicationEvents(aspera.EventQuery{Start: a.start, Stop: a.stop, PageSize: rows}))
		}},
	{"egress_throughputs", true, []asperaArray{{member: "egress_throughputs", record: aspera.Throughput{}}},
		func(ctx context.Context, a *asperaAccount, rows int) error {
			return onePage(ctx, a.organization.EgressThroughputs(aspera.ThroughputQuery{Start: a.start, Stop: a.stop, PageSize: rows}))
		}},
	{"ingress_throughputs", true, []asperaArray{{member: "ingress_throughputs", record: aspera.Throughput{}}},
		func(ctx context.Context, a *asperaAccount, rows int) error {
			return onePage(ctx, a.organization.IngressThroughputs(aspera.ThroughputQuery{Start: a.start, Stop: a.stop, PageSize: rows}))
		}},
	{"volume_usage", true, []asperaArray{{member: "volume_usage", record: aspera.Volume{}}},
		func(ctx context.Context, a *asperaAccount, _ int) error {
			_, err := a.organization.VolumeUsage(ctx, aspera.VolumeQuery{Start: a.start, Stop: a.stop})
			return err
		}},
	{"file_access", true, []asperaArray{{member: "file_access", record: aspera.FileAccess{}}},
		func(ctx context.Context, a *asperaAccount, rows int) error {
			return onePage(ctx, a.organization.FileAccess(aspera.FileAccessQuery{Start: a.start, Stop: a.stop, PageSize: rows}))
		}},
	{searchEndpoint, true, []asperaArray{{"users", aspera.FileAccessUser{}, true}, {"files", aspera.FileAccessFile{}, true}},
		func(ctx context.Context, a *asperaAccount, rows int) error {
			return onePage(ctx, a.organization.SearchFileAccess(aspera.FileAccessSearch{Term: "a", Start: a.start, Stop: a.stop, PageSize: rows}))
		}},
}

const (
	searchEndpoint = "file_access/search"
	noTransfer     = notAsked("the account shows no transfers")
)

func asperaEndpointOf(name string) asperaEndpoint {
	i := slices.IndexFunc(asperaEndpoints, func(e asperaEndpoint) bool { return e.name == name })
	return asperaEndpoints[i]
}

func onePage[T any](ctx context.Context, list activity.List[T]) error {
	_, err := list.Page(ctx, "")
	return err
}

// hasRows reports whether an answer has records of the endpoint.
func (e asperaEndpoint) hasRows(answer exchange) bool {
	return slices.ContainsFunc(e.arrays, func(in asperaArray) bool {
		rows, _, _ := in.rows(answer.body)
		return len(rows) > 0
	})
}

// rows returns the records of an answer and the name of the array that they stand in: the expected
// one, or else the only one. An array in place of the answer has no name. found reports whether
// there is such an array, or object.
func (in asperaArray) rows(body []byte) (rows []json.RawMessage, name string, found bool) {
	if in.member == "" {
		one, _, ok := transferWithin(body, 3)
		return one, "", ok
	}
	if !in.exact && json.Unmarshal(body, &rows) == nil {
		return rows, "", rows != nil
	}
	members := map[string]json.RawMessage{}
	if json.Unmarshal(body, &members) != nil {
		return nil, "", false
	}
	if value, ok := members[in.member]; ok {
		err := json.Unmarshal(value, &rows)
		return rows, in.member, err == nil && rows != nil
	}
	var arrays []string
	for name, value := range members {
		if bytes.HasPrefix(bytes.TrimSpace(value), []byte{'['}) && name != "next" {
			arrays = append(arrays, name)
		}
	}
	if len(arrays) != 1 || in.exact {
		return nil, "", false
	}
	err := json.Unmarshal(members[arrays[0]], &rows)
	return rows, arrays[0], err == nil
}

// transferWithin returns the object that has a uuid, and where it stands: "" where the answer is
// it, "array", or the name of the member. It looks as deep as the SDK does.
func transferWithin(body []byte, depth int) (found []json.RawMessage, where string, ok bool) {
	var items []json.RawMessage
	if json.Unmarshal(body, &items) == nil {
		for _, item := range items {
			if one, _, ok := transferWithin(item, depth-1); ok && depth > 1 {
				found = append(found, one...)
			}
		}
		return found, "array", len(found) > 0
	}
	members := map[string]json.RawMessage{}
	if json.Unmarshal(body, &members) != nil {
		return nil, "", false
	}
	if _, itself := members["uuid"]; itself {
		return []json.RawMessage{body}, "", true
	}
	for name, value := range members {
		if one, _, ok := transferWithin(value, depth-1); ok && depth > 1 {
			return one, name, true
		}
	}
	return nil, "", false
}
