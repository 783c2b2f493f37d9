package aspera

import (
	"bytes"
	"encoding/json"
	"time"

	"github.com/activity-sdk/activity"
	"github.com/activity-sdk/activity/internal/wire"
)

var (
	egressThroughputs = endpoint[Throughput]{op: "list egress throughputs", path: "egress_throughputs",
		decode: pageDecoder("egress_throughputs", throughputCodec)}
	ingressThroughputs = endpoint[Throughput]{op: "list ingress throughputs", path: "ingress_throughputs",
		decode: pageDecoder("ingress_throughputs", throughputCodec)}
)

// EgressThroughputs returns the list of the rates of downloads over time, from GET
// …/egress_throughputs.
func (r Resource) EgressThroughputs(q ThroughputQuery) activity.List[Throughput] {
	return list(r, egressThroughputs, q)
}

// IngressThroughputs returns the list of the rates of uploads over time, from GET
// …/ingress_throughputs.
func (r Resource) IngressThroughputs(q ThroughputQuery) activity.List[Throughput] {
	return list(r, ingressThroughputs, q)
}

// Throughput is a rate at a time. The names of its members are not known (probe: aspera.shapes).
// The fields are guesses; Raw has what the service sent.
type Throughput struct {
	Time       time.Time `json:"timestamp,omitzero"`
	Throughput float64   `json:"throughput,omitzero"` // in bits per second, as the vendor documents

	Raw      json.RawMessage         `json:"-"` // the rate as sent
	Problems []activity.FieldProblem `json:"-"` // members that did not fit their field
}

type plainThroughput Throughput

var throughputCodec = wire.NewCodec[Throughput, plainThroughput](wire.LooseStrings())

// Detach returns a copy with a Raw of its own.
func (t Throughput) Detach() Throughput { t.Raw = bytes.Clone(t.Raw); return t }

// MarshalJSON returns Raw, with the members of changed fields replaced.
func (t Throughput) MarshalJSON() ([]byte, error) { return throughputCodec.Marshal(&t) }

// UnmarshalJSON fills the fields, Raw and Problems.
func (t *Throughput) UnmarshalJSON(data []byte) error { return throughputCodec.Unmarshal(data, t) }
