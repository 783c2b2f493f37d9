package main

import (
	"bytes"
	"context"
	"encoding/json"
	"slices"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/aspera"
)

// asperaEndpoint is an endpoint of the service with the SDK's call to it.
type asperaEndpoint struct {
	name    string
	hasSpan bool // takes start_time and stop_time
	arrays  []asperaArray
	send    func(ctx context.Context, a *asperaProbe, rows int) error
}

// asperaArray is the place where the SDK expects records, and their type.
type asperaArray struct {
	member string // "": the whole answer
	record any
	exact  bool // it must be a member of that name
}

var asperaEndpoints = []asperaEndpoint{
	{"transfers", true, []asperaArray{{member: "transfers", record: aspera.Transfer{}}}, listCall(func(a *asperaProbe, rows int) activity.List[aspera.Transfer] {
		return a.organization.Transfers(aspera.TransferQuery{Start: a.start, Stop: a.stop, PageSize: rows})
	})},
	{"one transfer", false, []asperaArray{{member: "", record: aspera.Transfer{}}}, func(ctx context.Context, a *asperaProbe, _ int) error {
		t, _ := a.example()
		if t.UUID == "" {
			return errNoTransfer
		}
		_, err := a.organization.Transfer(ctx, t.UUID)
		return err
	}},
	{"files of a transfer", false, []asperaArray{{member: "files", record: aspera.TransferFile{}}}, func(ctx context.Context, a *asperaProbe, rows int) error {
		t, _ := a.example()
		if t.UUID == "" {
			return errNoTransfer
		}
		_, err := a.organization.TransferFiles(t.UUID, aspera.FileQuery{PageSize: rows}).Page(ctx, "")
		return err
	}},
	{"application_events", true, []asperaArray{{member: "application_events", record: aspera.ApplicationEvent{}}}, listCall(func(a *asperaProbe, rows int) activity.List[aspera.ApplicationEvent] {
		return a.organization.ApplicationEvents(aspera.EventQuery{Start: a.start, Stop: a.stop, PageSize: rows})
	})},
	{"egress_throughputs", true, []asperaArray{{member: "egress_throughputs", record: aspera.Throughput{}}}, listCall(func(a *asperaProbe, rows int) activity.List[aspera.Throughput] {
		return a.organization.EgressThroughputs(aspera.ThroughputQuery{Start: a.start, Stop: a.stop, PageSize: rows})
	})},
	{"ingress_throughputs", true, []asperaArray{{member: "ingress_throughputs", record: aspera.Throughput{}}}, listCall(func(a *asperaProbe, rows int) activity.List[aspera.Throughput] {
		return a.organization.IngressThroughputs(aspera.ThroughputQuery{Start: a.start, Stop: a.stop, PageSize: rows})
	})},
	{"volume_usage", true, []asperaArray{{member: "volume_usage", record: aspera.Volume{}}}, func(ctx context.Context, a *asperaProbe, _ int) error {
		_, err := a.organization.VolumeUsage(ctx, aspera.VolumeQuery{Start: a.start, Stop: a.stop})
		return err
	}},
	{"file_access", true, []asperaArray{{member: "file_access", record: aspera.FileAccess{}}}, listCall(func(a *asperaProbe, rows int) activity.List[aspera.FileAccess] {
		return a.organization.FileAccess(aspera.FileAccessQuery{Start: a.start, Stop: a.stop, PageSize: rows})
	})},
	{searchEndpoint, true, []asperaArray{{"users", aspera.FileAccessUser{}, true}, {"files", aspera.FileAccessFile{}, true}}, listCall(func(a *asperaProbe, rows int) activity.List[aspera.FileAccessMatch] {
		return a.organization.SearchFileAccess(aspera.FileAccessSearch{Term: "a", Start: a.start, Stop: a.stop, PageSize: rows})
	})},
}

// listCall returns a call that reads the first page of a list.
func listCall[T any](list func(a *asperaProbe, rows int) activity.List[T]) func(ctx context.Context, a *asperaProbe, rows int) error {
	return func(ctx context.Context, a *asperaProbe, rows int) error {
		_, err := list(a, rows).Page(ctx, "")
		return err
	}
}

const (
	searchEndpoint = "file_access/search"
	errNoTransfer  = notAsked("the account shows no transfers")
)

func asperaEndpointOf(name string) asperaEndpoint {
	i := slices.IndexFunc(asperaEndpoints, func(e asperaEndpoint) bool { return e.name == name })
	return asperaEndpoints[i]
}

// hasRows reports whether an answer has records of the endpoint.
func (e asperaEndpoint) hasRows(answer exchange) bool {
	return slices.ContainsFunc(e.arrays, func(in asperaArray) bool {
		rows, _, _ := in.rows(answer.body)
		return len(rows) > 0
	})
}

// rows returns the records of an answer and the name of their array: the expected one, or else the
// only one. An answer that is itself an array has no name. found reports whether there is such an
// array, or object.
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

// transferWithin returns the object that has a uuid, and its place: "" for the answer itself,
// "array", or the name of the member. It searches as deep as the SDK does.
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
